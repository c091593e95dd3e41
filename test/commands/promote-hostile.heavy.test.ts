import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {type RunResult, runGantry} from '../support/cli.ts'
import {askForLogin, type Behaviour, image, type Role, serve} from '../support/hostile/behaviour.ts'
import {behaviours} from '../support/hostile/behaviours.ts'
import {type Scene, useScene} from '../support/hostile/scene.ts'
import {pushImage} from '../support/images.ts'
import {dev, devHost, prod} from '../support/world.ts'

const current = useScene()

/** What the user has set up: accounts, and a login for the registry as docker stores it. */
let home: string

beforeEach(async () => {
  const {registry, elsewhere, login} = current()
  home = await mkdtemp(join(tmpdir(), 'gantry-hostile-'))
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64')
  const account = ({account, region}: typeof dev) => `{id: "${account}", region: ${region}}`
  await Promise.all([
    writeFile(
      join(home, 'repos.yaml'),
      `version: 1\naccounts: {dev: ${account(dev)}, prod: ${account(prod)}}\n`,
    ),
    writeFile(
      join(home, 'config.json'),
      JSON.stringify({auths: {[registry.host]: {auth}, [elsewhere]: {auth}}}),
    ),
  ])
})

afterEach(() => rm(home, {recursive: true, force: true, maxRetries: 3}))

describe('a registry that is not to be trusted is told of in one line, and sees no secret but its own', () => {
  test.each<[keyof typeof behaviours, Role, string, number]>([
    ['H4 redirects into the machine of its reader', 'elsewhere', 'REDIRECT_REFUSED', 7],
    ['H10 redirects to a host that asks for credentials', 'source', 'FOREIGN_CHALLENGE', 5],
    ['H13 has tokens issued on another domain', 'source', 'REALM_REFUSED', 7],
    ['H18 shows the login in its refusal', 'source', 'UNAUTHORIZED', 5],
    ['H21 refuses in plain text, with control characters', 'source', 'DENIED', 5],
    ['H22 has uploads go to another host', 'destination', 'LOCATION_REFUSED', 7],
    ['H30 has other bytes under the digest of a blob', 'source', 'WRONG_BLOB', 7],
    ['H48 answers for an image with nothing', 'aws', 'MISSING_FIELD', 4],
  ])('%s, as %s', async (name, role, code, exitCode) => {
    const scene = current()
    await set(scene, role, behaviours[name])
    const document = await promote(scene, role, {more: ['--json'], env: {DEBUG: '*', GANTRY_DEBUG: '1'}})
    expect(document.status, document.stderr).toBe(exitCode)
    const error = errorOf(document)
    expect(error).toMatchObject({code})

    const {status, stdout, stderr} = await promote(scene, role)
    expect(status).toBe(exitCode)
    const told = `${stdout}${stderr}`.split('\n').filter(line => /^(?:Error:|failed \S*\/)/.test(line))
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(error.message)
    expect(`${stdout}${stderr}`).not.toMatch(/^\s+at /m)
    expect(`${stdout}${stderr}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })
})

interface Told {
  readonly code: string
  readonly message: string
}

/** What a document says went wrong, with its one image or with all of it. */
function errorOf({stdout}: RunResult): Told {
  const {items, error} = JSON.parse(stdout) as {items: {error: Told}[]; error?: Told}
  const told = error ?? items[0]?.error
  if (told === undefined) throw new Error(`nothing went wrong: ${stdout}`)
  return told
}

async function set(scene: Scene, role: Role, behaviour: Behaviour): Promise<void> {
  if (role === 'source' || role === 'elsewhere') serve(scene.registry, image, 'v1')
  else await pushImage((await scene.world.open(devHost)).repository('app'), image, 'v1')
  if (!behaviour.isAboutLogin) askForLogin(scene)
  behaviour[role]?.(scene)
}

async function promote(
  scene: Scene,
  role: Role,
  {more = [], env = {}}: {more?: readonly string[]; env?: Readonly<Record<string, string>>} = {},
): Promise<RunResult> {
  const {registry, elsewhere, bystander, tokens, aws, world} = scene
  const {from, to} = {
    source: {from: registry.host, to: 'prod'},
    elsewhere: {from: elsewhere, to: bystander.host},
    destination: {from: 'dev', to: registry.host},
    aws: {from: 'dev', to: 'prod'},
  }[role]
  const record = join(world.folder, `record-${more.length}.jsonl`)
  const result = await runGantry(['promote', `${from}/app:v1`, '--to', to, '--record', record, ...more], {
    env: {
      ...scene.environment,
      DOCKER_CONFIG: home,
      GANTRY_CONFIG: join(home, 'repos.yaml'),
      GANTRY_TOKEN_HOSTS: `${registry.host}=${tokens.host}`,
      ...(role === 'elsewhere' ? {} : {GANTRY_SANDBOX: aws.origin}),
      ...env,
    },
  })
  scene.saw(result)
  return result
}
