import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DeleteRepositoryCommand, ECRClient, GetAuthorizationTokenCommand} from '@aws-sdk/client-ecr'
import {type Authorizer, anonymousAuthorizer, basicAuthorizer} from '../src/lib/oci/auth.ts'
import {type Sandbox, startSandbox} from '../src/lib/sandbox/index.ts'
import {startDockerRegistry} from '../test/support/docker-registry.ts'
import {now} from './measure.ts'

/** A request that a registry got. */
export interface Arrival {
  /** In milliseconds since the epoch, with fractions. */
  readonly arrivedMs: number
  readonly isWrite: boolean
}

/** A registry to copy from or to, over HTTP. */
export interface Place {
  /** `127.0.0.1:PORT`, for those who know no ECR. */
  readonly host: string
  /** What Gantry is told. */
  readonly name: string
  readonly authorizer: Authorizer
  /** Environment variables that make `name` this place. */
  readonly env: Readonly<Record<string, string>>
  /** All so far; some come a moment late. */
  arrivals(): readonly Arrival[]
  close(): Promise<void>
}

/** Docker's registry, new and empty. */
export async function openPlain(folder: string): Promise<Place> {
  const registry = await startDockerRegistry(folder)
  return {
    host: registry.host,
    name: registry.host,
    authorizer: anonymousAuthorizer,
    env: {},
    arrivals: () =>
      registry.requests.map(({method, arrivedMs}) => ({
        arrivedMs,
        isWrite: method !== 'GET' && method !== 'HEAD',
      })),
    close: () => registry.close(),
  }
}

/** ECR registries of two accounts, in a sandbox. What the API of ECR and STS is asked counts like any other request. */
export interface EcrPlaces {
  readonly source: Place
  /** The repository is there, and nothing in it. */
  target(repository: string): Promise<Place>
  close(): Promise<void>
}

const region = 'eu-west-1'
const accounts = {source: '111111111111', target: '222222222222'}

/** @param home of the tools, where they find the passwords of both registries. */
export async function openEcr(home: string, repositories: readonly string[]): Promise<EcrPlaces> {
  const seen = new Map(Object.values(accounts).map(account => [account, [] as Arrival[]]))
  const sandbox = await startSandbox({
    registries: Object.values(accounts).map(account => ({account, region, port: 0})),
    // What names no account is a download, by the URL that the source gave.
    onRequest: ({account = accounts.source, mutating}) =>
      void seen.get(account)?.push({arrivedMs: now(), isWrite: mutating}),
  })
  const seed = (account: string, names: readonly string[]) =>
    sandbox.seed({repositories: names.map(name => ({account, region, name}))})
  await seed(accounts.source, repositories)
  const config = join(home, 'repos.yaml')
  await writeFile(config, estate)
  const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: config}
  const auths: Record<string, {auth: string}> = {}

  async function open(account: string, name: string): Promise<Place> {
    const {authorizationData} = await apiOf(sandbox, account).send(new GetAuthorizationTokenCommand({}))
    const auth = authorizationData?.[0]?.authorizationToken ?? ''
    const {host} = new URL(sandbox.registryUrls.get(`${account}/${region}`) ?? '')
    auths[host] = {auth}
    return {
      host,
      name,
      authorizer: basicAuthorizer(
        async () => `Basic ${auth}`,
        () => undefined,
      ),
      env,
      arrivals: () => seen.get(account) ?? [],
      close: async () => undefined,
    }
  }
  const source = await open(accounts.source, 'source')
  const target = await open(accounts.target, 'target')
  await mkdir(join(home, '.docker'))
  await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({auths}))

  return {
    source,
    async target(repositoryName) {
      await seed(accounts.target, [repositoryName])
      await apiOf(sandbox, accounts.target).send(new DeleteRepositoryCommand({repositoryName, force: true}))
      await seed(accounts.target, [repositoryName])
      return target
    },
    close: () => sandbox.close(),
  }
}

const estate = `version: 1
accounts:
  source: {id: "${accounts.source}", region: ${region}}
  target: {id: "${accounts.target}", region: ${region}}
`

function apiOf({url}: Sandbox, account: string): ECRClient {
  return new ECRClient({endpoint: url, region, credentials: {accessKeyId: account, secretAccessKey: 'any'}})
}
