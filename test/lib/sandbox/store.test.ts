import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Store} from '../../../src/lib/sandbox/state/store.ts'
import {Table} from '../../../src/lib/sandbox/state/table.ts'

const part = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '-', '\u0000', '\u0001', '\u0002', 'é'),
  maxLength: 4,
})

describe('the store', () => {
  test('keeps what is below one key apart from what is below another, whatever the names', () => {
    fc.assert(
      fc.property(fc.dictionary(part, fc.integer()), part, part, (values, one, other) => {
        fc.pre(one !== other)
        const store = new Store(undefined)
        const table = new Table<number>(store, ['kind', one])
        new Table<number>(store, ['kind', other]).set('x', -1)
        for (const [id, value] of Object.entries(values)) table.set(id, value)
        expect(Object.fromEntries(table.from())).toEqual(values)
        for (const [id, value] of Object.entries(values)) expect(table.get(id)).toBe(value)
        store.clear(['kind', one])
        expect(table.isEmpty()).toBe(true)
        expect([...new Table(store, ['kind', other]).from()]).toEqual([['x', -1]])
      }),
    )
  })

  test('reads in order from any id on, past what is deleted meanwhile', () => {
    const table = new Table<number>(new Store(undefined), ['numbers'])
    for (let n = 999; n >= 0; n--) table.set(String(n).padStart(4, '0'), n)
    const seen: number[] = []
    for (const [id, n] of table.from('0500')) {
      seen.push(n)
      table.delete(id)
    }
    expect(seen).toEqual(Array.from({length: 500}, (_, index) => 500 + index))
    expect([...table.values()]).toHaveLength(500)
  })

  test('names each next part of its keys once', () => {
    const store = new Store(undefined)
    for (const account of ['2', '1'])
      for (const name of ['b', 'a']) store.set(['repository', account, name], {})
    expect([...store.parts(['repository'])]).toEqual(['1', '2'])
    expect([...store.parts(['repository', '1'])]).toEqual(['a', 'b'])
    expect([...store.parts(['image'])]).toEqual([])
  })
})
