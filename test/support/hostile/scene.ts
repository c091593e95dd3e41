import {writeFile} from 'node:fs/promises'
import {request as httpRequest} from 'node:http'
import {join} from 'node:path'
import {afterEach, beforeEach} from 'vitest'
import type {Login} from '../../../src/lib/oci/auth.ts'
import {type Network, readNetwork} from '../../../src/lib/oci/network.ts'
import {defaultTimeouts, type Timeouts} from '../../../src/lib/oci/transport.ts'
import {type HostileRegistry, type Reply, startHostileRegistry} from '../hostile-registry.ts'
import {type VirtualClock, virtualClock} from '../virtual-clock.ts'
import {dev, prod, startWorld, type World} from '../world.ts'
import {expectAtHome, filesBelow, textOf} from './at-home.ts'
import {authority, type Beyond, startBeyond} from './beyond.ts'
import {planted} from './planted.ts'

/** Where a registry misbehaves: everybody whom a client could be led to, with all that they were sent on record. */
export interface Scene {
  /** The registry that is not to be trusted; the user has {@link login} for it. */
  readonly registry: HostileRegistry
  /** The same registry as it is known outside of this machine: by https, at the other end of a proxy. */
  readonly elsewhere: string
  /** Where registries may send whoever reads, like S3: it gets no secret but those in its own links. */
  readonly storage: HostileRegistry
  /** The registry's token service. */
  readonly tokens: HostileRegistry
  /** Nobody has any business with it. What would leave this machine ends here, too. */
  readonly stranger: HostileRegistry
  /** A registry that behaves, and asks for nothing. */
  readonly bystander: HostileRegistry
  /** The only way to the sandbox. */
  readonly aws: HostileRegistry
  readonly world: World
  /** The user's, for the registry: its token service may see it too. */
  readonly login: Login & {readonly tokenHosts: readonly string[]}
  /** What only moves when somebody waits for his next try. */
  readonly clock: VirtualClock
  readonly timeouts: Timeouts
  /** The way out of this machine, as variables say it, and as it is read from them. */
  readonly environment: Readonly<Record<string, string>>
  readonly network: Network
  /** Gives up on whoever sends nothing, or hardly anything, at once. */
  impatient(): void
  /** Output of the program, results and errors: no secret may be in it. */
  saw(...outputs: readonly unknown[]): void
}

/**
 * A scene for each test of a suite. After every one of them, whatever it was about, no secret was sent to anybody to whom
 * it does not belong, nor shown.
 *
 * @returns the scene of the running test.
 */
export function useScene(): () => Scene {
  let opened: OpenScene | undefined
  beforeEach(async () => {
    opened = await openScene()
  })
  afterEach(async () => {
    const scene = current()
    try {
      await scene.expectSecretsAtHome()
    } finally {
      await scene.close()
    }
  })
  const current = (): OpenScene => {
    if (opened === undefined) throw new TypeError('the scene is there while a test runs')
    return opened
  }
  return () => current().scene
}

interface OpenScene {
  readonly scene: Scene
  expectSecretsAtHome(): Promise<void>
  close(): Promise<void>
}

async function openScene(): Promise<OpenScene> {
  const world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
    ],
  })
  const [registry, storage, tokens, stranger, bystander] = await Promise.all([
    startHostileRegistry(),
    startHostileRegistry(),
    startHostileRegistry(),
    startHostileRegistry(),
    startHostileRegistry(),
  ])
  const aws = await startHostileRegistry(passOn(world.sandbox.url))
  const elsewhere = 'registry.example'
  const beyond = await startBeyond(elsewhere, registry, stranger)
  const authorityFile = join(world.folder, 'authority.pem')
  await writeFile(authorityFile, authority)
  const environment = {HTTPS_PROXY: beyond.proxy, SSL_CERT_FILE: authorityFile}
  const outputs: unknown[] = []
  let stallMs = 10_000
  const scene: Scene = {
    registry,
    elsewhere,
    storage,
    tokens,
    stranger,
    bystander,
    aws,
    world,
    login: {username: 'robot', password: planted.password, tokenHosts: [tokens.host]},
    clock: virtualClock(Date.now()),
    get timeouts() {
      return {...defaultTimeouts, headersMs: stallMs, commitMs: stallMs, stallMs}
    },
    environment,
    network: readNetwork(environment),
    impatient: () => {
      stallMs = 250
    },
    saw: (...more) => void outputs.push(...more),
  }
  const servers = {registry, storage, tokens, stranger, bystander, aws}
  return {
    scene,
    expectSecretsAtHome: async () => {
      const kept = await filesBelow(world.folder)
      expectAtHome(scene, [...outputs.map(textOf), ...world.events.map(textOf), ...kept])
    },
    close: () => closeAll([world, beyond, ...Object.values(servers)]),
  }
}

async function closeAll(servers: readonly (World | Beyond | HostileRegistry)[]): Promise<void> {
  await Promise.all(servers.map(server => server.close()))
}

/** Answers what a server on this machine answers. */
function passOn(url: string): Reply {
  const {hostname, port} = new URL(url)
  return ({method, url: path, headers, body}, response) => {
    const outgoing = httpRequest({hostname, port, method, path, headers}, answer => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    outgoing.end(body)
  }
}
