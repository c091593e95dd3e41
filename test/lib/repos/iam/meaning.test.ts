import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {diffPolicies} from '../../../../src/lib/repos/iam/diff.ts'
import {policyFault} from '../../../../src/lib/repos/iam/document.ts'
import {desiredPolicy, exportPolicy} from '../../../../src/lib/repos/iam/policy.ts'
import {
  changedOnce,
  choices,
  hasRealPolicies,
  type Policy,
  realPolicies,
  rewritten,
  samples,
} from './variants.ts'

/** What holds of all policies, whoever wrote them. */
function holdsFor(policies: () => readonly Policy[]): void {
  const anyPolicy = () => fc.constantFrom(...policies())

  test('a policy that is written otherwise has no diff, whichever way it is compared', () => {
    fc.assert(
      fc.property(anyPolicy(), choices, (policy, choose) => {
        const text = JSON.stringify(policy)
        const other = rewritten(policy, choose)
        expect(diffPolicies(text, other)).toEqual([])
        expect(diffPolicies(other, text)).toEqual([])
      }),
      {numRuns: 400},
    )
  })

  test('each value that changes is found, however the policy is written', () => {
    let found = 0
    fc.assert(
      fc.property(anyPolicy(), choices, (policy, choose) => {
        const text = rewritten(policy, choose)
        for (const changed of changedOnce(policy)) {
          const other = JSON.stringify(changed)
          expect(policyFault(other), other).toBeUndefined()
          expect(diffPolicies(text, other), other).not.toEqual([])
          expect(diffPolicies(other, text), other).not.toEqual([])
          found++
        }
      }),
      {numRuns: 60},
    )
    expect(found).toBeGreaterThan(500)
  })

  test('what is exported changes nothing where it came from, exclusive or not', () => {
    fc.assert(
      fc.property(anyPolicy(), choices, fc.boolean(), (policy, choose, exclusive) => {
        const live = rewritten(policy, choose)
        const wanted = desiredPolicy({...exportPolicy(rewritten(policy, choose)), exclusive}, live)
        expect(wanted).toMatchObject({state: live, foreign: []})
      }),
      {numRuns: 200},
    )
  })

  test('what is exported makes the same policy anew', () => {
    for (const policy of policies()) {
      const live = JSON.stringify(policy)
      const exported = exportPolicy(live)
      const {state} = desiredPolicy({version: '2008-10-17', ...exported}, null)
      expect(diffPolicies(live, state)).toEqual([])
    }
  })
}

describe('policies of the kinds that people write', () => {
  holdsFor(() => samples)
})

describe.skipIf(!hasRealPolicies)('policies that others wrote', () => {
  holdsFor(realPolicies)
})
