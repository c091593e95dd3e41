import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {cleanEnvironment, program, runJson} from '../../support/cli.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {repos} from '../../support/rollback.ts'
import {dev, devHost, prod, prodHost, startWorld} from '../../support/world.ts'

const tags = ['one', 'two', 'three']
const old = await buildImage({layers: [{'etc/name': 'old'}]})
const image = await buildImage({layers: [{'etc/name': 'new'}]})

/** Kills the command at its n-th request; tells how many requests it made. */
async function killer() {
  let child: ChildProcess | undefined
  let killAt = 0
  let seen = 0
  const world = await startWorld(
    {
      onRequest() {
        if (child !== undefined && ++seen === killAt) child.kill('SIGKILL')
      },
    },
    AbortSignal.timeout(900_000),
  )
  await writeFile(join(world.folder, 'repos.yaml'), repos)
  const env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')}
  const kill = async (position: number, words: readonly string[]) => {
    killAt = position
    seen = 0
    child = spawn(process.execPath, [program, ...words], {
      env: {...cleanEnvironment(world.folder), ...env},
      stdio: 'ignore',
    })
    await once(child, 'exit')
    child = undefined
    return seen
  }
  return {world, env, kill}
}

test('kill -9 at each request of a rollback: tags are where they were or back, and the next rollback converges', async () => {
  const {world, env, kill} = await killer()
  try {
    await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
    await pushImage((await world.open(devHost)).repository('app'), image, ...tags)
    const registry = await world.open(prodHost)

    const killedRun = async (position: number) => {
      const name = `run-${position}`
      await world.sandbox.seed({repositories: [{...prod, name}]})
      const repository = registry.repository(name)
      await pushImage(repository, old, ...tags)
      const record = join(world.folder, `${name}.jsonl`)
      await world.promote(
        tags.map(tag => `app:${tag}`),
        {as: name, record},
      )
      return {requests: await kill(position, ['rollback', record, '--yes']), repository, record}
    }

    const {requests: positions} = await killedRun(0)
    expect(positions).toBeGreaterThan(tags.length * 2)
    for (let position = 1; position <= positions; position++) {
      const {repository, record} = await killedRun(position)
      const context = `after kill -9 at request ${position}`
      const now = await repository.resolve(tags)
      for (const tag of tags) {
        expect([old.root.digest, image.root.digest], `${tag} ${context}`).toContain(now.get(tag))
      }
      expect(await runJson(['rollback', record, '--yes'], {env}), context).toMatchObject({exitCode: 0})
      const after = await repository.resolve(tags)
      for (const tag of tags) expect(after.get(tag), `${tag} ${context}`).toBe(old.root.digest)
      expect(await runJson(['rollback', record, '--yes'], {env}), context).toMatchObject({
        exitCode: 0,
        summary: {unchanged: tags.length, mutatingRequests: 0},
      })
    }
  } finally {
    await world.close()
  }
}, 900_000)

test('kill -9 at each request of a promotion: the rollback of its record finds out what moved, and puts that back', async () => {
  const {world, env, kill} = await killer()
  try {
    await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
    await pushImage((await world.open(devHost)).repository('app'), image, ...tags)
    const registry = await world.open(prodHost)

    const killedRun = async (position: number) => {
      const name = `run-${position}`
      await world.sandbox.seed({repositories: [{...prod, name}]})
      const repository = registry.repository(name)
      await pushImage(repository, old, ...tags)
      const record = join(world.folder, `${name}.jsonl`)
      const images = tags.map(tag => `app:${tag}`)
      const words = ['promote', ...images, '--from', 'dev', '--to', 'prod', '--as', name, '--record', record]
      return {requests: await kill(position, words), repository, record}
    }

    const {requests: positions} = await killedRun(0)
    let undone = 0
    for (let position = 1; position <= positions; position++) {
      const {repository, record} = await killedRun(position)
      const context = `after kill -9 at request ${position}`
      const {exitCode} = await runJson(['rollback', record, '--yes'], {env}).catch(() => ({exitCode: 2}))
      // Killed before its record was begun, the run has changed nothing.
      expect([0, 2], context).toContain(exitCode)
      if (exitCode === 0) undone += 1
      const after = await repository.resolve(tags)
      for (const tag of tags) expect(after.get(tag), `${tag} ${context}`).toBe(old.root.digest)
    }
    expect(undone).toBeGreaterThan(0)
  } finally {
    await world.close()
  }
}, 900_000)
