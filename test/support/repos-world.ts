import {ECRClient} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Estate} from '../../src/lib/config/estate.ts'
import {parseEstate} from '../../src/lib/config/parse.ts'
import type {AwsEnvironment} from '../../src/lib/ecr/environment.ts'
import {
  type OpenRegistries,
  type OpenRegistry,
  openRegistries,
  type RegistryAccess,
} from '../../src/lib/ecr/inventory/registries.ts'
import {FailureError} from '../../src/lib/errors.ts'
import type {RegistryContext} from '../../src/lib/oci/registry.ts'
import type {Json} from '../../src/lib/plan/canonical.ts'
import {type Door, openDoor} from '../../src/lib/plan/door.ts'
import {reposMutations} from '../../src/lib/repos/mutations.ts'
import type {
  DiffLine,
  RegistryPlace,
  RepositoryPlace,
  Resource,
  Wanted,
} from '../../src/lib/repos/resource.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'
import {temporaryFolder} from './temporary-folder.ts'

export const devId = '111111111111'
export const prodId = '222222222222'
/** What the sandbox's clock shows when a test begins. */
export const today = Date.UTC(2026, 10, 1)

/** How a file of these worlds begins: three registries, `dev@eu-west-1`, `prod@eu-west-1` and `prod@us-east-1`. */
export const accounts = `version: 1
accounts:
  dev: {id: "${devId}", region: eu-west-1}
  prod: {id: "${prodId}", regions: [eu-west-1, us-east-1]}
`

/** A sandbox with these accounts, whose clock stands still but where a run waits, and what a run takes from around it. */
export interface ReposSandbox {
  readonly sandbox: Sandbox
  readonly folder: string
  readonly aws: AwsEnvironment
  readonly context: RegistryContext
  /** Of {@link accounts} and what is written after them. */
  readonly estateOf: (text?: string) => Estate
  /** Closed when the test has finished. */
  readonly open: (
    estate?: Estate,
    words?: readonly string[],
    access?: RegistryAccess,
  ) => Promise<OpenRegistries>
  /** The registry of that label, open for changes. */
  readonly at: (label: string) => Promise<OpenRegistry>
  /** An SDK client of that account in that region. */
  readonly ecr: (account?: string, region?: string) => ECRClient
  /** Lets everything through, and keeps what passed. */
  readonly mutate: Door
  /** `VERB SUBJECT` of what passed the door. */
  readonly passed: () => readonly string[]
  /** Operations that could have changed a registry, whoever sent them, since the last `clearRequests`. */
  readonly mutations: () => readonly string[]
  /** Every operation since then. */
  readonly operations: () => readonly string[]
  readonly clearRequests: () => void
}

export async function openReposWorld(options: SandboxOptions = {}): Promise<ReposSandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  await sandbox.setClock(today)
  const aws: AwsEnvironment = {
    env: {},
    sandboxUrl: sandbox.url,
    now: () => sandbox.now(),
    wait: ms => sandbox.advanceClock(ms),
    signal: AbortSignal.timeout(60_000),
  }
  const {now, wait, signal} = aws
  const context = {now, wait, signal, concurrency: 8, retryForMs: 20_000, onEvent: () => {}}
  const estateOf = (text = '') => parseEstate(`${accounts}${text}`, 'repos.yaml')
  const open = async (
    estate = estateOf(),
    words: readonly string[] = [],
    access: RegistryAccess = 'change',
  ) => {
    const opened = await openRegistries(words, estate, {environment: aws, context, access})
    onTestFinished(() => opened.close())
    return opened
  }
  const operations = (isMeant: (mutating: boolean) => boolean) =>
    sandbox.requests.flatMap(({mutating, operation}) => (isMeant(mutating) ? [operation ?? 'unknown'] : []))
  const passed: string[] = []
  let registries: Promise<OpenRegistries> | undefined
  return {
    sandbox,
    folder: await temporaryFolder(),
    aws,
    context,
    estateOf,
    open,
    async at(label) {
      registries ??= open()
      const found = (await registries).registries.find(({registry}) => registry.label === label)
      if (found === undefined) throw new TypeError(`there is no ${label}`)
      return found
    },
    ecr(account = devId, region = 'eu-west-1') {
      const credentials = {accessKeyId: account, secretAccessKey: 'any'}
      const client = new ECRClient({endpoint: sandbox.url, region, credentials, maxAttempts: 1})
      onTestFinished(() => client.destroy())
      return client
    },
    mutate: recordingDoor(passed, aws.now),
    passed: () => passed,
    mutations: () => operations(mutating => mutating),
    operations: () => operations(() => true),
    clearRequests: () => sandbox.clearRequests(),
  }
}

function recordingDoor(passed: string[], now: () => number): Door {
  const journal = {file: 'none', write: async () => {}, note: () => {}, close: async () => {}}
  const through = openDoor(journal, {now})
  return mutation => {
    passed.push(`${mutation.intent.verb} ${mutation.intent.subject}`)
    return through(mutation)
  }
}

/** A repository at a registry, described anew whenever it is asked for. */
export function repositoryAt(at: OpenRegistry, name: string): RepositoryPlace {
  return {
    at,
    name,
    async described() {
      try {
        return (await at.api.registry.describeRepositories([name]))[0] ?? null
      } catch (error) {
        if (error instanceof FailureError && error.code === 'REPOSITORY_NOT_FOUND') return null
        throw error
      }
    },
  }
}

/** What came of bringing one resource where a setting wants it. */
export interface Brought<Live> extends Wanted<Live> {
  readonly live: Live | null
  readonly lines: readonly DiffLine[]
}

/**
 * Reads a resource, or one entry of it, and sends what a setting changes of it, if anything.
 *
 * @param setting null to remove it.
 */
export async function bring<Setting, Live, Place extends RegistryPlace>(
  world: ReposSandbox,
  resource: Resource<Setting, Live, Place>,
  place: Place,
  setting: Setting | null,
  entry = '',
): Promise<Brought<Live>> {
  const live = (await resource.read(place, resource.isKeyed ? [entry] : undefined)).get(entry) ?? null
  const wanted = resource.desired(setting, live, whereOf(world, place))
  const lines = resource.diff(live, wanted.state)
  if (lines.length > 0 && wanted.blocked === undefined) {
    const change = {
      subject: `${place.at.registry.host}#${resource.key}${entry === '' ? '' : `/${entry}`}`,
      before: live as Json,
      after: wanted.state as Json,
      look: () => Promise.resolve(false),
    }
    await resource.apply(reposMutations(world.mutate, change), {place, entry, live, wanted: wanted.state})
  }
  return {...wanted, live, lines}
}

/** What a comparison at a place takes from around it. */
export function whereOf(world: ReposSandbox, place: RegistryPlace & {readonly name?: string}) {
  const {name: repository} = place
  return {
    registry: place.at.registry,
    estate: world.estateOf(),
    ...(repository === undefined ? {} : {repository}),
  }
}
