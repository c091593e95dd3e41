import {expect, test} from 'vitest'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const promoted = await buildImage({layers: [{'bin/app': 'scanned and approved'}], platforms, sbom: true})
const intruder = await buildImage({layers: [{'bin/app': 'pushed meanwhile'}]})

/** Runs one promotion while something happens just before its n-th request; tells how many requests there were. */
async function promoteWhile(
  n: number,
  happens: (world: Awaited<ReturnType<typeof startWorld>>) => Promise<void>,
) {
  let counting = false
  let count = 0
  const world = await startWorld({
    async onRequest() {
      if (!counting || ++count !== n) return
      counting = false
      await happens(world)
      counting = true
    },
  })
  try {
    await world.sandbox.seed({
      repositories: [
        {...dev, name: 'app'},
        {...prod, name: 'app'},
      ],
    })
    const source = (await world.open(devHost)).repository('app')
    const target = (await world.open(prodHost)).repository('app')
    await pushImage(source, promoted, 'v1')
    counting = true
    const result = await world.promote(['app:v1'])
    counting = false
    return {count, result, tag: (await target.resolve(['v1'])).get('v1')}
  } finally {
    await world.close()
  }
}

test('the source tag moves at each request position: what arrives is what was resolved at the start', async () => {
  const {count: positions} = await promoteWhile(0, () => Promise.resolve())
  expect(positions).toBeGreaterThan(30)
  const arrived = new Set<string>()
  for (let n = 1; n <= positions; n++) {
    const {result, tag} = await promoteWhile(n, async world => {
      await pushImage((await world.open(devHost)).repository('app'), intruder, 'v1')
    })
    const [item] = result.items
    expect(item?.outcome, `the tag moved before request ${n}`).toBe('promoted')
    expect(tag, `the tag moved before request ${n}`).toBe(item?.digest)
    arrived.add(tag ?? 'nothing')
  }
  // Before the tag is resolved the intruder is the image that was asked for; from then on it never arrives.
  expect(arrived).toEqual(new Set([intruder.root.digest, promoted.root.digest]))
})

test('a destination tag that somebody else moves meanwhile is left alone', async () => {
  const {count: positions} = await promoteWhile(0, () => Promise.resolve())
  const outcomes = new Set<string>()
  for (let n = 1; n <= positions; n++) {
    const {result, tag} = await promoteWhile(n, async world => {
      await pushImage((await world.open(prodHost)).repository('app'), intruder, 'v1')
    })
    const outcome = result.items[0]?.error?.code ?? 'promoted'
    outcomes.add(outcome)
    // Seen in time the intruder stays; before the first look it is what the plan moves the tag from.
    const expected = outcome === 'TAG_MOVED' ? intruder : promoted
    expect(tag, `the tag moved before request ${n}`).toBe(expected.root.digest)
  }
  expect(outcomes).toEqual(new Set(['promoted', 'TAG_MOVED']))
}, 120_000)
