import {UsageError} from '../errors.ts'
import {type Authorizer, basicAuthorizer, type Credential} from '../oci/auth.ts'
import {bearerAuthorizer} from '../oci/bearer.ts'
import {type DistributionOptions, openDistributionRegistry} from '../oci/distribution.ts'
import {isLayout} from '../oci/layout/names.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Pace} from '../oci/pace.ts'
import {noTraffic, type Registry, type RegistryContext} from '../oci/registry.ts'
import {isLoopback, registryOrigin} from '../oci/url-policy.ts'
import {connectAccount} from './accounts.ts'
import {EcrApi} from './api.ts'
import type {Access} from './denied.ts'
import {EcrRegistry} from './ecr-registry.ts'
import {type AwsEnvironment, sandboxOrigin} from './environment.ts'
import {type EcrHost, type PrivateEcrHost, parseEcrHost} from './hosts.ts'
import {apiPace, operationOf, pacesOf} from './rates.ts'
import {readOnlyRegistry} from './read-only.ts'
import type {AccountSession} from './session.ts'
import {tokensFor} from './tokens.ts'

/** A registry to open, and as whom. */
export interface RegistryTarget {
  /** Host name, with port where there is one; or an OCI image layout, `oci:PATH` or `oci-archive:FILE`. */
  readonly host: string
  /** Identity for an ECR registry. Without one a private registry is asked with the default credentials, ECR Public anonymously. */
  readonly session?: AccountSession | undefined
  /** What it is used for; default `pull`. A denial advises a statement for all of it. */
  readonly purpose?: Access | undefined
  /** Its repositories that will be written to. */
  readonly pushed?: ReadonlySet<string> | undefined
}

export interface OpenOptions {
  readonly environment: AwsEnvironment
  readonly context: RegistryContext
  /** Refuse everything that could change the registry. */
  readonly readOnly?: boolean | undefined
  /** Credentials for a repository of a registry that is not ECR ('' for the whole of it); undefined to ask anonymously. */
  readonly credentialsFor?:
    | ((host: string, repository: string) => Promise<Credential | undefined>)
    | undefined
}

export interface OpenedRegistry {
  readonly registry: Registry
  /** Which ECR registry it is; absent for others. */
  readonly ecr?: EcrHost
  /** As whom it is asked; absent for others than ECR and for anonymous pulls of ECR Public. */
  readonly session?: AccountSession
}

/**
 * Opens any registry: a private ECR registry by its API, a layout by its files, ECR Public and all others by the
 * distribution protocol. With a sandbox, ECR hosts are reached there under their own names and no other host but those
 * of this machine is reached.
 *
 * @throws {UsageError} NOT_IN_SANDBOX, INVALID_HOST, and what `connectAccount` and `openLayout` throw.
 */
export async function openRegistry(target: RegistryTarget, options: OpenOptions): Promise<OpenedRegistry> {
  const {environment, context} = options
  const opened = await open(target, {
    ...options,
    environment: {...environment, paces: pacesOf(environment)},
    context: {...context, wait: context.wait ?? environment.wait},
  })
  return options.readOnly ? {...opened, registry: readOnlyRegistry(opened.registry)} : opened
}

async function open(target: RegistryTarget, options: OpenOptions): Promise<OpenedRegistry> {
  if (isLayout(target.host)) {
    const {openLayout} = await import('../oci/layout/open.ts')
    const {signal} = options.context
    return {registry: await openLayout(target.host, {isWritten: target.purpose === 'push', signal})}
  }
  const ecr = parseEcrHost(target.host)
  if (ecr?.kind === 'private') return openPrivate(ecr, target, options)
  if (ecr?.kind === 'public') return openPublic(ecr, target, options)
  return openOther(target, options)
}

async function openPrivate(
  ecr: PrivateEcrHost,
  {host, session: given, purpose = 'pull'}: RegistryTarget,
  {environment, context, readOnly = false}: OpenOptions,
): Promise<OpenedRegistry> {
  const session =
    given ?? (await connectAccount({registryAccount: ecr.account, region: ecr.region}, environment))
  const traffic = noTraffic()
  const paces = pacesOf(environment)
  const api = new EcrApi({host, registry: ecr, session, environment, context, traffic, readOnly, purpose})
  const distribution = openDistributionRegistry({
    host,
    authorizer: tokenAuthorizer(session, ecr, environment),
    context,
    traffic,
    paceOf: request => apiPace(paces, ecr, operationOf(request)),
    ...route(environment),
  })
  return {registry: new EcrRegistry(host, api, distribution), ecr, session}
}

async function openPublic(
  ecr: EcrHost,
  {host, session, pushed}: RegistryTarget,
  {environment, context}: OpenOptions,
): Promise<OpenedRegistry> {
  const token = session && (await tokensFor(session, ecr, environment).get())
  const registry = openDistributionRegistry({
    host,
    authorizer: bearerAuthorizer(async () => token, pushed),
    context,
    paceOf: onePace(host, environment),
    ...route(environment),
  })
  return {registry, ecr, ...(session === undefined ? {} : {session})}
}

async function openOther(
  {host, pushed}: RegistryTarget,
  {environment, context, credentialsFor, readOnly}: OpenOptions,
): Promise<OpenedRegistry> {
  const {hostname} = registryOrigin(host)
  if (sandboxOrigin(environment) !== undefined && !isLoopback(hostname)) {
    throw new UsageError(
      'NOT_IN_SANDBOX',
      `GANTRY_SANDBOX is set: ${oneLine(host)} can't be reached. Unset it, or use an ECR registry or one on this machine.`,
    )
  }
  const find = async (repository: string) => credentialsFor?.(host, repository)
  const registry = openDistributionRegistry({
    host,
    // Asking for the right to push may make a repository.
    authorizer: bearerAuthorizer(find, readOnly ? undefined : pushed),
    context,
    paceOf: onePace(host, environment),
    ...route({...environment, network: environment.network?.forRegistry(host)}),
  })
  return {registry}
}

/** Private ECR takes the token as Basic credentials; whatever realm it names is not read. */
function tokenAuthorizer(session: AccountSession, ecr: EcrHost, environment: AwsEnvironment): Authorizer {
  const tokens = tokensFor(session, ecr, environment)
  return basicAuthorizer(
    async () => (await tokens.get()).authorization,
    () => tokens.invalidate(),
  )
}

/** A registry whose APIs we know nothing about has one pace for all. */
function onePace(host: string, environment: AwsEnvironment): () => Pace {
  const pace = pacesOf(environment).of(host)
  return () => pace
}

/** How a registry is reached: with a sandbox, every name that is not this machine's leads there. */
function route(environment: AwsEnvironment): Pick<DistributionOptions, 'connect' | 'network' | 'timeouts'> {
  const {network, timeouts} = environment
  const sandbox = sandboxOrigin(environment)
  return {
    ...(sandbox === undefined
      ? {}
      : {connect: origin => (isLoopback(origin.hostname) ? undefined : new URL(sandbox))}),
    ...(network === undefined ? {} : {network}),
    ...(timeouts === undefined ? {} : {timeouts}),
  }
}
