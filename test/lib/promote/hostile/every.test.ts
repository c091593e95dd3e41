import {expect, test} from 'vitest'
import {behaviours} from '../../../support/hostile/behaviours.ts'

test('each of the 48 behaviours of hostile registries is played', () => {
  const numbers = new Set(Object.keys(behaviours).map(name => name.split(' ')[0]))
  const all = Array.from({length: 48}, (_, index) => `H${index + 1}`)
  expect([...numbers].filter(number => number !== 'also')).toEqual(all)
})
