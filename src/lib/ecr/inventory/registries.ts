import type {Repository} from '@aws-sdk/client-ecr'
import type {Estate} from '../../config/estate.ts'
import type {GantryError} from '../../errors.ts'
import {addTraffic, noTraffic, type RegistryContext, type Traffic} from '../../oci/registry.ts'
import type {Caller} from '../../plan/document.ts'
import {identityOf, registrySpec} from '../account-spec.ts'
import {connectAccount} from '../accounts.ts'
import {EcrApi} from '../api.ts'
import type {Access} from '../denied.ts'
import type {AwsEnvironment} from '../environment.ts'
import {pacesOf} from '../rates.ts'
import type {AccountSession} from '../session.ts'
import {findRepositories, type Leniency} from './find.ts'
import {knownRegistries, registryHost} from './known.ts'
import type {InventoryRegistry} from './model.ts'
import {isSelected, readSelections, type Selection} from './selection.ts'

/**
 * What the registries are opened for: `look` changes nothing, `preview` may start lifecycle previews and nothing else,
 * `scan` may start scans and nothing else.
 */
export type RegistryAccess = 'look' | 'preview' | 'scan' | 'change'

export interface RegistriesOptions extends Leniency {
  readonly environment: AwsEnvironment
  readonly context: RegistryContext
  readonly access: RegistryAccess
  /** What a denial advises to allow, where the access does not say it. */
  readonly purpose?: Access
  /** Those of `ALIAS`, `ALIAS@REGION` or host that are asked; all that the words mean unless given. */
  readonly accounts?: readonly string[] | undefined
  /** Hosts of registries that are opened though no word may mean a repository of them; then no words mean none. */
  readonly besides?: readonly string[]
  /** Region of the default identity's registry, where there is no repos.yaml (`--region`). */
  readonly region?: string | undefined
}

/** A private registry, open, and as whom. */
export interface OpenRegistry {
  readonly registry: InventoryRegistry
  readonly caller: Caller
  readonly api: EcrApi
}

/** A repository that is meant, at the registry that has it. */
export interface MeantRepository {
  readonly at: OpenRegistry
  readonly name: string
  /** What DescribeRepositories told of it when it was found; absent where it is not told whether it is there at all. */
  readonly described?: Repository
}

export interface OpenRegistries {
  readonly registries: readonly OpenRegistry[]
  /** By registry, in the order of repos.yaml, and name. */
  readonly repositories: readonly MeantRepository[]
  /** What the words mean, be it there or not. */
  readonly selections: readonly Selection[]
  /** The repositories that one of the words means. */
  meant(word: string): readonly MeantRepository[]
  /** Registries that did not tell their repositories, and why; none unless `mayNotList`. */
  readonly unlisted: ReadonlyMap<OpenRegistry, GantryError>
  /** What they were opened for. */
  readonly access: RegistryAccess
  /** Every identity that takes part, once. */
  readonly callers: readonly Caller[]
  /** One line for each pattern that no repository fits. */
  readonly warnings: readonly string[]
  /** The open registry of that host. @throws {TypeError} when it is not open. */
  registryOf(host: string): OpenRegistry
  /** Everything sent and received so far. */
  traffic(): Traffic
  close(): void
}

/**
 * Opens the registries that the words mean, and finds the repositories. A word is `REPO` or a pattern of names
 * (`payments/**`), after `ALIAS/`, `ALIAS@REGION/` or `HOST/` where not all registries are meant; no words mean everything.
 * The identities are proven first, all of them, before any registry is asked for anything.
 *
 * @throws {UsageError} a word or account that means nothing; {FailureError} REPOSITORY_NOT_FOUND for a name that no
 *   registry has; {DeniedError} WRONG_ACCOUNT, NO_CREDENTIALS, ACCESS_DENIED.
 */
