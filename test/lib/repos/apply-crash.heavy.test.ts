import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, expect, test} from 'vitest'
import {cleanEnvironment, program} from '../../support/cli.ts'
import {accounts, devId, prodId} from '../../support/repos-world.ts'
import {openScene} from './apply-scene.ts'
import {apply, type RecordLine, savedPlan} from './apply-support.ts'

const killer = new URL('../../support/kill-at-write.ts', import.meta.url).href
const forever = 1_000_000
const host = `${devId}.dkr.ecr.eu-west-1.amazonaws.com`
const label = 'dev@eu-west-1'

/** A change of each turn, and one that takes two requests. */
const file = `
registries:
  dev:
    creationTemplates: {new: {appliedFor: [CREATE_ON_PUSH]}, old: null}
    replication: {rules: [{prefixes: [team/], to: [us-east-1]}]}
repositories:
  team/app:
    tags: {owner: platform, legacy: null}
    policy: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${prodId}"}, Action: ["ecr:BatchGetImage"]}]}
  team/new: {in: [dev], tagMutability: IMMUTABLE, lifecycle: {expire: [{id: old, untagged: true, olderThan: 14d}]}}
  team/gone: {state: absent}
`

/** How a run of the program is killed: right before a request takes effect, right after, or before a write to its record. */
interface Boundary {
  readonly at: 'before request' | 'after request' | 'before write'
  readonly position: number
}

type State = ReadonlyMap<string, string>

/** A plan, and the built program that applies it, from the beginning. */
async function startLane() {
  let child: ChildProcess | undefined
  let killAt = 0
  const {world, estate, state} = await openScene(
    {
      async onRequest({index}) {
        if (child === undefined || index !== killAt) return
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      },
    },
    file,
  )
  const {sandbox, folder} = world
  // As it goes for the program.
  await sandbox.setClock(undefined)
  await writeFile(join(folder, 'repos.yaml'), `${accounts}${file}`)
  const plan = await savedPlan(world, estate)
  let runs = 0

  /** Runs the program, and kills it at the boundary; without one, it ends by itself. */
  async function run(words: readonly string[], boundary?: Boundary) {
    const {at, position} = boundary ?? {at: 'before request', position: forever}
    const isAfter = at === 'after request'
    killAt = at === 'before write' ? forever : position + (isAfter ? 1 : 0)
    sandbox.clearRequests()
    // Whatever else is under way has no effect any more.
    const rest = {at: killAt, times: forever, kind: 'reset-before'} as const
    sandbox.setFaults(isAfter ? [{at: position, kind: 'reset-after'}, rest] : [rest])
    const record = join(folder, 'records', `${++runs}.jsonl`)
    const count = join(folder, 'writes')
    const all = ['repos', 'apply', ...words, '--yes', '--concurrency', '1', '--record', record]
    child = spawn(process.execPath, ['--import', killer, program, ...all], {
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
  return {world, estate, state, run, plan}
}

/** What there is before and after, and how many requests and writes to its record an apply takes that nobody kills. */
async function measure() {
  const {state, run, plan} = await startLane()
  const before = await state()
  const {requests, count} = await run([plan])
  return {before, after: await state(), requests, writes: Number(await readFile(count, 'utf8'))}
}

async function check(boundary: Boundary, before: State, after: State): Promise<void> {
  const {world, estate, state, run, plan} = await startLane()
  const {record} = await run([plan], boundary)
  await expectHonestSoFar(record, await state(), before, after)
  // The same plan goes on where it was, and so does a new one.
  await apply(world, estate, boundary.position % 2 === 0 ? {plan} : {})
  expect(await state(), 'after the next run').toEqual(after)
  world.clearRequests()
  expect(await apply(world, estate)).toMatchObject({exitCode: 0, items: [], record: null})
  expect(world.mutations()).toEqual([])
}

/** Everything is as before or as planned: as planned only after an intent, and surely after an outcome. */
async function expectHonestSoFar(file: string, now: State, before: State, after: State): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as RecordLine)
  const done = new Set(lines.flatMap(line => (line['result'] === 'done' ? [line['id']] : [])))
  const intents = lines.filter(line => line['type'] === 'intent')
  for (const key of new Set([...before.keys(), ...after.keys(), ...now.keys()])) {
    const subject = key.replace(label, host)
    const own = intents.filter(line => isOf(subject, String(line['subject'])))
    const begun = own.length === 0 ? [before.get(key)] : [before.get(key), after.get(key)]
    // What a new repository has may be a change of its own, and tags take two requests.
    const exact = own.filter(line => line['subject'] === subject)
    const isDone = exact.length > 0 && exact.every(({id}) => done.has(id))
    expect(isDone ? [after.get(key)] : begun, key).toContain(now.get(key))
  }
}

/** A repository is made with what it has from the beginning, and goes with all that it has. */
function isOf(subject: string, intent: string): boolean {
  return subject === intent || subject.startsWith(`${intent}.`) || subject.startsWith(`${intent}#`)
}

let checked = 0

afterAll(() => {
  process.stdout.write(
    `kill -9 at ${checked} boundaries of gantry repos apply: all as before or as planned; each next run converged, each third sent nothing\n`,
  )
})

test.each<Boundary['at']>(['before request', 'after request', 'before write'])(
  'kill -9 %s, each of them: all is as before or as planned, and the next run converges',
  async at => {
    const {before, after, requests, writes} = await measure()
    expect(requests).toBeGreaterThan(15)
    expect(writes).toBeGreaterThan(20)
    const failures: string[] = []
    for (let position = 1; position <= (at === 'before write' ? writes : requests); position++) {
      checked++
      await check({at, position}, before, after).catch((error: unknown) =>
        failures.push(`${at} ${position}: ${String(error)}`),
      )
    }
    expect(failures).toEqual([])
  },
)
