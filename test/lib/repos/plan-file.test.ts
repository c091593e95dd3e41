import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import type {RepositoryPlan} from '../../../src/lib/lifecycle/plan-model.ts'
import {protectionOf} from '../../../src/lib/lifecycle/protection.ts'
import type {Json} from '../../../src/lib/plan/canonical.ts'
import {formatPlan, type PlanDocument, sealPlan} from '../../../src/lib/plan/document.ts'
import type {PlannedChange, Reconciliation} from '../../../src/lib/repos/model.ts'
import {fromReposPlanDocument, toReposPlanDocument} from '../../../src/lib/repos/plan-file.ts'
import {linesOf} from '../../../src/lib/repos/plan-lines.ts'
import {keepNewest, policyText} from '../../support/lifecycle-world.ts'
import {plannedChange, registryOf} from '../../support/planned-changes.ts'

const takenAt = Date.UTC(2026, 10, 1)
const dev = registryOf('dev')
const caller = {account: dev.account, arn: `arn:aws:iam::${dev.account}:user/release`}
const protection = protectionOf([])
const outlook = {expire: 1, archive: 0, freed: {bytes: 10, atMost: 20}, usdPerMonth: 0}

const lifecycle: RepositoryPlan = {
  registry: dev,
  repository: 'api',
  change: {kind: 'put', before: null, after: policyText(keepNewest(5)), rules: [], origin: 'repos.yaml:3:5'},
  images: {standard: 9, archived: 1},
  now: outlook,
  within: outlook,
  today: {now: outlook, within: outlook},
  departures: [],
  parts: [`expire sha256:${'a'.repeat(64)}`],
  endangered: [],
  preview: {status: 'skipped', reason: 'not asked for', disagreements: [], notes: []},
  warnings: [],
}

const changes: readonly PlannedChange[] = withLines([
  plannedChange(dev, null, 'settings', {entry: 'BLOB_MOUNTING', before: 'DISABLED', after: 'ENABLED'}),
  plannedChange(dev, 'new', 'repository', {kind: 'create', after: {scanOnPush: true}}),
  plannedChange(dev, 'api', 'tagMutability', {
    before: {mode: 'MUTABLE', except: []},
    after: {mode: 'IMMUTABLE', except: []},
    risks: ['Something may break.'],
  }),
  plannedChange(dev, 'api', 'encryption', {kind: 'blocked', remedy: 'Make another one.'}),
  plannedChange(dev, 'api', 'lifecycle', {
    kind: 'create',
    after: {rules: [keepNewest(5)]} as unknown as Json,
    lifecycle,
  }),
  plannedChange(dev, null, 'replication', {
    before: [],
    after: [{prefixes: [], to: ['111111111111@us-east-1'], deletions: false}],
  }),
  plannedChange(dev, 'old', 'repository', {kind: 'remove', before: {images: 0, digests: 'x'}, after: null}),
])

function withLines(all: readonly PlannedChange[]): PlannedChange[] {
  return all.map(change => ({...change, lines: linesOf(change)}))
}

const plan: Reconciliation = {
  takenAt,
  changes,
  foreign: [],
  unread: [],
  unlisted: [],
  warnings: [],
  compared: {registries: 1, repositories: 3, resources: 7},
}

const made = () => toReposPlanDocument(plan, {callers: [caller], protection})
const read = (document: PlanDocument, now = takenAt) =>
  fromReposPlanDocument(formatPlan(document), 'plan.json', now)

/** The plan sealed anew after members of it were changed, as whoever has the tool can. */
function forged(members: Readonly<Record<string, unknown>>): PlanDocument {
  const copy = structuredClone(made())
  for (const [path, value] of Object.entries(members)) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const holder = keys.reduce<object>((at, key) => Reflect.get(at, key) as object, copy)
    if (value === undefined) Reflect.deleteProperty(holder, last)
    else Reflect.set(holder, last, value)
  }
  return sealPlan(copy)
}

