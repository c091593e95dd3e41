import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {SortedMap} from '../../../src/lib/sandbox/state/sorted-map.ts'

const key = fc.string({maxLength: 3, unit: fc.constantFrom('a', 'B', '~', 'é')})
const change = fc.record({key, remove: fc.boolean()})

test('whatever was set and deleted, entries come in the order of their keys from any key on', () => {
  fc.assert(
    fc.property(fc.array(change), key, (changes, from) => {
      const map = new SortedMap<number>()
      const model = new Map<string, number>()
      for (const [value, {key, remove}] of changes.entries()) {
        if (remove) map.delete(key)
        else map.set(key, value)
        if (remove) model.delete(key)
        else model.set(key, value)
        const rest = [...model].filter(([one]) => one >= from).toSorted(([a], [b]) => (a < b ? -1 : 1))
        expect([...map.from(from)]).toEqual(rest)
        expect(map.size).toBe(model.size)
      }
    }),
  )
})
