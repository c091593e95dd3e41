import type {ECRClient} from '@aws-sdk/client-ecr'
import {createLimiter, type Limiter} from '../oci/limiter.ts'
import type {Paces} from '../oci/pace.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import type {AwsHttpHandler} from './aws-http.ts'
import {clientDefaults} from './client.ts'
import type {Access} from './denied.ts'
import {type AwsEnvironment, endpointOptions} from './environment.ts'
import type {PrivateEcrHost} from './hosts.ts'
import {apiPace, pacesOf} from './rates.ts'
import {withRetries} from './retry.ts'
import type {AccountSession} from './session.ts'
import {keepUnknownMembers} from './unknown-members.ts'

type Sdk = typeof import('@aws-sdk/client-ecr')

interface Connection {
  readonly sdk: Sdk
  readonly client: ECRClient
  readonly http: AwsHttpHandler
}

/** Sends one request. */
type Send<T> = (connection: Connection, options: {abortSignal: AbortSignal}) => Promise<T>

export interface EcrApiOptions {
  /** Host of the registry as the user knows it. */
  readonly host: string
  readonly registry: PrivateEcrHost
  readonly session: AccountSession
  readonly environment: AwsEnvironment
  readonly context: RegistryContext
  readonly traffic: Traffic
  /** Refuse every operation that could change the registry, but for those that are `allowed`. */
  readonly readOnly: boolean
  readonly allowed?: ReadonlySet<string> | undefined
  /** What the registry is used for, for what a denial advises. */
  readonly purpose: Access
}

/**
 * Where ECR's API is asked, as the client's own rules have it.
 *
 * @throws {UsageError} as `endpointOptions` does.
 */
export async function ecrEndpoint(region: string, environment: AwsEnvironment): Promise<URL> {
  const {endpoint, useFipsEndpoint, useDualstackEndpoint} = endpointOptions(environment, 'ECR', region)
  if (endpoint !== undefined) return new URL(endpoint)
  const {ECRClient} = await import('@aws-sdk/client-ecr')
  return new ECRClient({region}).config.endpointProvider({
    Region: region,
    UseFIPS: useFipsEndpoint,
    UseDualStack: useDualstackEndpoint,
  }).url
}

/**
 * The way to the API of one private registry, opened by the first call; the only importer of the ECR client. Every failure
 * is a `GantryError` whose `code` is the exception's name in upper snake case (`LAYERS_NOT_FOUND`).
 */
export class EcrConnection {
  readonly #options: EcrApiOptions
  readonly #limiter: Limiter
  readonly #paces: Paces
  readonly #wire: {opened?: Promise<Connection>}

  /** @param shared whose sockets, slots and pace it uses; it opens its own without. */
  constructor(options: EcrApiOptions, shared?: EcrConnection) {
    this.#options = options
    this.#limiter = shared ? shared.#limiter : createLimiter(options.context.concurrency)
    this.#paces = shared ? shared.#paces : pacesOf(options.environment)
    this.#wire = shared ? shared.#wire : {}
  }

  /** The same connection, whose calls end with this signal too. */
  within(signal: AbortSignal): EcrConnection {
    const {context} = this.#options
    const both = AbortSignal.any([context.signal, signal])
    return new EcrConnection({...this.#options, context: {...context, signal: both}}, this)
  }

  /** Whose registry it is, who asks, and what for. */
  get where(): {account: string; region: string; principal: string; purpose: Access} {
    const {registry, session, purpose} = this.#options
    return {account: registry.account, region: registry.region, principal: session.arn, purpose}
  }

  /** Whether the registry is of the account that asks: what concerns a whole registry is told of the own one alone. */
  get isOwn(): boolean {
    return this.#options.session.account === this.#options.registry.account
  }

  /** Names a repository in a request. */
  in(repositoryName: string): {registryId: string; repositoryName: string} {
    return {registryId: this.#options.registry.account, repositoryName}
  }

  /** Names a repository where an ARN is asked for. */
  arnOf(repositoryName: string): string {
    const {partition, region, account} = this.#options.registry
    return `arn:${partition}:ecr:${region}:${account}:repository/${repositoryName}`
  }

  /** Calls an operation, again while its failures pass; `repository` is named by what is reported of them. */
  call<T>(operation: string, repository: string | undefined, send: Send<T>): Promise<T> {
    const {host, session, context, traffic, registry} = this.#options
    const pace = apiPace(this.#paces, registry, operation)
    const attempt = async (): Promise<T> => {
      this.#wire.opened ??= this.#connect()
      return send(await this.#wire.opened, {abortSignal: context.signal})
    }
    return withRetries(() => this.#limiter.run(attempt), {
      pace,
      call: {
        service: 'ECR',
        operation,
        host,
        ...this.where,
        repository,
        renewal: session.renewal,
      },
      context,
      traffic,
      renewCredentials: () => session.credentials.renew(),
    })
  }

  /**
   * Calls an operation that names no registry, for it is about that of whoever asks.
   *
   * @throws {TypeError} when this is another account's: the caller's own would be read, or changed, in its place.
   */
  async callOwn<T>(operation: string, send: Send<T>): Promise<T> {
    if (!this.isOwn)
      throw new TypeError(`ECR ${operation} is about the registry of whoever asks, not of another account`)
    return this.call(operation, undefined, send)
  }

  /** Lets go of sockets. */
  close(): void {
    const close = ({client, http}: Connection): void => {
      client.destroy()
      http.destroy()
    }
    // A connection that could not be made was reported to whoever asked for it.
    this.#wire.opened?.then(close, () => {})
  }

  async #connect(): Promise<Connection> {
    const {environment, traffic, readOnly, allowed, registry, session, context} = this.#options
    const [sdk, {AwsHttpHandler}] = await Promise.all([
      import('@aws-sdk/client-ecr'),
      import('./aws-http.ts'),
    ])
    const maxSockets = context.concurrency
    const http = new AwsHttpHandler({environment, traffic, readOnly, allowed, maxSockets})
    const client = new sdk.ECRClient({
      ...endpointOptions(environment, 'ECR', registry.region, registry),
      ...clientDefaults(session.credentials),
      requestHandler: http,
    })
    keepUnknownMembers(client)
    return {sdk, client, http}
  }
}