function errorOf(work: () => unknown): GantryError {
  try {
    work()
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a plan file', () => {
  test('comes back as it was planned, without what is blocked', () => {
    const saved = read(made())
    expect(saved.changes.map(({action}) => action.id)).toEqual([
      `change-settings ${dev.host}#settings/BLOB_MOUNTING`,
      `create-repository ${dev.host}/new`,
      `change-tag-mutability ${dev.host}/api#tagMutability`,
      `create-lifecycle ${dev.host}/api#lifecycle`,
      `change-replication ${dev.host}#replication`,
      `delete-repository ${dev.host}/old`,
    ])
    const pending = changes.filter(({kind}) => kind !== 'blocked')
    for (const [index, {registry, repository, resource, entry, kind, before, after}] of pending.entries()) {
      expect(saved.changes[index]).toMatchObject({registry, repository, resource, entry, kind, before, after})
    }
    expect(saved.callers).toEqual([caller])
    expect(saved.expiresAt).toBe(takenAt + 24 * 3_600_000)
    expect(saved.document).toMatchObject({
      kind: 'repos',
      caller,
      target: [dev.host],
      summary: {create: 2, change: 3, remove: 1, blocked: 1, unread: 0, repositories: 3},
    })
  })

  test('holds the lifecycle plan of repositories with images, which is read as such', () => {
    const saved = read(made())
    expect(saved.lifecycle?.changes).toMatchObject([
      {repository: 'api', action: {id: `put-lifecycle-policy ${dev.host}/api`, parts: lifecycle.parts}},
    ])
    const without = {...plan, changes: changes.filter(change => change.lifecycle === null)}
    expect(read(toReposPlanDocument(without, {callers: [caller], protection})).lifecycle).toBeNull()
  })

  test('names one change by one id, whatever else is planned', () => {
    const alone = {...plan, changes: changes.slice(2, 3)}
    const [action] = toReposPlanDocument(alone, {callers: [caller], protection}).actions
    expect(action).toEqual(made().actions[2])
  })

  test('has another basis when what is blocked is another', () => {
    const other = {...plan, changes: changes.filter(({kind}) => kind !== 'blocked')}
    expect(toReposPlanDocument(other, {callers: [caller], protection}).basis).not.toBe(made().basis)
  })
})

const another = registryOf('prod')

test.each<[what: string, members: Readonly<Record<string, unknown>>, message: string]>([
  ['a member that is unknown', {'actions.0.force': true}, 'actions.0'],
  ['an input that is unknown', {'inputs.days': 7}, 'inputs'],
  ['no detail', {'actions.0.detail': undefined}, 'actions.0.detail'],
  ['a host of another account', {'inputs.registries.0.host': another.host}, 'is not the registry of'],
  [
    'a host that is no registry',
    {'inputs.registries.0.host': 'example.com'},
    'example.com is not the registry of',
  ],
  ['a registry that is not its own', {'actions.0.detail.host': another.host}, 'none of its registries'],
  ['another subject', {'actions.2.subject': `${dev.host}/web#tagMutability`}, 'is not what its detail names'],
  ['another verb', {'actions.2.verb': 'remove-tag-mutability'}, 'is not what is done to'],
  ['another id', {'actions.2.id': 'x'}, 'x is not change-tag-mutability'],
  ['an unknown resource', {'actions.2.detail.resource': 'colour'}, 'nothing that this version knows'],
  [
    'a resource of registries at a repository',
    {'actions.2.detail.resource': 'settings'},
    'nothing that this version knows',
  ],
  ['a repository that is none', {'actions.2.detail.repository': '../x'}, 'names no repository'],
  ['no entry where there are entries', {'actions.0.detail.entry': ''}, 'is no entry of settings'],
  ['an entry where there are none', {'actions.2.detail.entry': 'x'}, 'is no entry of tagMutability'],
  ['a repository that is changed', {'actions.1.detail.kind': 'change'}, 'made or deleted as a whole'],
  ['a creation of what is there', {'actions.1.before': '{}'}, 'no values that create leads'],
  ['a change to nothing', {'actions.2.after': null}, 'no values that change leads'],
  ['a removal to something', {'actions.5.after': '{}'}, 'no values that remove leads'],
  ['a value that is no JSON', {'actions.2.after': '{'}, 'is no JSON'],
  ['a value in another form', {'actions.2.after': '{"mode": "IMMUTABLE"}'}, 'not as Gantry writes it'],
  ['a value null', {'actions.2.after': 'null'}, 'not as Gantry writes it'],
  [
    'a value that it does not show',
    {'actions.2.after': '{"except":["*"],"mode":"IMMUTABLE_WITH_EXCLUSION"}'},
    'shows something else than its values',
  ],
  ['a value that is none of its kind', {'actions.3.after': '5'}, 'shows something else than its values'],
  ['a line that is not shown', {'actions.2.detail.lines': []}, 'shows something else than its values'],
  ['images that are not shown', {'actions.5.before': '{"images":7}'}, 'shows something else'],
  ['a time that is too long', {expiresAt: '2027-11-02T00:00:00.000Z'}, 'not valid for 24 hours'],
  [
    'a time to come',
    {createdAt: '2026-11-02T00:00:00.000Z', expiresAt: '2026-11-03T00:00:00.000Z'},
    'which is yet to come',
  ],
  ['a lifecycle plan of nothing', {'inputs.lifecycle': {}}, ''],
  ['a lifecycle plan that was edited', {'inputs.lifecycle.actions.0.after': '{}'}, ''],
])('a sealed plan with %s is not believed', (_what, members, message) => {
  const error = errorOf(() => read(forged(members)))
  expect(error.message).toContain(message)
  expect(['PLAN_MALFORMED', 'PLAN_EDITED', 'NOT_A_PLAN']).toContain(error.code)
})

