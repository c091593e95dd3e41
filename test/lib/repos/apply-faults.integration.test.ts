import {expect, test} from 'vitest'
import {answersNothing, checkFaults, endsOf, faultKinds, operations} from './apply-faults.ts'
import {openScene} from './apply-scene.ts'
import {apply} from './apply-support.ts'

/** The answer is lost or no answer, the request may be done or not; the others are with the heavy tests. */
const some = new Set([
  'reset-after',
  '500-after',
  'cut-answer',
  'throttling',
  'empty',
  'html',
  'not-found-once',
])

test('the operations are all that the scene takes', async () => {
  const {world, estate} = await openScene()
  await apply(world, estate)
  expect([...new Set(world.mutations())].toSorted()).toEqual(operations)
})

test.each(faultKinds.filter(({name}) => some.has(name)))(
  'each operation meets $name once: all is as before or as planned and told as it is, and the next run converges',
  async kind => {
    const faulty = kind.name === 'empty' ? operations.filter(each => !answersNothing(each)) : operations
    const {hasEnded} = await checkFaults(faulty, kind, await endsOf())
    expect(hasEnded && !kind.mayEnd).toBe(false)
  },
)
