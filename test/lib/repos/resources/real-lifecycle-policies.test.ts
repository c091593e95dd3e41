import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {emptyEstate} from '../../../../src/lib/config/estate.ts'
import {canonicalPolicy} from '../../../../src/lib/lifecycle/policy-text.ts'
import {policyOfEcr} from '../../../../src/lib/lifecycle/read-policy.ts'
import {lifecycle} from '../../../../src/lib/repos/resources/lifecycle.ts'

const collection = new URL('../../../../../shared/data/lifecycle-policies.json', import.meta.url)
const where = {estate: emptyEstate} as never

interface RealPolicy {
  readonly id: string
  readonly policy: unknown
}

/** As ECR gives it back and the resource has it; undefined for one that ECR would not take. */
function live(policy: unknown) {
  try {
    return canonicalPolicy(policyOfEcr(JSON.stringify(policy), 'app'))
  } catch {
    return undefined
  }
}

const policies = existsSync(collection)
  ? (JSON.parse(readFileSync(collection, 'utf8')) as {policies: RealPolicy[]}).policies
  : []
const understood = policies.flatMap(({id, policy}) => (live(policy) === undefined ? [] : [{id, policy}]))

/** Members of objects and rules the other way round; lists of tags too, for their entries must all match. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered).toReversed()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [key, reordered(member)] as const)
      .toReversed(),
  )
}

type Step = string | number

function leavesOf(value: unknown, path: readonly Step[] = []): readonly (readonly Step[])[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => leavesOf(each, [...path, index]))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]))
}

function changedAt(
  value: unknown,
  [step, ...rest]: readonly Step[],
  to: (leaf: unknown) => unknown,
): unknown {
  if (step === undefined) return to(value)
  if (Array.isArray(value))
    return value.map((each: unknown, index) => (index === step ? changedAt(each, rest, to) : each))
  const members = value as Record<string, unknown>
  return {...members, [step]: changedAt(members[step], rest, to)}
}

/** Words that stand where another word does; a word of nobody besides. */
const words = [
  'tagged',
  'untagged',
  'any',
  'imageCountMoreThan',
  'sinceImagePushed',
  'expire',
  'transition',
  'archive',
  'standard',
  'x',
]

function others(leaf: unknown): readonly unknown[] {
  if (typeof leaf === 'number') return [leaf + 1, leaf * 1000 + 7]
  return [`${String(leaf)}x`, ...words].filter(word => word !== leaf)
}

describe.skipIf(policies.length === 0)('policies of ../shared/data/lifecycle-policies.json', () => {
  test('there are many that ECR takes', () => {
    expect(understood.length).toBeGreaterThan(50)
  })

  test.each(understood)('$id: re-ordered it means the same', ({policy}) => {
    const [one, other] = [live(policy) ?? null, live(reordered(policy)) ?? null]
    expect(lifecycle.diff(one, other)).toEqual([])
    expect(one).toEqual(other)
  })

  test.each(understood)('$id: each value that changes is found, or is refused', ({policy}) => {
    const before = live(policy) ?? null
    const missed = leavesOf(policy).flatMap(path =>
      others(path.reduce<unknown>((at, step) => (at as Record<Step, unknown>)[step], policy)).flatMap(
        value => {
          const after = live(changedAt(policy, path, () => value))
          const isMissed = after !== undefined && lifecycle.diff(before, after).length === 0
          return isMissed ? [`${path.join('.')} = ${String(value)}`] : []
        },
      ),
    )
    expect(missed).toEqual([])
  })

  test.each(understood)('$id: what is exported changes nothing', ({policy}) => {
    const before = live(policy) ?? null
    const setting = before && lifecycle.export(before, where)
    expect(lifecycle.diff(before, lifecycle.desired(setting ?? null, before, where).state)).toEqual([])
  })
})
