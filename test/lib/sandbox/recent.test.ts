import {expect, test} from 'vitest'
import {Recent} from '../../../src/lib/sandbox/recent.ts'

test('the latest things are kept, in their order, and the others counted', () => {
  const recent = new Recent<number>(3)
  const seen: object[] = []
  for (let thing = 1; thing <= 8; thing++) {
    recent.add(thing)
    seen.push({all: [...recent.all], added: recent.added, dropped: recent.dropped})
  }
  expect(seen).toEqual([
    {all: [1], added: 1, dropped: 0},
    {all: [1, 2], added: 2, dropped: 0},
    {all: [1, 2, 3], added: 3, dropped: 0},
    {all: [2, 3, 4], added: 4, dropped: 1},
    {all: [3, 4, 5], added: 5, dropped: 2},
    {all: [4, 5, 6], added: 6, dropped: 3},
    {all: [5, 6, 7], added: 7, dropped: 4},
    {all: [6, 7, 8], added: 8, dropped: 5},
  ])
  recent.clear()
  expect({all: recent.all, added: recent.added, dropped: recent.dropped}).toEqual({
    all: [],
    added: 0,
    dropped: 0,
  })
})
