import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import type {RecordLine} from '../../../src/lib/promote/record.ts'
import {cleanEnvironment, program} from '../../support/cli.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {type Before, harmDone} from '../../support/promotion-invariants.ts'
import {dev, devHost, dr, drHost, prod, prodHost, repos, startWorld} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const base = {'usr/base': 'shared by all'}
const images: Readonly<Record<string, BuiltImage>> = {
  one: await buildImage({layers: [base, {'etc/name': 'one'}], platforms, attestation: true, sbom: true}),
  two: await buildImage({layers: [base, {'etc/name': 'two'}], platforms, attestation: true}),
  three: await buildImage({
    layers: [base, ...['three', 'tre', 'drei', 'tri'].map(name => ({'etc/name': name}))],
    sbom: true,
  }),
}
const destinations = {prod: {...prod, host: prodHost}, dr: {...dr, host: drHost}}

interface Batch {
  readonly tags: readonly string[]
  readonly to: readonly (keyof typeof destinations)[]
}

const batches: readonly Batch[] = [
  {tags: ['one', 'two', 'three'], to: ['prod']},
  // Fed from one read of the source.
  {tags: ['one', 'three'], to: ['prod', 'dr']},
]
const lanes = 2
const forever = 1_000_000

/** Right before a request takes effect, or right after, when its answer is lost. */
interface Boundary {
  readonly position: number
  readonly isAfter: boolean
}

/** A sandbox, and the built program that is killed at a request to it. */
async function startLane({tags, to}: Batch) {
  let child: ChildProcess | undefined
  let killAt = 0
  const world = await startWorld(
    {
      async onRequest({index}) {
        if (child === undefined || index !== killAt) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      },
    },
    AbortSignal.timeout(3_600_000),
  )
  const {sandbox, folder} = world
  const config = join(folder, 'repos.yaml')
  await writeFile(config, repos)
  await sandbox.seed({repositories: [{...dev, name: 'app'}]})
  const source = (await world.open(devHost)).repository('app')
  for (const tag of tags) await pushImage(source, images[tag] as BuiltImage, tag)
  const registries = await Promise.all(to.map(name => world.open(destinations[name].host)))
  const references = tags.map(tag => `app:${tag}`)
  let runs = 0

  /** New repositories, whose tags hold other images. */
  async function prepare(): Promise<{name: string; before: Before[]}> {
    const name = `run-${++runs}`
    const old = tags.map(tag => ({tag}))
    await sandbox.seed({
      repositories: to.map(key => {
        const {account, region} = destinations[key]
        return {account, region, name, images: old}
      }),
    })
    const repositories = registries.map(registry => registry.repository(name))
    const before = await Promise.all(
      repositories.map(async repository => {
        const held = await repository.resolve(tags)
        return tags.map(tag => ({repository, tag, tags: new Map([...held].filter(([key]) => key === tag))}))
      }),
    )
    return {name, before: before.flat()}
  }

  /** Runs the program, and kills it at the boundary; without one, it ends by itself. */
  async function run(name: string, boundary?: Boundary) {
    const {position, isAfter} = boundary ?? {position: forever, isAfter: false}
    killAt = isAfter ? position + 1 : position
    sandbox.clearRequests()
    // Whatever else is under way has no effect any more.
    const after = {at: killAt, times: forever, kind: 'reset-before'} as const
    sandbox.setFaults(isAfter ? [{at: position, kind: 'reset-after'}, after] : [after])
    const record = join(folder, `${name}.jsonl`)
    const sides = ['--from', 'dev', ...to.flatMap(each => ['--to', each])]
    const words = ['promote', ...references, ...sides, '--as', name, '--record', record]
    child = spawn(process.execPath, [program, ...words], {
      env: {...cleanEnvironment(folder), GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config},
      stdio: 'ignore',
    })
    const ended = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    child = undefined
    sandbox.setFaults([])
    expect(ended).toEqual(boundary === undefined ? [0, null] : [null, 'SIGKILL'])
    return {record, requests: sandbox.requests.length}
  }

  return {
    /** How many requests it takes when nobody kills it. */
    async countRequests(): Promise<number> {
      return (await run((await prepare()).name)).requests
    },
    async check(boundary: Boundary): Promise<void> {
      const {name, before} = await prepare()
      const {record} = await run(name, boundary)
      await expectHonestSoFar(record, before)
      for (const each of before) expect(await harmDone(each, images[each.tag] as BuiltImage)).toBeUndefined()

      const again = await world.promote(references, {to, as: name})
      expect(again.exitCode).toBe(0)
      for (const each of before) {
        const image = images[each.tag] as BuiltImage
        expect((await each.repository.resolve([each.tag])).get(each.tag)).toBe(image.root.digest)
        expect(await harmDone(each, image)).toBeUndefined()
      }
      const third = await world.promote(references, {to, as: name})
      expect(third).toMatchObject({exitCode: 0, traffic: {mutatingRequests: 0}})
    },
    close: () => world.close(),
  }
}

/** All whole lines of the record of a killed run can be read, and tags that it says are moved are. */
async function expectHonestSoFar(record: string, before: readonly Before[]): Promise<void> {
  const text = await readFile(record, 'utf8').catch(() => '')
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as RecordLine)
  const done = new Set(
    lines.flatMap(line => (line.type === 'outcome' && line.result === 'done' ? [line.id] : [])),
  )
  for (const line of lines) {
    if (line.type !== 'intent' || line.verb !== 'tag' || !done.has(line.id)) continue
    const moved = before.find(
      ({repository, tag}) => line.subject === `${repository.registry.host}/${repository.name}:${tag}`,
    )
    expect((await moved?.repository.resolve([moved.tag]))?.get(moved?.tag ?? '')).toBe(line.after)
  }
}

let checked = 0

afterAll(() => {
  process.stdout.write(
    `kill -9 at ${checked} boundaries: tags old or new and complete; each next run converged, each third wrote nothing\n`,
  )
})

test.each(batches)(
  'kill -9 before and after each request of a promotion of $tags to $to: tags are old or new, and the next run converges',
  async batch => {
    const started = await Promise.all(Array.from({length: lanes}, () => startLane(batch)))
    try {
      const positions = (await started[0]?.countRequests()) ?? 0
      // So that there are at least 500 boundaries in all.
      expect(positions).toBeGreaterThanOrEqual(125)
      const boundaries = Array.from({length: positions}, (_, n) =>
        [false, true].map(isAfter => ({position: n + 1, isAfter})),
      ).flat()
      const failures: string[] = []
      const queue = boundaries.values()
      await Promise.all(
        started.map(async lane => {
          for (const boundary of queue) {
            const place = `${boundary.isAfter ? 'after' : 'before'} request ${boundary.position}`
            checked++
            await lane.check(boundary).catch(error => failures.push(`${place}: ${String(error)}`))
          }
        }),
      )
      expect(failures).toEqual([])
    } finally {
      await Promise.all(started.map(lane => lane.close()))
    }
  },
)