export async function openRegistries(
  words: readonly string[],
  estate: Estate,
  options: RegistriesOptions,
): Promise<OpenRegistries> {
  const {accounts = [], besides} = options
  const environment = {...options.environment, paces: pacesOf(options.environment)}
  const hosts = (besides ?? []).map(host => `${host}/**`)
  const {known, session} = await knownRegistries([...words, ...hosts], estate, environment, options.region)
  // No words mean everything, but beside hosts they mean nothing.
  const isNothing = words.length === 0 && besides !== undefined
  const selections = isNothing ? [] : readSelections(words, accounts, known)
  const others = hosts.length === 0 ? [] : readSelections(hosts, accounts, known)
  const meant = meantRegistries([...selections, ...others])
  const sessions = await connect(meant, session, estate, environment)

  const traffics = [...sessions.values()].map(({traffic}) => traffic)
  const registries = meant.map(registry => {
    const owner = sessions.get(identityOf(registry, estate))
    if (owner === undefined) throw new TypeError(`${registry.label} has no identity`)
    const traffic = noTraffic()
    traffics.push(traffic)
    return open(registry, owner, traffic, {...options, environment})
  })
  const close = (): void => registries.forEach(({api}) => api.close())
  try {
    const found = await findRepositories(registries, selections, options)
    return {
      registries,
      ...found,
      selections,
      meant(word) {
        const here = selections.filter(({text}) => text === word)
        return found.repositories.filter(({at, name}) =>
          here.some(each => isSelected(each, at.registry, name)),
        )
      },
      access: options.access,
      callers: uniqueCallers(registries),
      registryOf(host) {
        const registry = registries.find(each => each.registry.host === host)
        if (registry === undefined) throw new TypeError(`${host} was not opened`)
        return registry
      },
      traffic: () => traffics.reduce(addTraffic, noTraffic()),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Each registry once, in the order of the first word that means it. */
function meantRegistries(selections: readonly Selection[]): InventoryRegistry[] {
  const byHost = new Map<string, InventoryRegistry>()
  for (const registry of selections.flatMap(({registries}) => registries)) {
    if (!byHost.has(registry.host)) byHost.set(registry.host, registry)
  }
  return [...byHost.values()]
}

/** One session for each identity; `known` is that of the default credentials, where it was needed already. */
async function connect(
  registries: readonly InventoryRegistry[],
  known: AccountSession | undefined,
  estate: Estate,
  environment: AwsEnvironment,
): Promise<ReadonlyMap<string, AccountSession>> {
  const byIdentity = new Map(registries.map(registry => [identityOf(registry, estate), registry]))
  const connected = await Promise.all(
    [...byIdentity].map(async ([identity, registry]) => {
      const isKnown = known?.account === registry.account && known.region === registry.region
      const session = isKnown ? known : await connectAccount(registrySpec(registry, estate), environment)
      return [identity, session] as const
    }),
  )
  return new Map(connected)
}

/** Operations that an access lets through besides those that change nothing. */
const allowed: Readonly<Partial<Record<RegistryAccess, ReadonlySet<string>>>> = {
  preview: new Set(['StartLifecyclePolicyPreview']),
  scan: new Set(['StartImageScan']),
}

const purposes: Readonly<Record<RegistryAccess, Access>> = {
  look: 'inventory',
  preview: 'lifecycle',
  scan: 'scan',
  change: 'lifecycle',
}

export function open(
  registry: InventoryRegistry,
  session: AccountSession,
  traffic: Traffic,
  {access, purpose, environment, context}: RegistriesOptions,
): OpenRegistry {
  const api = new EcrApi({
    host: registry.host,
    registry: registryHost(registry),
    session,
    environment,
    context: {...context, wait: context.wait ?? environment.wait},
    traffic,
    readOnly: access !== 'change',
    allowed: allowed[access],
    purpose: purpose ?? purposes[access],
  })
  return {registry, caller: {account: session.account, arn: session.arn}, api}
}

function uniqueCallers(registries: readonly OpenRegistry[]): Caller[] {
  return [...new Map(registries.map(({caller}) => [caller.arn, caller])).values()]
}
