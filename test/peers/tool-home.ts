import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {GetAuthorizationTokenCommand} from '@aws-sdk/client-ecr'
import {execa} from 'execa'
import {expect, onTestFinished} from 'vitest'
import type {Sandbox, SandboxOptions} from '../../src/lib/sandbox/index.ts'
import {ecrClient} from '../lib/sandbox/support.ts'
import {cleanEnvironment, startSandbox} from '../support/cli.ts'
import type {BuiltImage} from '../support/images.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

export const region = 'eu-west-1'
export const accounts = {dev: '111111111111', prod: '222222222222'} as const
export type Account = keyof typeof accounts

/** A sandbox with the registries of two accounts, and a home for tools that others wrote. It goes with the test. */
export interface ToolHome {
  readonly sandbox: Sandbox
  /** `127.0.0.1:PORT` of each account's registry. */
  readonly hosts: Readonly<Record<Account, string>>
  /** The home, in which the tools run. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a program, which must succeed, and returns its stdout without the last line's end. */
  run(program: string, ...args: readonly string[]): Promise<string>
  /** The same with something on its stdin. */
  feed(input: string, program: string, ...args: readonly string[]): Promise<string>
  /** Runs a program, which must fail, and returns all that it says. */
  refusal(program: string, ...args: readonly string[]): Promise<string>
}

/** Starts a sandbox in which both accounts have these repositories. */
export async function openToolHome(
  repositories: readonly string[] = [],
  options: SandboxOptions = {},
): Promise<ToolHome> {
  const registries = Object.values(accounts).map(account => ({account, region, port: 0}))
  const sandbox = await startSandbox({registries, ...options})
  onTestFinished(() => sandbox.close())
  await sandbox.seed({
    repositories: Object.values(accounts).flatMap(account =>
      repositories.map(name => ({account, region, name})),
    ),
  })
  const folder = await temporaryFolder()
  const env = await environmentOf(folder)
  const start = (program: string, args: readonly string[], input = '') =>
    execa(program, args, {cwd: folder, env, extendEnv: false, input, reject: false, all: true})
  const run = async (program: string, args: readonly string[], input?: string) => {
    const {failed, stdout, all, message} = await start(program, args, input)
    if (failed) throw new Error(all || message)
    return stdout
  }
  const hostOf = (account: string) => new URL(sandbox.registryUrls.get(`${account}/${region}`) ?? '').host
  return {
    sandbox,
    hosts: {dev: hostOf(accounts.dev), prod: hostOf(accounts.prod)},
    folder,
    env,
    run: (program, ...args) => run(program, args),
    feed: (input, program, ...args) => run(program, args, input),
    refusal: async (program, ...args) => {
      const {exitCode, all} = await start(program, args)
      expect(exitCode, all).toBeGreaterThan(0)
      return all
    },
  }
}

/** The password of an account's registry, as its own identity gets it. */
export async function passwordOf(sandbox: Sandbox, account: Account): Promise<string> {
  const client = ecrClient(sandbox, accounts[account])
  const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
  const token = authorizationData?.[0]?.authorizationToken ?? ''
  return Buffer.from(token, 'base64').toString().replace('AWS:', '')
}

/** Puts an image into the registry of an account without any client. */
export async function seedImage(
  {sandbox}: ToolHome,
  [account, name, tag]: readonly [account: Account, repository: string, tag: string],
  {root, manifests, blobs}: BuiltImage,
): Promise<void> {
  const images = manifests.map(manifest => ({
    manifest: toBase64(manifest.bytes),
    mediaType: manifest.mediaType,
    ...(manifest === root ? {tag} : {}),
  }))
  await sandbox.seed({
    repositories: [
      {account: accounts[account], region, name, blobs: [...blobs.values()].map(toBase64), images},
    ],
  })
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** Nothing of this machine's user: credentials, settings and storage are below `folder`. */
async function environmentOf(folder: string): Promise<Record<string, string>> {
  const [docker, runtime] = [join(folder, '.docker'), join(folder, 'run')]
  for (const each of [docker, runtime]) await mkdir(each, {mode: 0o700})
  const authfile = join(folder, 'containers-auth.json')
  // podman and buildah want the file that is named to be there.
  await writeFile(authfile, '{}')
  return {
    ...cleanEnvironment(folder),
    DOCKER_CONFIG: docker,
    REGISTRY_AUTH_FILE: authfile,
    XDG_RUNTIME_DIR: runtime,
    AWS_ACCESS_KEY_ID: accounts.dev,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: region,
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
}

export function linesOf(text: string): readonly string[] {
  return text.split('\n').filter(line => line !== '')
}
