import {beforeEach, describe, expect, test} from 'vitest'
import {bad, type GatedWorld, openGatedWorld, strict, told} from '../../support/gated-world.ts'

let world: GatedWorld

beforeEach(async () => {
  world = await openGatedWorld()
})

describe('the gate of a route', () => {
  const route = (name: string, more = '') =>
    `promotions:\n  ${name}: {from: dev, to: [prod], repositories: ["**"], gate: strict${more}}\n`

  test('holds without being asked for', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const result = await world.promote(['app:v1'], {}, {estate: world.estate(strict + route('release'))})
    expect(told(result)).toEqual(['app:v1 failed failed GATE_FAILED'])
    expect(world.written()).toEqual([])
  })

  test('holds for the destinations that the route leads to', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const words = {to: ['prod', 'dr'], createRepositories: true}
    const result = await world.promote(['app:v1'], words, {estate: world.estate(strict + route('release'))})
    expect(
      result.items.map(({destination, outcome, gate: word}) => [destination, outcome, word?.verdict]),
    ).toEqual(
      expect.arrayContaining([
        ['prod@eu-west-1', 'failed', 'failed'],
        ['dr@us-east-1', 'promoted', undefined],
      ]),
    )
    expect(result.exitCode).toBe(3)
  })

  test.each(['admin', '222222222222.dkr.ecr.eu-west-1.amazonaws.com'])(
    'holds for the account, whatever it is called: %s',
    async to => {
      await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
      const {accounts, ...estate} = world.estate(strict + route('release'))
      const there = accounts.get('prod')
      if (there === undefined) throw new TypeError('prod')
      // Before the other, as in a file that names it first.
      const named = new Map([['admin', {...there, alias: 'admin'}], ...accounts])
      const result = await world.promote(['app:v1'], {to: [to]}, {estate: {...estate, accounts: named}})
      expect(told(result)).toEqual(['app:v1 failed failed GATE_FAILED'])
      expect(world.written()).toEqual([])
    },
  )

  test('is not taken away by another gate, nor by another route that allows the image', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const gates = `${strict}  loose: {failOn: {severity: critical}, most: {critical: 5}}\n`
    const routes = `${route('release')}  other: {from: dev, to: [prod], repositories: ["**"]}\n`
    const estate = world.estate(gates + routes)
    const result = await world.promote(['app:v1'], {gate: 'loose'}, {estate})
    expect(result.items[0]?.gate?.gates.map(({name, verdict}) => [name, verdict])).toEqual([
      ['strict', 'failed'],
      ['loose', 'passed'],
    ])
    expect(told(result)).toEqual(['app:v1 failed failed GATE_FAILED'])
    expect(world.written()).toEqual([])
  })
})
