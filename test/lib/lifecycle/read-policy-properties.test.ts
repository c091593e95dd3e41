import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {printPolicy, samePolicy} from '../../../src/lib/lifecycle/policy-text.ts'
import {policyOfEcr, readPolicy} from '../../../src/lib/lifecycle/read-policy.ts'
import {mutations, policies} from './policy-arbitraries.ts'
import {faultsOf, sandboxTakes} from './policy-support.ts'

test('policies of the grammar are taken by us and by the sandbox, and come back as they went', () => {
  fc.assert(
    fc.property(policies, policy => {
      const text = JSON.stringify(policy)
      expect(faultsOf(text)).toEqual([])
      expect(sandboxTakes(text)).toBe(true)
      expect(readPolicy(text, 'p').policy).toEqual(policy)
      const printed = printPolicy(policy)
      expect(sandboxTakes(printed)).toBe(true)
      expect(samePolicy(policyOfEcr(printed, 'p'), policy)).toBe(true)
      expect(printPolicy(policyOfEcr(printed, 'p'))).toBe(printed)
      // ECR's model: LifecyclePolicyText has 100 to 30,720 characters.
      expect(printed.length).toBeGreaterThanOrEqual(100)
    }),
    {numRuns: 200},
  )
})

test('of policies with one change, we refuse those that the sandbox refuses, each fault once', () => {
  fc.assert(
    fc.property(policies, mutations, (policy, mutate) => {
      const text = JSON.stringify(mutate(policy))
      const faults = faultsOf(text)
      expect({text, isRight: faults.length === 0, faults}).toMatchObject({isRight: sandboxTakes(text)})
      expect(new Set(faults).size).toBe(faults.length)
    }),
    {numRuns: 1000},
  )
})

test('whatever the text is, it is a policy or has faults with places', () => {
  const word = fc.constantFrom(
    ...'rules rulePriority selection action tagStatus any expire null 1 [ ] { } : , - "'.split(' '),
    ...'__proto__ &a *a !!x << --- %YAML jsonencode('.split(' '),
    ...'\n|\n  |\t|\r\n|\0|\uFEFF'.split('|'),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, {maxLength: 30}).map(words => words.join(' ')),
      ),
      text => {
        const {policy, faults} = readPolicy(text, 'p')
        expect((policy === undefined) === faults.length > 0).toBe(true)
        for (const fault of faults) {
          expect(fault.line).toBeGreaterThanOrEqual(1)
          expect(fault.column).toBeGreaterThanOrEqual(1)
          expect(fault.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/)
          expect(fault.text).toMatch(/^[^\r\n]+[.?]$/)
        }
      },
    ),
    {numRuns: 500},
  )
})
