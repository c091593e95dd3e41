/** Looks at the repositories of one registry. */
import type {Repository} from '@aws-sdk/client-ecr'
import type {Estate} from '../config/estate.ts'
import {formatPath} from '../config/problems.ts'
import {isMeantAt, resolveRepository, type Source} from '../config/resolve.ts'
import {ownerOf} from '../config/shared-registries.ts'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {mapLimited} from '../oci/limiter.ts'
import {type Subject, sourceOf} from './compare-resource.ts'
import {comparedWith, type Findings, joinFindings, lookAtResource, noFindings, orUnread} from './findings.ts'
import type {PlannedChange} from './model.ts'
import {placeAsListed, placeOf} from './places.ts'
import {atCreation, repositoryCreation, repositoryKey, repositoryRemoval} from './repository.ts'
import type {RepositoryPlace} from './resource.ts'
import {repositoryResources} from './resources.ts'

/** A repository of which something may have to be said. */
export interface Candidate {
  readonly name: string
  /** What a listing told of it; undefined where none did, and null where there is no such repository. */
  readonly listed: Repository | null | undefined
  /** Whether `repositories` of repos.yaml names it. */
  readonly isNamed: boolean
}

export interface LookTerms {
  readonly at: OpenRegistry
  readonly estate: Estate
  /** Repositories at a time. */
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly onRepository: (name: string, findings: Findings) => void
}

/** What the repositories of a registry came to. */
export interface RepositoryFindings extends Findings {
  /** Those that repos.yaml manages something of, or that it says are to go. */
  readonly repositories: number
  /** Those that are there and that repos.yaml does not name, or not for this registry. */
  readonly unlisted: readonly string[]
}

/** A few repositories at a time, in the order of their names. */
export async function lookAtRepositories(
  candidates: readonly Candidate[],
  terms: LookTerms,
): Promise<RepositoryFindings> {
  const unlisted: string[] = []
  const looks = await mapLimited(candidates, terms.concurrency, async candidate => {
    const {findings, isListed} = await lookAtOne(candidate, terms)
    if (!isListed) unlisted.push(candidate.name)
    terms.onRepository(candidate.name, findings)
    return findings
  })
  const repositories = looks.filter(
    ({compared, changes, unread}) => compared + changes.length + unread.length > 0,
  )
  return {...joinFindings(looks), repositories: repositories.length, unlisted: unlisted.toSorted()}
}

interface Look {
  readonly findings: Findings
  readonly isListed: boolean
}

async function lookAtOne(candidate: Candidate, terms: LookTerms): Promise<Look> {
  const {name, listed, isNamed} = candidate
  const {at, estate, signal} = terms
  const {registry} = at
  signal.throwIfAborted()
  const resolved = resolveRepository(estate, registry, name)
  const isMeant = isMeantAt(resolved.settings, registry)
  const isListed = listed === null || (isNamed && isMeant)
  if (!isMeant) return {findings: noFindings, isListed}
  const subject = {registry, repository: name, estate, resolved}
  const findings = await orUnread(subject, repositoryKey, signal, async () => {
    const told = listed === undefined ? await placeOf(at, name).described() : listed
    if (told === null) return missing(subject)
    return present(subject, placeAsListed(at, name, told), signal)
  })
  return {findings, isListed}
}

async function present(
  subject: RepositorySubject,
  place: RepositoryPlace,
  signal: AbortSignal,
): Promise<Findings> {
  const {resolved} = subject
  if (resolved.settings.state === 'absent') {
    const source = sourceOf(resolved, ['state'])
    const removal = await repositoryRemoval(place, {...subject, settings: resolved.settings, source})
    return removal === null
      ? noFindings
      : {...noFindings, changes: [fromNamedRegistry(removal, subject.estate)], compared: 1}
  }
  const looks = repositoryResources.map(resource => lookAtResource(resource, subject, place, signal))
  return joinFindings(await Promise.all(looks))
}

/** Whoever's credentials these are: without an account in the file there is nothing to tell a wrong one by. */
function fromNamedRegistry(removal: PlannedChange, estate: Estate): PlannedChange {
  const {account, region} = removal.registry
  if (ownerOf(estate, removal.registry) !== undefined) return removal
  const remedy = `Repositories are deleted only from registries that repos.yaml names: add account ${account} with ${region} under accounts.`
  return {...removal, kind: 'blocked', remedy}
}

/** It is made where `in` says that it is meant, and nowhere else. */
function missing(subject: RepositorySubject): Findings {
  const {settings} = subject.resolved
  if (settings.state === 'absent' || settings.in === undefined) return noFindings
  const creation = repositoryCreation({...subject, settings, source: whereNamed(subject)})
  const covered = new Set<string>(atCreation)
  const others = repositoryResources.filter(({key}) => !covered.has(key))
  return joinFindings([
    {...noFindings, changes: [creation], compared: 1},
    ...others.map(resource => comparedWith(resource, subject, new Map())),
  ])
}

/** Where `repositories` names it: of the file rather than of an overlay. */
function whereNamed({estate, registry, repository, resolved}: RepositorySubject): Source | null {
  const {alias = '', region} = registry
  const overlays = [alias, `${alias}@${region}`].map(key => ['overlays', key, 'repositories', repository])
  for (const path of [['repositories', repository], ...overlays]) {
    const origin = estate.origins.get(formatPath(path))
    if (origin !== undefined && origin !== 'default') return {path, origin, hidden: []}
  }
  return sourceOf(resolved, ['in'])
}

type RepositorySubject = Subject & {
  readonly repository: string
  readonly resolved: ReturnType<typeof resolveRepository>
}