test('what is in it twice, or comes too late, is not believed', () => {
  const {actions} = made()
  const twice = errorOf(() => read(forged({actions: [actions[2], actions[2]]})))
  expect(twice).toMatchObject({code: 'PLAN_MALFORMED', message: expect.stringContaining('in it twice')})
  const late = errorOf(() => read(forged({actions: actions.toReversed()})))
  expect(late).toMatchObject({code: 'PLAN_MALFORMED', message: expect.stringContaining('comes too late')})
})

test('a lifecycle plan of what is not to change is not believed', () => {
  const {actions} = made()
  const left = errorOf(() => read(forged({actions: actions.filter((_, index) => index !== 3)})))
  expect(left.message).toContain('is in its lifecycle plan alone')
})

test('a lifecycle plan of another policy than the one that is shown is not believed', () => {
  const change = {...lifecycle.change, after: policyText(keepNewest(1))}
  const other = changes.map(each =>
    each.lifecycle === null ? each : {...each, lifecycle: {...lifecycle, change}},
  )
  const forgery = toReposPlanDocument({...plan, changes: other}, {callers: [caller], protection})
  expect(errorOf(() => read(forgery))).toMatchObject({
    code: 'PLAN_MALFORMED',
    message: expect.stringContaining(`the policy of ${dev.host}/api is another in its lifecycle plan`),
  })
})

test('a plan that does not say what a policy does to images is not believed', () => {
  expect(errorOf(() => read(forged({'inputs.lifecycle': null})))).toMatchObject({
    code: 'PLAN_MALFORMED',
    message: expect.stringContaining(`what ${dev.host}/api#lifecycle does to images is not in it`),
  })
})

test('what was protected is saved, for deletions of repositories too', () => {
  const named = protectionOf([{word: 'old:1', place: 'in-use.txt:1:1', isValue: false}])
  const saved = read(toReposPlanDocument(plan, {callers: [caller], protection: named}))
  expect(saved.protection).toEqual({files: [], words: named.words})
})

test('one that was edited, is over or is of another kind is refused', () => {
  const text = formatPlan(made())
  const readText = (json: string, now = takenAt) =>
    errorOf(() => fromReposPlanDocument(json, 'plan.json', now)).code
  expect(readText(text.replaceAll('IMMUTABLE', 'MUTABLE'))).toBe('PLAN_EDITED')
  expect(readText(text, takenAt + 25 * 3_600_000)).toBe('PLAN_EXPIRED')
  expect(readText(formatPlan(sealPlan({...made(), kind: 'lifecycle'})))).toBe('NOT_A_PLAN')
  expect(readText('{}')).toBe('NOT_A_PLAN')
})
