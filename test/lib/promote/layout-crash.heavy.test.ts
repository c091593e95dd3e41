import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {cp, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {openLayout} from '../../../src/lib/oci/layout/open.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {cleanEnvironment, program} from '../../support/cli.ts'
import {expectComplete, expectImage} from '../../support/completeness.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, startWorld, type World} from '../../support/world.ts'

const base = {'usr/base': 'shared by both'}
const images: Readonly<Record<string, BuiltImage>> = {
  one: await buildImage({layers: [base, {'etc/name': 'one'}], attestation: true, sbom: true}),
  two: await buildImage({layers: [base, {'etc/name': 'two'}]}),
}
const old = await buildImage({layers: [{'etc/name': 'old'}]})
const tags = Object.keys(images)
const killer = new URL('../../support/kill-at-write.ts', import.meta.url).href

test.each([
  ['a folder', 'oci:', 'layout'],
  ['a tar', 'oci-archive:', 'layout.tar'],
])(
  'kill -9 at each write into %s: tags are old or new and complete, and the next run converges',
  async (_, scheme, name) => {
    const world = await startWorld({}, AbortSignal.timeout(580_000))
    onTestFinished(() => world.close())
    await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
    const source = (await world.open(devHost)).repository('app')
    for (const tag of tags) await pushImage(source, old, tag)
    const before = join(world.folder, 'before')
    await mkdir(before)
    const words = tags.map(tag => `app:${tag}`)
    await world.promote(words, {to: [`${scheme}${join(before, name)}`]})
    for (const tag of tags) await pushImage(source, images[tag] as BuiltImage, tag)

    const folder = join(world.folder, 'run')
    const layout = `${scheme}${join(folder, name)}`
    const writes = await killedRun(0)
    expect(writes).toBeGreaterThan(20)
    for (let position = 1; position <= writes; position++) {
      await killedRun(position)
      await expectOldOrNew(layout)
      const {exitCode, items} = await world.promote(words, {to: [layout]})
      expect(exitCode, `after write ${position}`).toBe(0)
      await expectNew(layout)
      // A run that finds everything done writes nothing, and clears nothing away.
      const isDone = items.every(({outcome}) => outcome === 'unchanged')
      expect(isDone ? [name] : await readdir(folder), `after write ${position}`).toEqual([name])
    }

    /** Promotes into a copy of what was before; tells how many writes that took when it is not killed. */
    async function killedRun(position: number): Promise<number> {
      await rm(folder, {recursive: true, force: true})
      await cp(before, folder, {recursive: true})
      const signal = await promoteKilled(world, [...words, '--to', layout], {
        KILL_AT: String(position),
        KILL_BELOW: folder,
        KILL_COUNT: join(world.folder, 'writes'),
      })
      expect(signal).toBe(position === 0 ? null : 'SIGKILL')
      return position === 0 ? Number(await readFile(join(world.folder, 'writes'), 'utf8')) : position
    }
  },
)

async function promoteKilled(
  {folder, sandbox}: World,
  words: readonly string[],
  killing: Readonly<Record<string, string>>,
): Promise<NodeJS.Signals | null> {
  const repos = join(folder, 'repos.yaml')
  await writeFile(
    repos,
    `version: 1\naccounts:\n  dev: {id: "${dev.account}", region: ${dev.region}}\n  prod: {id: "${prod.account}", region: ${prod.region}}\n`,
  )
  const child = spawn(process.execPath, ['--import', killer, program, 'promote', ...words, '--from', 'dev'], {
    env: {...cleanEnvironment(folder), GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: repos, ...killing},
    stdio: 'ignore',
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal
}

async function open(layout: string): Promise<{repository: Repository; close: () => void}> {
  const registry = await openLayout(layout, {isWritten: false, signal: AbortSignal.timeout(10_000)})
  return {repository: registry.repository('app'), close: () => registry.close()}
}

async function expectOldOrNew(layout: string): Promise<void> {
  const {repository, close} = await open(layout)
  const held = await repository.resolve(tags)
  for (const tag of tags) {
    const digest = held.get(tag) ?? old.root.digest
    expect([old.root.digest, images[tag]?.root.digest]).toContain(digest)
    await expectComplete(repository, digest)
  }
  expect(held.size).toBe(tags.length)
  close()
}

async function expectNew(layout: string): Promise<void> {
  const {repository, close} = await open(layout)
  for (const tag of tags) await expectImage(repository, images[tag] as BuiltImage, tag)
  close()
}
