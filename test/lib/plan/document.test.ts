import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {canonicalJson, type Json} from '../../../src/lib/plan/canonical.ts'
import {
  assertWithinPlan,
  formatPlan,
  openPlan,
  type PlanAction,
  sealPlan,
} from '../../../src/lib/plan/document.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const tag: PlanAction = {
  id: 'tag prod/app:v1',
  verb: 'tag',
  subject: 'prod/app:v1',
  before: null,
  after: 'sha256:aa',
  why: ['the tag does not exist'],
  precondition: 'the tag does not exist',
}
const plan = sealPlan({
  kind: 'promotion',
  createdAt: '2026-11-21T09:00:00.000Z',
  expiresAt: '2026-11-22T09:00:00.000Z',
  caller: {account: '222222222222', arn: 'arn:aws:iam::222222222222:user/release'},
  target: ['222222222222.dkr.ecr.eu-west-1.amazonaws.com'],
  basis: 'ab',
  inputs: [],
  actions: [tag],
  summary: {actions: 1},
})

function open(text: string, at = now) {
  return openPlan(text, 'plan.json', {kind: 'promotion', now: at})
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
  test('opens as it was sealed', () => {
    expect(open(formatPlan(plan))).toEqual(plan)
  })

  test('is refused when any one character of its content was changed', () => {
    const text = formatPlan(plan)
    const letters = [...text.matchAll(/[a-z0-9]/g)].map(({index}) => index)
    fc.assert(
      fc.property(fc.constantFrom(...letters), index => {
        const other = text[index] === 'x' ? 'y' : 'x'
        const error = errorOf(() => open(text.slice(0, index) + other + text.slice(index + 1)))
        expect(['PLAN_EDITED', 'NOT_A_PLAN']).toContain(error.code)
      }),
    )
  })

  test('is refused with exit 7 after it has expired', () => {
    const error = errorOf(() => open(formatPlan(plan), Date.parse(plan.expiresAt)))
    expect(error).toMatchObject({code: 'PLAN_EXPIRED', exitCode: 7})
    expect(error.message).toBe(
      'plan.json expired at 2026-11-22T09:00:00.000Z. Nothing was done. Make a new plan.',
    )
  })

  test.each(['', '[]', 'null', '{}', '{"kind":"promotion"}', 'no json'])('is not %j', text => {
    expect(errorOf(() => open(text))).toMatchObject({code: 'NOT_A_PLAN', exitCode: 2})
  })

  test('is refused with exit 7 when a member was taken out, replaced, or is there twice', () => {
    const members = Object.entries(plan)
    const texts = members.flatMap(([name, value]) => [
      JSON.stringify(Object.fromEntries(members.filter(([other]) => other !== name))),
      JSON.stringify({...plan, [name]: 7}),
      formatPlan(plan).replace('{', `{${JSON.stringify(name)}: 7,`),
      formatPlan(plan).replace('{', `{${JSON.stringify(name)}: ${JSON.stringify(value)},`),
    ])
    for (const text of texts)
      expect(errorOf(() => open(text))).toMatchObject({code: 'PLAN_EDITED', exitCode: 7})
  })

  test('opens when it was only laid out anew', () => {
    expect(open(JSON.stringify(plan))).toEqual(plan)
    expect(open(formatPlan(plan).replaceAll('\n', '\r\n'))).toEqual(plan)
  })

  test('of another kind is not applied', () => {
    const other = sealPlan({...plan, kind: 'lifecycle'})
    expect(errorOf(() => open(formatPlan(other)))).toMatchObject({code: 'NOT_A_PLAN'})
  })
})

describe('applying a plan', () => {
  test('may do less than the plan', () => {
    expect(() => assertWithinPlan(plan, [], 'plan.json')).not.toThrow()
    expect(() => assertWithinPlan(plan, [tag], 'plan.json')).not.toThrow()
  })

  test.each([
    ['another action', {...tag, id: 'tag prod/app:v2', subject: 'prod/app:v2'}],
    ['a tag that moved since', {...tag, before: 'sha256:bb'}],
    ['another digest', {...tag, after: 'sha256:cc'}],
  ])('refuses %s as stale', (_, action) => {
    expect(errorOf(() => assertWithinPlan(plan, [action], 'plan.json'))).toMatchObject({
      code: 'PLAN_STALE',
      exitCode: 7,
    })
  })
})

describe('canonical JSON', () => {
  test('is the same text for the same value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonicalJson(value)
        expect(canonicalJson(reversed(JSON.parse(text)))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

function reversed(value: unknown): Json {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value as Json
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}
