import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {type Candidate, newestFirst} from '../../../src/lib/lifecycle/candidates.ts'
import {KeptByCount} from '../../../src/lib/lifecycle/kept-by-count.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {cases} from './arbitraries.ts'
import {image} from './judge-support.ts'

const times = fc.array(fc.nat(9), {maxLength: 12})
/** A time joins; of those that are there, one leaves. */
const changes = fc.array(fc.record({joins: fc.boolean(), number: fc.nat(11)}), {maxLength: 30})

test('whatever leaves and joins, the rule marks all but the newest of those that are there', () => {
  fc.assert(
    fc.property(fc.nat(4), times, changes, (most, initial, changing) => {
      let present = initial.map(candidateOf)
      const rule = new KeptByCount(most, newestFirst(present).toReversed())
      const marked = () => newestFirst(present).slice(most)
      const saidToBeMarked = () => newestFirst(present.filter(candidate => rule.marks(candidate)))
      expect(saidToBeMarked()).toEqual(marked())
      for (const [n, {joins, number}] of changing.entries()) {
        const before = marked()
        const joining = joins ? [candidateOf(number, initial.length + n)] : []
        const leaving = joins ? [] : present.slice(number, number + 1)
        present = [...present.filter(candidate => !leaving.includes(candidate)), ...joining]
        for (const candidate of leaving) rule.leave(candidate)
        const pushedOut = joining.flatMap(candidate => rule.join(candidate) ?? [])
        expect(pushedOut).toEqual(joins ? marked().filter(candidate => !before.includes(candidate)) : [])
        expect(saidToBeMarked()).toEqual(marked())
      }
    }),
    cases(1000),
  )
})

function candidateOf(time: number, n: number): Candidate<RepositoryImage> {
  return {image: image(String(n)), time, rules: []}
}
