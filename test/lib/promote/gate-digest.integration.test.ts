import {beforeEach, describe, expect, test} from 'vitest'
import {bad, type GatedWorld, good, openGatedWorld, told} from '../../support/gated-world.ts'

const gate = 'strict'

let world: GatedWorld

beforeEach(async () => {
  world = await openGatedWorld()
})

describe('what is judged is what is copied', () => {
  test('when the tag moves to an image that fails while the gate is asked', async () => {
    let move: (() => Promise<unknown>) | undefined
    world = await openGatedWorld({
      onRequest: async ({operation}) => {
        if (operation !== 'DescribeImageScanFindings') return
        const once = move
        move = undefined
        await once?.()
      },
    })
    const digests = await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    move = () => world.put('app', {name: 'two', tags: ['v1'], findings: bad})
    const result = await world.promote(['app:v1'], {gate})
    expect(move).toBeUndefined()
    expect(told(result)).toEqual(['app:v1 promoted passed -'])
    expect(result.items[0]?.digest).toBe(digests.get('one'))
    expect(await world.tagsAtProd('app', 'v1')).toEqual({v1: digests.get('one')})
  })

  const platforms = {
    amd64: {name: 'amd64', findings: good},
    arm64: {name: 'arm64', findings: bad},
    s390x: {name: 's390x', findings: good},
    index: {
      name: 'index',
      tags: ['v1'],
      lists: ['amd64', 'arm64', 's390x'].map(name => ({name, platform: `linux/${name}`})),
    },
  }

  test('every platform of an index', async () => {
    await world.put('app', ...Object.values(platforms))
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed failed GATE_FAILED'])
    expect(world.written()).toEqual([])
  })

  test.each([
    [['linux/amd64'], 'promoted', 'passed', ['amd64']],
    [['linux/amd64', 'linux/s390x'], 'promoted', 'passed', ['amd64', 's390x']],
    [['linux/amd64', 'linux/arm64'], 'failed', 'failed', ['amd64', 'arm64']],
    [['linux/arm64'], 'failed', 'failed', ['arm64']],
  ])('of an index only the platforms that go: %j', async (chosen, outcome, verdict, judged) => {
    const digests = await world.put('app', ...Object.values(platforms))
    const asked = new Set<string>()
    const listen = {
      onEvent: (event: {type: string; of?: {digest: string}}) => {
        if (event.type === 'scan-known' && event.of !== undefined) asked.add(event.of.digest)
      },
    }
    const result = await world.promote(['app:v1'], {gate, platforms: chosen}, listen)
    expect(result.items.map(item => [item.outcome, item.gate?.verdict])).toEqual([[outcome, verdict]])
    expect(asked).toEqual(new Set(judged.map(name => digests.get(name))))
    expect(world.written()).toEqual(outcome === 'failed' ? [] : ['app'])
  })
})
