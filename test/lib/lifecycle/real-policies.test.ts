import {existsSync, readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {judge} from '../../../src/lib/lifecycle/judge.ts'
import {printPolicy, samePolicy} from '../../../src/lib/lifecycle/policy-text.ts'
import {parsePolicy, policyOfEcr} from '../../../src/lib/lifecycle/read-policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {faultsOf} from './policy-support.ts'

const collection = new URL('../../../../shared/data/lifecycle-policies.json', import.meta.url)

interface RealPolicy {
  readonly id: string
  readonly policy: {readonly rules: readonly {readonly rulePriority: number}[]}
  readonly documentedRuleViolations: readonly string[]
}

function realPolicies(): readonly RealPolicy[] {
  return (JSON.parse(readFileSync(collection, 'utf8')) as {policies: RealPolicy[]}).policies
}

/** What the collection calls a violation, and the code and place that we give it. */
const ours: readonly (readonly [RegExp, string, string])[] = [
  [/sinceImagePulled needs transition/, 'pulled-needs-transition', 'action.type'],
  [/tagged needs exactly one of/, 'tag-list-missing', 'selection.tagStatus'],
  [
    /sinceImageTransitioned needs expire and storageClass archive/,
    'transitioned-needs-archive',
    'selection.countType',
  ],
  [/unknown countType/, 'unknown-value', 'selection.countType'],
  [/countUnit days missing/, 'count-unit-missing', 'selection'],
  [/countUnit hours/, 'unknown-value', 'selection.countUnit'],
  [/countNumber below 1/, 'too-small', 'selection.countNumber'],
  [/any is not the last priority/, 'any-not-last', 'selection.tagStatus'],
]

/**
 * Our faults for the violations of the collection. It has a second `any` beside "not last" for the same pair of rules,
 * which we say once. And an `any` that counts days in the archive is for archived images: that its storageClass is missing
 * is the one fault, since with it the other `any` is the last of its own storage class (user guide, example of archiving).
 */
function expectedFaults({policy, documentedRuleViolations: violations}: RealPolicy): readonly string[] {
  const lacksArchive = violations.some(violation => violation.includes('storageClass archive'))
  return violations.flatMap(violation => {
    if (/second any rule/.test(violation)) return []
    if (lacksArchive && violation.includes('any is not the last')) return []
    const priority = Number(/^rule (\d+):/.exec(violation)?.[1])
    const index = policy.rules.findIndex(rule => rule.rulePriority === priority)
    const known = ours.find(([words]) => words.test(violation))
    return known === undefined ? [violation] : [`${known[1]} rules[${index}].${known[2]}`]
  })
}

/** Our faults as code and path. The violation that names two things at once is two of ours. */
function shortFaults({policy, documentedRuleViolations}: RealPolicy): readonly string[] {
  const short = faultsOf(JSON.stringify(policy)).map(line => line.replace(/^(\S+) \S+ (\S+): .*$/, '$1 $2'))
  const namesBoth = documentedRuleViolations.some(violation => violation.includes('needs expire and'))
  return namesBoth ? short.filter(line => !line.startsWith('transitioned-needs-expire ')) : short
}

const day = 24 * 60 * 60 * 1000
const now = Date.UTC(2026, 10, 21)
const tagsOf = [['v1', 'latest'], ['dev-1'], ['staging-2', 'prod-2'], ['release'], ['master'], [], []]
const images: readonly RepositoryImage[] = Array.from({length: 300}, (_, n) => ({
  digest: `sha256:${String(n).padStart(64, '0')}`,
  tags: (tagsOf[n % tagsOf.length] ?? []).map(tag => `${tag}-${n}`),
  storageClass: n % 10 === 0 ? 'archive' : 'standard',
  pushedAt: now - n * 3 * day,
  ...(n % 3 === 0 ? {pulledAt: now - n * day} : {}),
  ...(n % 10 === 0 ? {archivedAt: now - n * day} : {}),
  ...(n % 50 === 7 ? {children: [`sha256:${String(n + 1).padStart(64, '0')}`]} : {}),
}))

test.skipIf(!existsSync(collection))(
  'real policies that break documented rules are told so, each by its own faults',
  () => {
    const policies = realPolicies()
    expect(policies).toHaveLength(71)
    const found = policies.map(policy => [policy.id, shortFaults(policy).toSorted()])
    expect(found).toEqual(policies.map(policy => [policy.id, expectedFaults(policy).toSorted()]))
    expect(found.filter(([, faults]) => faults?.length !== 0)).toHaveLength(9)
  },
)

test.skipIf(!existsSync(collection))('the others are read, printed, read again and evaluated', () => {
  for (const {policy, documentedRuleViolations} of realPolicies()) {
    if (documentedRuleViolations.length > 0) continue
    const read = parsePolicy(JSON.stringify(policy), 'policy.json')
    const back = policyOfEcr(printPolicy(read), 'prod/api')
    expect(samePolicy(back, read)).toBe(true)
    expect(printPolicy(back)).toBe(printPolicy(read))
    const judgement = judge(read.rules, images, now)
    const going = new Set(judgement.departures.map(({image}) => image.digest))
    for (const image of images) expect(judgement.verdictOf(image).fate !== null).toBe(going.has(image.digest))
  }
})
