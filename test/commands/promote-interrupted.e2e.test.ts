import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import {cleanEnvironment, type Output, program, runGantry, runJson} from '../support/cli.ts'
import {expectImage} from '../support/completeness.ts'
import {buildImage, pushImage} from '../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../support/world.ts'

const names = ['one', 'two', 'three']
const images = await Promise.all(
  names.map(name => buildImage({layers: [{'etc/name': name}], sbom: name === 'one'})),
)
const words = ['promote', ...names.map(name => `app:${name}`), '--from', 'dev', '--to', 'prod']

let world: World
let environment: Record<string, string>
let child: ChildProcess | undefined
let interruptAt: string | undefined

beforeEach(async () => {
  interruptAt = undefined
  world = await startWorld({
    // The request that the signal comes with is never answered: only being let go of ends it.
    onRequest({operation}) {
      if (operation !== interruptAt || child === undefined) return
      child.kill('SIGINT')
      return new Promise(() => {})
    },
  })
  environment = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')}
  const accounts = `  dev: {id: "${dev.account}", region: ${dev.region}}\n  prod: {id: "${prod.account}", region: ${prod.region}}\n`
  await writeFile(join(world.folder, 'repos.yaml'), `version: 1\naccounts:\n${accounts}`)
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  const source = (await world.open(devHost)).repository('app')
  for (const [number, image] of images.entries()) await pushImage(source, image, names[number] ?? '')
})

afterEach(() => world.close())

/** Runs the promotion, one image at a time, with a Ctrl-C when the sandbox gets the first such request. */
async function interrupted(operation: string, ...flags: string[]) {
  interruptAt = operation
  child = spawn(process.execPath, [program, ...words, '--json', '--concurrency', '1', ...flags], {
    env: {...cleanEnvironment(world.folder), ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const {stdout, stderr} = child
  if (stdout === null || stderr === null) throw new TypeError('both are pipes')
  const [output, , [status]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')])
  child = undefined
  return {output, status: status as number | null}
}

async function expectTheNextRunToDoTheRest(): Promise<void> {
  expect((await runJson<PromotionItem>(words, {env: environment})).exitCode).toBe(0)
  const target = (await world.open(prodHost)).repository('app')
  for (const [number, image] of images.entries()) await expectImage(target, image, names[number] ?? '')
}

// Windows has no signals for other processes: a kill is a kill there.
describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  test.each(['layer.download', 'upload.put', 'PutImage'])(
    'during %s: ends with 130, says what is done in result and record, and the next run does the rest',
    async operation => {
      const file = join(world.folder, 'record.jsonl')
      const {output, status} = await interrupted(operation, '--record', file)
      expect(status).toBe(130)
      const {items, exitCode} = JSON.parse(output) as Output<PromotionItem>
      expect(exitCode).toBe(130)
      const tags = await (await world.open(prodHost)).repository('app').resolve(names)
      expect(items.map(({tags: [tag], outcome}) => [tag, outcome])).toEqual(
        names.map(name => [name, tags.has(name) ? 'promoted' : 'interrupted']),
      )
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
      const record = lines.map(line => JSON.parse(line) as {type: string})
      expect(record.filter(({type}) => type === 'item')).toMatchObject(items.map(({outcome}) => ({outcome})))
      expect(record.at(-1)).toMatchObject({type: 'end', exitCode: 130})
      await expectTheNextRunToDoTheRest()
    },
  )

  test('while the images are read: ends with 130, and nothing was written', async () => {
    const {output, status} = await interrupted('BatchGetImage')
    expect(status).toBe(130)
    expect(output).toContain('Stopped by SIGINT.')
    expect(
      world.sandbox.requests.filter(({mutating, account}) => mutating && account === prod.account),
    ).toEqual([])
    await expectTheNextRunToDoTheRest()
  })
})

test('a refused identity ends the run at once, though the other one would still be tried', async () => {
  world.sandbox.setFaults([{operation: 'GetCallerIdentity', at: 2, times: 1000, kind: '503'}])
  const env = {...environment, AWS_ACCESS_KEY_ID: '333333333333', AWS_SECRET_ACCESS_KEY: 'sandbox'}
  const {status, stderr} = await runGantry(words, {env})
  expect({status, stderr}).toMatchObject({status: 5})
  expect(stderr).toContain('these credentials belong to account 333333333333')
})
