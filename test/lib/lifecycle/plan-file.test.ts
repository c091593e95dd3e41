import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {fromPlanDocument, toPlanDocument} from '../../../src/lib/lifecycle/plan-file.ts'
import type {LifecyclePlan, PolicyChange, RepositoryPlan} from '../../../src/lib/lifecycle/plan-model.ts'
import {protectionOf} from '../../../src/lib/lifecycle/protection.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {formatPlan, type PlanDocument, sealPlan} from '../../../src/lib/plan/document.ts'
import {keepNewest, policyText} from '../../support/lifecycle-world.ts'

const takenAt = Date.UTC(2026, 10, 1)
const digest: Digest = `sha256:${'a'.repeat(64)}`
const after = policyText(keepNewest(5))
const host = '222222222222.dkr.ecr.eu-west-1.amazonaws.com'
const registry = {label: 'prod@eu-west-1', host, account: '222222222222', region: 'eu-west-1', alias: 'prod'}
const caller = {account: '222222222222', arn: 'arn:aws:iam::222222222222:user/release'}
const stdin = {word: 'web:1', place: 'standard input:1:1', isValue: false}
const protection = {
  ...protectionOf([stdin]),
  sources: ['in-use.txt', '-', '/dev/fd/63'].map(name => ({name, words: 1, ignored: 0})),
}

const outlook = {expire: 1, archive: 0, freed: {bytes: 10, atMost: 20}, usdPerMonth: 0}

function planned(repository: string, change: Partial<PolicyChange>): RepositoryPlan {
  return {
    registry,
    repository,
    change: {kind: 'put', before: null, after, rules: [], origin: 'repos.yaml:3:5', ...change},
    images: {standard: 9, archived: 1},
    now: outlook,
    within: outlook,
    today: {now: outlook, within: outlook},
    departures: [],
    parts: [`expire ${digest}`],
    endangered: [
      {digest, tags: ['1'], under: 'new', fate: 'expire', rulePriority: 1, at: '2026-11-01', evidence: ['x']},
    ],
    preview: {status: 'agrees', reason: null, disagreements: [], notes: []},
    warnings: [],
  }
}

const plan: LifecyclePlan = {
  takenAt,
  days: 30,
  repositories: [
    planned('web', {}),
    planned('api', {kind: 'delete', before: after, after: null}),
    planned('same', {kind: 'none', before: after}),
    planned('left', {kind: 'unmanaged'}),
  ],
}

const made = () => toPlanDocument(plan, {callers: [caller], protection})
const read = (document: PlanDocument, now = takenAt) =>
  fromPlanDocument(formatPlan(document), 'plan.json', now)

/** The plan sealed anew after members of it were changed, as whoever has the tool can. */
function forged(changes: Readonly<Record<string, unknown>>): PlanDocument {
  const copy = structuredClone(made())
  for (const [path, value] of Object.entries(changes)) {
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

describe('a plan file of lifecycle policies', () => {
  test('has an action for each repository whose policy changes, and no other', () => {
    const {actions, target, summary, caller: by} = made()
    expect(actions.map(({id}) => id)).toEqual([
      `put-lifecycle-policy ${host}/web`,
      `delete-lifecycle-policy ${host}/api`,
    ])
    expect(target).toEqual([host])
    expect(by).toEqual(caller)
    expect(summary).toEqual({
      repositories: 4,
      actions: 2,
      days: 30,
      expireNow: 2,
      archiveNow: 0,
      endangered: 2,
    })
  })

  test('is the same file for the same world', () => {
    expect(formatPlan(made())).toBe(formatPlan(made()))
  })

  test('reads back what it was made of; pipes are no files to read again, but what they said is kept', () => {
    const saved = read(made())
    expect(saved).toMatchObject({
      days: 30,
      expiresAt: takenAt + 24 * 3_600_000,
      callers: [caller],
      protection: {files: ['in-use.txt'], words: [stdin]},
    })
    expect(saved.changes.map(({registry: at, repository, preview}) => [at, repository, preview])).toEqual([
      [registry, 'web', 'agrees'],
      [registry, 'api', 'agrees'],
    ])
    expect(saved.changes[0]?.action).toMatchObject({before: null, after, parts: [`expire ${digest}`]})
  })

  test('expires', () => {
    const error = errorOf(() => read(made(), takenAt + 24 * 3_600_000))
    expect(error).toMatchObject({code: 'PLAN_EXPIRED', exitCode: 7})
  })
})

describe('a plan that somebody sealed anew', () => {
  const [hour, day] = [3_600_000, 24 * 3_600_000]
  const iso = (ms: number) => new Date(ms).toISOString()

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['valid for longer', {expiresAt: iso(takenAt + 2 * day)}],
    ['from the future', {createdAt: iso(takenAt + hour), expiresAt: iso(takenAt + hour + day)}],
    ['made at no time', {createdAt: 'x'}],
    ['without inputs', {inputs: null}],
    ['without days', {'inputs.days': undefined}],
    ['days that are none', {'inputs.days': -1}],
    ['without protection', {'inputs.protection': undefined}],
    ['without protected words', {'inputs.protection.words': undefined}],
    ['a protected word that is none', {'inputs.protection.words.0': 'web:1'}],
    ['an unknown input', {'inputs.force': true}],
    ['a registry that is none', {'inputs.registries.0.host': 'registry.example.com'}],
    ['a registry of another account', {'inputs.registries.0.account': '333333333333'}],
    ['a registry of another region', {'inputs.registries.0.region': 'us-east-1'}],
    ['a look-alike host', {'inputs.registries.0.host': `${host}.evil.example`}],
    ['without callers', {'inputs.callers': undefined}],
    ['an action at another registry', {'actions.0.subject': `3${host.slice(1)}/web`}],
    ['an action that is named otherwise', {'actions.0.id': 'x'}],
    [
      'a name that is no repository',
      {'actions.0.id': `put-lifecycle-policy ${host}/..`, 'actions.0.subject': `${host}/..`},
    ],
    [
      'an unknown verb',
      {'actions.0.id': `delete-repository ${host}/web`, 'actions.0.verb': 'delete-repository'},
    ],
    ['a repository twice', {'actions.1': made().actions[0]}],
    ['a put of nothing', {'actions.0.after': null}],
    ['a put of what is no policy', {'actions.0.after': '{"rules": [{}]}'}],
    ['a put of no JSON', {'actions.0.after': 'x'}],
    ['a delete of nothing', {'actions.1.before': null}],
    ['a delete that puts', {'actions.1.after': after}],
    ['without parts', {'actions.0.parts': undefined}],
    ['a part that is none', {'actions.0.parts': ['expire everything']}],
    ['without a preview', {'actions.0.detail.preview': undefined}],
    ['an unknown preview', {'actions.0.detail.preview': 'fine'}],
    ['an unknown member of an action', {'actions.0.force': true}],
  ])('%s: refused', (_, changes) => {
    expect(errorOf(() => read(forged(changes)))).toMatchObject({code: 'PLAN_MALFORMED', exitCode: 7})
  })

  test('of another kind is not read', () => {
    expect(errorOf(() => read(forged({kind: 'promotion'})))).toMatchObject({code: 'NOT_A_PLAN'})
  })
})
