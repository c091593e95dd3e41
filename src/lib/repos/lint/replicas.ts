import type {PolicySetting, RepositorySettings, TagMutabilitySetting} from '../../config/settings.ts'
import {partitionOf} from '../../ecr/hosts.ts'
import {type Grant, grantOf} from '../../replication/lint/grant.ts'
import type {LintedFile, LintedRegistry, LintedSettings} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {prefixFor} from './prefixes.ts'
import {spotOfRule} from './replication.ts'
import {destinationsOf, type LintedReplicationRule, replicates, replicationRules} from './routes.ts'

/** What the registries that replication leads to do to copies. */
export const replicaRules: readonly ReposLintRule[] = [
  {
    code: 'replication-not-allowed',
    severity: 'warning',
    summary: 'The registry policy of another account lets no images of the source in.',
    check: eachWay(notAllowed),
  },
  {
    code: 'immutable-replica',
    severity: 'warning',
    summary: 'Tags move at the source of a replication and are immutable at its destination.',
    check: eachCopy(immutableReplica),
  },
  {
    code: 'replica-without-lifecycle',
    severity: 'warning',
    summary: 'Replication fills a repository in which nothing ever expires.',
    check: eachCopy(withoutLifecycle),
  },
]

/** From a registry of the file to another one. */
interface Way {
  readonly linted: LintedReplicationRule
  readonly destination: LintedRegistry
}

/** A repository at both ends of a way: there as the file says, or as a creation template makes it. */
interface Copy extends Way {
  readonly name: string
  readonly source: LintedSettings<RepositorySettings>
  readonly replica: LintedSettings<ReplicaSettings>
}

type ReplicaSettings = Pick<RepositorySettings, 'lifecycle' | 'tagMutability'>

function waysOf(file: LintedFile): readonly Way[] {
  return replicationRules(file).flatMap(linted =>
    destinationsOf(linted, file).flatMap(({registry}) =>
      registry === undefined || registry === linted.source ? [] : [{linted, destination: registry}],
    ),
  )
}

function eachWay(check: (way: Way) => readonly ReposDoubt[]) {
  return (file: LintedFile) => waysOf(file).flatMap(check)
}

function eachCopy(check: (copy: Copy) => readonly ReposDoubt[]) {
  return (file: LintedFile) =>
    waysOf(file).flatMap(way =>
      [...way.linted.source.repositories].flatMap(([name, source]) =>
        replicates(way.linted.rule, name)
          ? check({...way, name, source, replica: replicaOf(way.destination, name)}).map(doubt => ({
              ...doubt,
              registry: way.destination.label,
              repository: name,
            }))
          : [],
      ),
    )
}

/** ECR user guide, repository-creation-templates: replication makes what is missing by the template of the longest prefix. */
function replicaOf(
  {repositories, settings: {creationTemplates = {}}, spot}: LintedRegistry,
  name: string,
): LintedSettings<ReplicaSettings> {
  const meant = repositories.get(name)
  if (meant !== undefined) return meant
  const fitting = Object.entries(creationTemplates).flatMap(([prefix, template]) =>
    template?.appliedFor.includes('REPLICATION') === true ? [[prefix, template] as const] : [],
  )
  const prefix = prefixFor(
    fitting.map(([each]) => each),
    name,
  )
  const [, template = {}] = fitting.find(([each]) => each === prefix) ?? []
  return {
    settings: template,
    spot: (...path) => spot('creationTemplates', ...(prefix === undefined ? [] : [prefix]), ...path),
  }
}

/** ECR user guide, registry-permissions-create-replication: another account's registry has to let the source in. */
function notAllowed({linted, destination}: Way): readonly ReposDoubt[] {
  const {source} = linted
  if (source.place.account === destination.place.account) return []
  const {policy} = destination.settings
  const grant = policy === undefined ? ({kind: 'silent'} as const) : grantIn(policy, source, destination)
  if (grant.kind === 'allowed' || grant.kind === 'unclear') return []
  const isSure = grant.kind === 'denied' || policy === null || policy?.exclusive === true
  const wanted = `ecr:ReplicateImage to arn:${partitionOf(source.place.region)}:iam::${source.place.account}:root`
  const reason =
    grant.kind === 'denied'
      ? `The registry policy of ${destination.label} denies ${wanted}`
      : policy === undefined
        ? `The file says no registry policy of ${destination.label}, which has to allow ${wanted}`
        : `No statement of the registry policy of ${destination.label} allows ${wanted}`
  return [
    {
      at: policy === undefined ? spotOfRule(linted) : destination.spot('policy'),
      registry: source.label,
      message: `${reason}${isSure ? ': no copy arrives.' : ' (others may have written one).'}`,
      fix: `Add a statement to registries.${destination.place.alias}.policy that allows ecr:ReplicateImage and ecr:CreateRepository to that account.`,
      ...(isSure ? {severity: 'error' as const} : {}),
    },
  ]
}

function grantIn(policy: PolicySetting | null, source: LintedRegistry, {place}: LintedRegistry): Grant {
  if (policy === null) return {kind: 'silent'}
  const partition = partitionOf(source.place.region)
  const statements = (policy.statements ?? []).filter(statement => statement['state'] !== 'absent')
  const prefix = `arn:${partitionOf(place.region)}:ecr:${place.region}:${place.account}:repository/`
  const grants = [...source.repositories.keys(), 'any-repository'].map(name =>
    grantOf(JSON.stringify({Statement: statements}), {
      account: source.place.account,
      partition,
      action: 'ecr:ReplicateImage',
      resource: `${prefix}${name}`,
    }),
  )
  // One repository that may go is enough to say that somebody has thought of it.
  return grants.find(({kind}) => kind === 'allowed') ?? grants[0] ?? {kind: 'silent'}
}

/** ECR user guide, replication: an image whose tag is taken and immutable arrives without it. */
function immutableReplica({linted, destination, source, replica}: Copy): readonly ReposDoubt[] {
  const there = replica.settings.tagMutability
  const here = source.settings.tagMutability ?? {mode: 'MUTABLE', except: []}
  if (there === undefined || !freezesMore(there, here)) return []
  return [
    {
      at: replica.spot('tagMutability'),
      message: `Tags are ${there.mode} at ${destination.label} and ${here.mode} at ${linted.source.label}: an image whose tag moved arrives without it.`,
      fix: 'Say the same tagMutability for both.',
    },
  ]
}

function freezesMore(there: TagMutabilitySetting, here: TagMutabilitySetting): boolean {
  if (there.mode === 'MUTABLE' || here.mode === 'IMMUTABLE') return false
  return there.mode !== here.mode || there.except.join() !== here.except.join()
}

/** ECR user guide, replication: neither lifecycle policies nor deletions are replicated. */
function withoutLifecycle({linted, destination, source, replica}: Copy): readonly ReposDoubt[] {
  const {lifecycle} = source.settings
  if (lifecycle === undefined || lifecycle.value === null) return []
  if (replica.settings.lifecycle !== undefined && replica.settings.lifecycle.value !== null) return []
  return [
    {
      at: source.spot('lifecycle'),
      message: `What expires at ${linted.source.label} stays at ${destination.label} for ever: the file says no lifecycle policy there.`,
      fix: `Say the lifecycle for ${destination.label}, too, or in its creation template for REPLICATION.`,
    },
  ]
}
