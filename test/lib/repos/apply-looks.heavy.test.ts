import {describe, expect, test} from 'vitest'
import {checkFaults, endsOf, kindsAt, looks} from './apply-faults.ts'
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
    // What an answer is worth is told in one place for all looks.
    for (const kind of kindsAt(looks.indexOf(look) + (isSaved ? 1 : 0), 3)) {
      const {hasEnded} = await checkFaults([look], kind, ends, {isSaved})
      expect(hasEnded && !kind.mayEnd, kind.name).toBe(false)
    }
  })
})
