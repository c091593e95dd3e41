/** Properties of whole estates, held to in the sandbox: what is exported is what there is, and what is applied is there. */
import * as fc from 'fast-check'
import {expect, onTestFinished} from 'vitest'
import type {Estate} from '../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import type {ReposApplyItem} from '../../../src/lib/repos/apply-items.ts'
import {defaultReposLimits} from '../../../src/lib/repos/apply-model.ts'
import {
  type ReposExportOrder,
  type ReposExportRun,
  runReposExport,
} from '../../../src/lib/repos/export-run.ts'
import type {Reconciliation} from '../../../src/lib/repos/model.ts'
import type {GeneratedRegistry} from '../../support/generated-world.ts'
import {replies, startHostileRegistry} from '../../support/hostile-registry.ts'
import {makeWorld} from '../../support/make-world.ts'
import {devId, openReposWorld, prodId, type ReposSandbox} from '../../support/repos-world.ts'
import {cases as casesOf} from '../lifecycle/arbitraries.ts'
import {apply} from './apply-support.ts'
import {planRepos} from './plan-support.ts'

/** A sandbox that lasts as long as the test does. */
export async function openLastingWorld(): Promise<ReposSandbox> {
  const upstream = await startHostileRegistry()
  onTestFinished(() => upstream.close())
  upstream.always('GET', '/v2/', replies.status(200))
  const hosts = ['public.ecr.aws', 'quay.io', 'registry.k8s.io']
  const world = await openReposWorld({
    upstreams: Object.fromEntries(hosts.map(host => [host, upstream.origin])),
  })
  return {...world, aws: {...world.aws, signal: new AbortController().signal}}
}

/**
 * Holds a property to so many cases in one sandbox, which is empty before each.
 *
 * @param part each has cases of its own.
 * @returns how many there were.
 */
export async function holdForAll<Case>(
  cases: fc.Arbitrary<Case>,
  holds: (world: ReposSandbox, one: Case) => Promise<void>,
  numRuns: number,
  part = 0,
): Promise<number> {
  const world = await openLastingWorld()
  let done = 0
  const property = fc.asyncProperty(cases, async one => {
    await world.sandbox.reset()
    await holds(world, one)
    done += 1
  })
  // Looking for a smaller case takes minutes: the seed leads back to this one.
  const {seed} = casesOf(numRuns)
  await fc.assert(property, {numRuns, seed: seed + part, endOnFailure: true})
  return done
}

/** The accounts of that many registries. */
export function accountsOf(registries: number): string {
  const dev = `dev: {id: "${devId}", region: eu-west-1}`
  const prod = `prod: {id: "${prodId}", regions: [${['eu-west-1', 'us-east-1'].slice(0, registries - 1).join(', ')}]}`
  return `version: 1\naccounts: {${registries === 1 ? dev : `${dev}, ${prod}`}}\n`
}

export function exportRepos(
  {aws}: Pick<ReposSandbox, 'aws'>,
  estate: Estate,
  order: Partial<ReposExportOrder> = {},
): Promise<ReposExportRun> {
  return runReposExport(
    {words: [], accounts: [], only: [], concurrency: 8, ...order},
    {estate, aws, region: undefined},
  )
}

/** What a plan says that is to be nothing; advice, which is told of what does not change, too, is not among it. */
export function saidBy({changes, foreign, unread, unlisted}: Reconciliation) {
  return {
    changes: changes.map(({registry, repository, resource, entry, lines, remedy}) => ({
      at: `${registry.label}/${repository ?? ''}#${resource}/${entry}`,
      lines,
      remedy,
    })),
    foreign: foreign.map(({registry, repository, resource, entries}) => ({
      at: `${registry.label}/${repository ?? ''}#${resource}`,
      entries,
    })),
    unread: unread.map(({resource, error}) => `${resource}: ${error.message}`),
    unlisted: unlisted.map(({names}) => names),
  }
}

export const nothing = {changes: [], foreign: [], unread: [], unlisted: []}

/** A plan with what is exported says nothing, and an export with it is the same text. */
export async function holdsExport(
  world: ReposSandbox,
  registries: readonly GeneratedRegistry[],
): Promise<void> {
  await makeWorld(world.sandbox, registries)
  world.clearRequests()
  const {text} = await exportRepos(world, parseEstate(accountsOf(registries.length), 'repos.yaml'))
  const estate = parseEstate(text, 'exported.yaml')
  const {plan} = await planRepos(world, estate)
  expect(saidBy(plan), text).toEqual(nothing)
  expect(plan.compared.repositories).toBe(registries.flatMap(({repositories}) => repositories).length)
  expect((await exportRepos(world, estate)).text).toBe(text)
  expect(world.mutations()).toEqual([])
}

/**
 * What a file says is there once it is applied, but for what ECR cannot change; then another apply sends nothing that
 * changes anything.
 */
export async function holdsApply(
  world: ReposSandbox,
  [registries, text]: readonly [readonly GeneratedRegistry[], string],
): Promise<void> {
  await makeWorld(world.sandbox, registries)
  const estate = parseEstate(text, 'repos.yaml')
  const limits = {...defaultReposLimits, maxDeletes: 100}
  const first = await apply(world, estate, {limits})
  const blocked = first.items.filter(({outcome}) => outcome === 'blocked').map(placeOf)
  expect(first.items.filter(({outcome}) => !['applied', 'unchanged', 'blocked'].includes(outcome))).toEqual(
    [],
  )
  const {plan} = await planRepos(world, estate)
  const left = plan.changes.map(({kind, registry, repository, resource, entry, lines}) => ({
    kind,
    place: placeOf({registry: registry.label, repository, resource, entry}),
    lines,
  }))
  expect(left.filter(({kind}) => kind !== 'blocked')).toEqual([])
  expect(left.map(({place}) => place).toSorted()).toEqual(blocked.toSorted())
  expect(plan.unread).toEqual([])
  world.clearRequests()
  await apply(world, estate, {limits})
  expect(world.mutations()).toEqual([])
}

function placeOf(change: Pick<ReposApplyItem, 'registry' | 'repository' | 'resource' | 'entry'>): string {
  const {registry, repository, resource, entry} = change
  return `${registry}/${repository ?? ''}#${resource}/${entry}`
}
