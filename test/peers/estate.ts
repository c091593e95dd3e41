import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, onTestFinished} from 'vitest'
import {type Authorizer, anonymousAuthorizer, basicAuthorizer, basicValue} from '../../src/lib/oci/auth.ts'
import {openDistributionRegistry} from '../../src/lib/oci/distribution.ts'
import type {Registry} from '../../src/lib/oci/registry.ts'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import type {Sandbox} from '../../src/lib/sandbox/types.ts'
import {type Output, runGantry, runJson, startSandbox} from '../support/cli.ts'
import {run} from '../support/peers.ts'

const region = 'eu-west-1'
const accounts = {dev: '111111111111', prod: '222222222222'}

/** A sandbox with a dev and a prod account, each at a port of its own, and a folder with the estate's repos.yaml. */
export interface Estate {
  readonly folder: string
  readonly sandbox: Sandbox
  /** `127.0.0.1:PORT` of each account's registry. */
  readonly hosts: {readonly dev: string; readonly prod: string}
  /** With the passwords of both, as container tools read it; written by `gantry login`. */
  readonly authfile: string
  /** Runs `gantry promote`, which must succeed. */
  readonly promote: (...args: readonly string[]) => Promise<Output<PromotionItem>>
  /** Runs skopeo with the passwords, on any image and without a policy of whom to trust. */
  readonly skopeo: (...args: readonly string[]) => Promise<string>
  /** The registry of an account by its protocol. */
  readonly open: (account: 'dev' | 'prod') => Promise<Registry>
}

/** Starts an estate whose accounts both have `repository`; it is gone when the test has finished. */
export async function startEstate(folder: string, repository: string): Promise<Estate> {
  const registries = Object.values(accounts).map(account => ({account, region, port: 0}))
  const sandbox = await startSandbox({registries})
  onTestFinished(() => sandbox.close())
  await sandbox.seed({
    repositories: registries.map(({account}) => ({account, region, name: repository})),
  })
  await writeFile(
    join(folder, 'repos.yaml'),
    [
      'version: 1',
      'accounts:',
      `  dev: {id: "${accounts.dev}", region: ${region}}`,
      `  prod: {id: "${accounts.prod}", region: ${region}, role: "arn:aws:iam::${accounts.prod}:role/release"}`,
    ].join('\n'),
  )
  const hostOf = (account: string): string =>
    new URL(sandbox.registryUrls.get(`${account}/${region}`) ?? '').host
  const hosts = {dev: hostOf(accounts.dev), prod: hostOf(accounts.prod)}
  const options = {cwd: folder, env: {GANTRY_SANDBOX: sandbox.url}}
  const authfile = join(folder, 'auth.json')
  const login = await runGantry(['login', 'dev', 'prod', '--authfile', authfile], options)
  expect(login).toMatchObject({status: 0})

  return {
    folder,
    sandbox,
    hosts,
    authfile,
    promote: async (...args) => {
      const output = await runJson<PromotionItem>(['promote', ...args], options)
      const errors = output.items.flatMap(({error}) => error ?? [])
      expect({errors, exitCode: output.exitCode}).toEqual({errors: [], exitCode: 0})
      return output
    },
    skopeo: (verb = '', ...args) =>
      run('skopeo', ['--insecure-policy', verb, '--authfile', authfile, ...args], folder),
    open: async account => {
      const {stdout} = await runGantry(['login', account, '--print'], options)
      const authorization = basicValue({username: 'AWS', password: stdout.trim()})
      return openRegistry(
        hosts[account],
        basicAuthorizer(
          async () => authorization,
          () => undefined,
        ),
      )
    },
  }
}

/** A registry by its protocol; closed when the test has finished. */
export function openRegistry(host: string, authorizer: Authorizer = anonymousAuthorizer): Registry {
  const registry = openDistributionRegistry({
    host,
    authorizer,
    context: {
      signal: AbortSignal.timeout(60_000),
      now: Date.now,
      concurrency: 4,
      retryForMs: 0,
      onEvent: () => undefined,
    },
  })
  onTestFinished(() => registry.close())
  return registry
}
