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
    await source.manifests(['v1'])
    await target.resolve(['v1'])
    for (const digest of intruder.blobs.keys()) await source.presentBlobs([digest])
    counting = true
    const result = await world.promote(['app:v1'])
    counting = false
    return {count, result, tag: (await target.resolve(['v1'])).get('v1'), first: resolvedAt(world)}
  } finally {
    await world.close()
  }
}

/** Position of the request that turned the source tag into a digest. */
function resolvedAt({sandbox}: Awaited<ReturnType<typeof startWorld>>): number {
  return sandbox.requests.findIndex(
    ({operation, account}) => operation === 'BatchGetImage' && account === dev.account,
  )
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
    const [item] = result.items
    const moved = item?.error?.code === 'TAG_MOVED' || item?.error?.code === 'NOT_THERE_AFTER_COPY'
    outcomes.add(item?.error?.code ?? 'promoted')
    if (moved) expect(tag, `request ${n}`).toBe(intruder.root.digest)
  }
  expect(outcomes).toContain('TAG_MOVED')
}, 120_000)
