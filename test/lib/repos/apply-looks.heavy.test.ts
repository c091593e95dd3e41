import {describe, expect, test} from 'vitest'
import {checkFaults, endsOf, faultKinds, looks} from './apply-faults.ts'
import {openScene} from './apply-scene.ts'
import {apply} from './apply-support.ts'

test('these are all looks', async () => {
  const {world, estate} = await openScene()
  await apply(world, estate)
  const others = world.sandbox.requests.flatMap(({mutating, operation = ''}) =>
    mutating || operation === 'GetCallerIdentity' ? [] : [operation],
  )
  expect([...new Set(others)].toSorted()).toEqual(looks)
})

describe.each([
  {isSaved: false, when: 'for the plan'},
  {isSaved: true, when: 'right before the change'},
])('a look $when that fails in any way', ({isSaved}) => {
  test.each(looks)('is never taken for nothing there: %s', async look => {
    const ends = await endsOf()
    // Right before a change a third of them, another one for each look: what an answer is worth is told in one place.
    const turn = looks.indexOf(look)
    const kinds = isSaved ? faultKinds.filter((_, index) => (index + turn) % 3 === 0) : faultKinds
    for (const kind of kinds) {
      const {hasEnded} = await checkFaults([look], kind, ends, {isSaved})
      expect(hasEnded && !kind.mayEnd, kind.name).toBe(false)
    }
  })
})
