import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {formatPlan} from '../../../src/lib/plan/document.ts'
import {cleanEnvironment, program} from '../../support/cli.ts'
import {openLifecycleWorld} from '../../support/lifecycle-world.ts'
import {afterOf, beforeOf, hostOf, openScene, parts} from './apply-support.ts'

const killer = new URL('../../support/kill-at-write.ts', import.meta.url).href
const forever = 1_000_000

/** How a run of the program is killed: right before a request takes effect, right after, or before a write to its record. */
interface Boundary {
  readonly at: 'before request' | 'after request' | 'before write'
  readonly position: number
}

/** A plan, and the built program that applies it from the same beginning again and again. */
async function startLane() {
  let child: ChildProcess | undefined
  let killAt = 0
  const scene = await openScene(
    parts,
    {
      async onRequest({index}) {
        if (child === undefined || index !== killAt) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      },
    },
    async options => {
      const world = await openLifecycleWorld(options)
      await world.sandbox.setClock(Date.now())
      return world
    },
  )
  const {world, plan} = scene
  const {sandbox, folder, aws} = world
  // From now on time goes on as it does for the program.
  await sandbox.setClock(undefined)
  const saved = join(folder, 'saved.json')
  await writeFile(saved, formatPlan(plan))
  let runs = 0

  /** Runs the program, and kills it at the boundary; without one, it ends by itself. */
  async function run(boundary?: Boundary) {
    const {at, position} = boundary ?? {at: 'before request', position: forever}
    const isAfter = at === 'after request'
    killAt = at === 'before write' ? forever : position + (isAfter ? 1 : 0)
    sandbox.clearRequests()
    // Whatever else is under way has no effect any more.
    const rest = {at: killAt, times: forever, kind: 'reset-before'} as const
    sandbox.setFaults(isAfter ? [{at: position, kind: 'reset-after'}, rest] : [rest])
    const record = join(folder, 'records', `${++runs}.jsonl`)
    const count = join(folder, 'writes')
    const words = ['lifecycle', 'apply', saved, '--yes', '--max-share', '100', '--record', record]
    child = spawn(process.execPath, ['--import', killer, program, ...words], {
      env: {
        ...cleanEnvironment(folder),
        GANTRY_SANDBOX: sandbox.url,
        GANTRY_CONFIG: join(folder, 'repos.yaml'),
        KILL_AT: String(at === 'before write' ? position : 0),
        KILL_BELOW: record,
        KILL_COUNT: count,
      },
      stdio: 'ignore',
    })
    const ended = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    child = undefined
    sandbox.setFaults([])
    expect(ended).toEqual(boundary === undefined ? [0, null] : [null, 'SIGKILL'])
    return {record, requests: sandbox.requests.length, count}
  }

  return {
    /** How many requests, and writes to its record, it takes when nobody kills it. */
    async count() {
      await scene.reset()
      const {requests, count} = await run()
      expect(await scene.policies()).toEqual(afterOf())
      return {requests, writes: Number(await readFile(count, 'utf8'))}
    },
    /** @returns how many of the policies were planned ones when it was killed. */
    async check(boundary: Boundary): Promise<number> {
      await scene.reset()
      const {record} = await run(boundary)
      const now = await scene.policies()
      await expectHonestSoFar(record, now)

      await run()
      expect(await scene.policies(), 'after the next run').toEqual(afterOf())
      sandbox.clearRequests()
      const third = await scene.apply({}, {aws: {...aws, signal: AbortSignal.timeout(60_000)}})
      expect(third).toMatchObject({exitCode: 0, record: null})
      world.expectNoMutation()
      return now.filter((policy, index) => policy === afterOf()[index]).length
    },
  }
}

/** A policy is the one before or the planned one: the planned one only after its intent, and surely after its outcome. */
async function expectHonestSoFar(record: string, now: readonly (string | null)[]): Promise<void> {
  const text = await readFile(record, 'utf8').catch(() => '')
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Readonly<Record<string, unknown>>)
  const done = new Set(lines.flatMap(line => (line['result'] === 'done' ? [line['id']] : [])))
  const [before, after] = [beforeOf(), afterOf()]
  for (const [index, part] of parts.entries()) {
    const subject = `${hostOf(part)}/${part.name}`
    const intent = lines.find(line => line['type'] === 'intent' && line['subject'] === subject)
    const begun = intent === undefined ? [before[index]] : [before[index], after[index]]
    expect(done.has(intent?.['id'] ?? null) ? [after[index]] : begun, subject).toContain(now[index])
  }
}

let checked = 0

afterAll(() => {
  process.stdout.write(
    `kill -9 at ${checked} boundaries of an apply: policies old or planned; each next run converged, each third wrote nothing\n`,
  )
})

test('kill -9 before and after each request of an apply, and before each write to its record: policies are old or planned, and the next run converges', async () => {
  const lanes = await Promise.all([startLane(), startLane()])
  const {requests, writes} = await lanes[0].count()
  // An identity of each account, all looks, and a look and a write for each policy.
  expect(requests).toBeGreaterThan(15)
  // The first and the last line, and an intent, an outcome and an item for each policy.
  expect(writes).toBeGreaterThan(2 + 3 * parts.length)
  const boundaries = [
    ...positionsTo(requests).flatMap((position): Boundary[] => [
      {at: 'before request', position},
      {at: 'after request', position},
    ]),
    ...positionsTo(writes).map((position): Boundary => ({at: 'before write', position})),
  ]
  const failures: string[] = []
  const reached = new Set<number>()
  const queue = boundaries.values()
  await Promise.all(
    lanes.map(async lane => {
      for (const boundary of queue) {
        checked++
        await lane.check(boundary).then(
          planned => reached.add(planned),
          (error: unknown) => failures.push(`${boundary.at} ${boundary.position}: ${String(error)}`),
        )
      }
    }),
  )
  expect(failures).toEqual([])
  expect(reached).toEqual(new Set([0, 1, 2, 3, 4]))
})

function positionsTo(count: number): number[] {
  return Array.from({length: count}, (_, index) => index + 1)
}
