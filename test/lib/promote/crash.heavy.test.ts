import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import {cleanEnvironment, program, runJson} from '../../support/cli.ts'
import {expectComplete, expectImage} from '../../support/completeness.ts'
import {type BuiltImage, buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld} from '../../support/world.ts'

const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const base = {'usr/base': 'shared by all'}
const images: Readonly<Record<string, BuiltImage>> = {
  one: await buildImage({layers: [base, {'etc/name': 'one'}], platforms, sbom: true}),
  two: await buildImage({layers: [base, {'etc/name': 'two'}], platforms, attestation: true}),
  three: await buildImage({layers: [base, {'etc/name': 'three'}]}),
}
const old = await buildImage({layers: [{'etc/name': 'old'}]})
const tags = Object.keys(images)

test('kill -9 at each request of a promotion of 3 images: tags are old or new and complete, and the next run converges', async () => {
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
  const repos = join(world.folder, 'repos.yaml')
  await writeFile(
    repos,
    `version: 1\naccounts:\n  dev: {id: "${dev.account}", region: ${dev.region}}\n  prod: {id: "${prod.account}", region: ${prod.region}}\n`,
  )
  const environment = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: repos}
  const words = (repository: string) => [
    'promote',
    ...tags.map(tag => `app:${tag}`),
    '--from',
    'dev',
    '--to',
    'prod',
    '--as',
    repository,
  ]

  await world.sandbox.seed({repositories: [{...dev, name: 'app'}]})
  const source = (await world.open(devHost)).repository('app')
  for (const tag of tags) await pushImage(source, images[tag] as BuiltImage, tag)
  const registry = await world.open(prodHost)

  /** Runs the promotion into a new repository that holds the old image under all tags; tells how many requests it made. */
  async function killedRun(
    position: number,
  ): Promise<{requests: number; repository: Repository; name: string}> {
    const name = `run-${position}`
    await world.sandbox.seed({repositories: [{...prod, name}]})
    const repository = registry.repository(name)
    await pushImage(repository, old, ...tags)
    killAt = position
    seen = 0
    child = spawn(process.execPath, [program, ...words(name)], {
      env: {...cleanEnvironment(world.folder), ...environment},
      stdio: 'ignore',
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    child = undefined
    expect(position === 0 ? code : signal).toBe(position === 0 ? 0 : 'SIGKILL')
    return {requests: seen, repository, name}
  }

  try {
    const {requests: positions} = await killedRun(0)
    expect(positions).toBeGreaterThan(60)
    for (let position = 1; position <= positions; position++) {
      const {repository, name} = await killedRun(position)
      const context = `after kill -9 at request ${position}`
      const now = await repository.resolve(tags)
      for (const tag of tags) {
        const digest = now.get(tag)
        expect([old.root.digest, images[tag]?.root.digest], `${tag} ${context}`).toContain(digest)
        await expectComplete(repository, digest as Digest)
      }
      const again = await runJson<{outcome: string}>(words(name), {env: environment})
      expect(again.exitCode, context).toBe(0)
      const after = await repository.resolve(tags)
      for (const tag of tags) {
        expect(after.get(tag), `${tag} ${context}`).toBe(images[tag]?.root.digest)
        await expectImage(repository, images[tag] as BuiltImage, tag)
      }
      const third = await world.promote(
        tags.map(tag => `app:${tag}`),
        {as: name},
      )
      expect(third, context).toMatchObject({exitCode: 0, traffic: {mutatingRequests: 0}})
    }
  } finally {
    await world.close()
  }
}, 900_000)
