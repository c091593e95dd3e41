import type {
  BatchGetImageCommandOutput,
  ECRClient,
  Image,
  ImageFailure,
  ImageIdentifier,
  ImageReferrer,
  Layer,
  LayerFailure,
  Repository,
} from '@aws-sdk/client-ecr'
import type {Digest} from '../oci/digest.ts'
import {createLimiter, type Limiter} from '../oci/limiter.ts'
import type {Manifest} from '../oci/manifest.ts'
import {manifestTypes} from '../oci/media-types.ts'
import type {Paces} from '../oci/pace.ts'
import type {RegistryContext, Traffic} from '../oci/registry.ts'
import type {AwsHttpHandler} from './aws-http.ts'
import {type Answer, clientDefaults, required} from './client.ts'
import type {Access} from './denied.ts'
import {type AwsEnvironment, endpointOptions} from './environment.ts'
import type {PrivateEcrHost} from './hosts.ts'
import {pages} from './pages.ts'
import {apiPace, pacesOf} from './rates.ts'
import {withRetries} from './retry.ts'
import type {AccountSession} from './session.ts'
import {type AuthorizationToken, readToken} from './token.ts'

type Sdk = typeof import('@aws-sdk/client-ecr')

interface Connection {
  readonly sdk: Sdk
  readonly client: ECRClient
  readonly http: AwsHttpHandler
}

export interface EcrApiOptions {
  /** Host of the registry as the user knows it. */
  readonly host: string
  readonly registry: PrivateEcrHost
  readonly session: AccountSession
  readonly environment: AwsEnvironment
  readonly context: RegistryContext
  readonly traffic: Traffic
  /** Refuse every operation that could change the registry. */
  readonly readOnly: boolean
  /** What the registry is used for, for what a denial advises. */
  readonly purpose: Access
}

/** Most items that ECR takes in one call. */
export const batchSize = 100

/**
 * The operations of one private registry, one method each; the only importer of the ECR client. Every answer is checked
 * for the fields that it must have, every failure is a `GantryError` whose `code` is the exception's name in upper snake
 * case (`LAYERS_NOT_FOUND`).
 */
export class EcrApi {
  readonly #options: EcrApiOptions
  readonly #limiter: Limiter
  readonly #paces: Paces
  #connection: Promise<Connection> | undefined

  constructor(options: EcrApiOptions) {
    this.#options = options
    this.#limiter = createLimiter(options.context.concurrency)
    this.#paces = pacesOf(options.environment)
  }

  /** Whose registry it is, who asks, and what for. */
  get where(): {account: string; region: string; principal: string; purpose: Access} {
    const {registry, session, purpose} = this.#options
    return {account: registry.account, region: registry.region, principal: session.arn, purpose}
  }

  async getAuthorizationToken(): Promise<AuthorizationToken> {
    const operation = 'ECR GetAuthorizationToken'
    const answer = await this.#call('GetAuthorizationToken', undefined, ({client, sdk}, options) =>
      client.send(new sdk.GetAuthorizationTokenCommand({}), options),
    )
    const [data] = required(answer.authorizationData, operation, 'authorizationData', answer)
    const token = required(data?.authorizationToken, operation, 'authorizationToken', answer)
    return readToken(token, required(data?.expiresAt, operation, 'expiresAt', answer))
  }

  /** @param ids at most 100, each by tag or by digest. Each is in `images` or in `failures`. */
  async batchGetImage(
    repositoryName: string,
    ids: readonly ImageIdentifier[],
  ): Promise<{images: readonly Image[]; failures: readonly ImageFailure[]}> {
    const answer = await this.#call('BatchGetImage', repositoryName, async ({client, sdk}, options) => {
      const answer = await client.send(
        new sdk.BatchGetImageCommand({
          ...this.#in(repositoryName),
          imageIds: [...ids],
          acceptedMediaTypes: [...manifestTypes],
        }),
        options,
      )
      throwIfThrottled(answer)
      return answer
    })
    const images = required(answer.images, 'ECR BatchGetImage', 'images', answer)
    const failures = answer.failures ?? []
    const named = [...images, ...failures].map(({imageId}) => imageId)
    const answered = new Set(named.flatMap(id => [id?.imageDigest, id?.imageTag]))
    requireAll(
      ids.map(id => id.imageTag ?? id.imageDigest),
      answered,
      'BatchGetImage',
      answer,
    )
    return {images, failures}
  }

  /**
   * Stores the manifest under its digest, which ECR compares with its own.
   *
   * @returns the digest that ECR says it stored.
   */
  async putImage(repositoryName: string, manifest: Manifest, text: string, tag?: string): Promise<string> {
    const answer = await this.#call('PutImage', repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutImageCommand({
          ...this.#in(repositoryName),
          imageManifest: text,
          imageManifestMediaType: manifest.mediaType,
          imageDigest: manifest.digest,
          ...(tag === undefined ? {} : {imageTag: tag}),
        }),
        options,
      ),
    )
    return required(answer.image?.imageId?.imageDigest, 'ECR PutImage', 'image.imageId.imageDigest', answer)
  }

  /** @param digests at most 100. Each is in `layers` or in `failures`. */
  async batchCheckLayerAvailability(
    repositoryName: string,
    digests: readonly Digest[],
  ): Promise<{layers: readonly Layer[]; failures: readonly LayerFailure[]}> {
    const answer = await this.#call('BatchCheckLayerAvailability', repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.BatchCheckLayerAvailabilityCommand({
          ...this.#in(repositoryName),
          layerDigests: [...digests],
        }),
        options,
      ),
    )
    const layers = required(answer.layers, 'ECR BatchCheckLayerAvailability', 'layers', answer)
    const failures = answer.failures ?? []
    const answered = new Set([...layers, ...failures].map(layer => layer.layerDigest))
    requireAll(digests, answered, 'BatchCheckLayerAvailability', answer)
    return {layers, failures}
  }

  /** @param names at most 100; one that does not exist fails the call with `REPOSITORY_NOT_FOUND`. */
  async describeRepositories(names: readonly string[]): Promise<readonly Repository[]> {
    const answer = await this.#call('DescribeRepositories', names[0], ({client, sdk}, options) =>
      client.send(
        new sdk.DescribeRepositoriesCommand({
          registryId: this.#options.registry.account,
          repositoryNames: [...names],
        }),
        options,
      ),
    )
    const repositories = required(answer.repositories, 'ECR DescribeRepositories', 'repositories', answer)
    const answered = new Set(repositories.map(each => each.repositoryName))
    requireAll(names, answered, 'DescribeRepositories', answer)
    return repositories
  }

  /** Every repository of the registry, page by page. */
  listRepositories(): AsyncIterable<readonly Repository[]> {
    return pages('DescribeRepositories', async nextToken => {
      const answer = await this.#call('DescribeRepositories', undefined, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribeRepositoriesCommand({
            registryId: this.#options.registry.account,
            maxResults: 1000,
            ...nextToken,
          }),
          options,
        ),
      )
      return {
        items: required(answer.repositories, 'ECR DescribeRepositories', 'repositories', answer),
        nextToken: answer.nextToken,
      }
    })
  }

  async createRepository(name: string): Promise<void> {
    const answer = await this.#call('CreateRepository', name, ({client, sdk}, options) =>
      client.send(new sdk.CreateRepositoryCommand(this.#in(name)), options),
    )
    required(answer.repository, 'ECR CreateRepository', 'repository', answer)
  }

  /** Manifests whose subject is `digest`, page by page. */
  listImageReferrers(repositoryName: string, digest: Digest): AsyncIterable<readonly ImageReferrer[]> {
    return pages('ListImageReferrers', async nextToken => {
      const answer = await this.#call('ListImageReferrers', repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.ListImageReferrersCommand({
            ...this.#in(repositoryName),
            subjectId: {imageDigest: digest},
            maxResults: 50,
            ...nextToken,
          }),
          options,
        ),
      )
      const items = required(answer.referrers, 'ECR ListImageReferrers', 'referrers', answer)
      return {items, nextToken: answer.nextToken}
    })
  }

  /** Every (tag, digest) pair, archived images included, page by page. */
  listTaggedImages(repositoryName: string): AsyncIterable<readonly ImageIdentifier[]> {
    return pages('ListImages', async nextToken => {
      const answer = await this.#call('ListImages', repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.ListImagesCommand({
            ...this.#in(repositoryName),
            filter: {tagStatus: 'TAGGED', imageStatus: 'ANY'},
            maxResults: 1000,
            ...nextToken,
          }),
          options,
        ),
      )
      return {
        items: required(answer.imageIds, 'ECR ListImages', 'imageIds', answer),
        nextToken: answer.nextToken,
      }
    })
  }

  /** Lets go of sockets. */
  close(): void {
    const close = ({client, http}: Connection): void => {
      client.destroy()
      http.destroy()
    }
    // A connection that could not be made was reported to whoever asked for it.
    this.#connection?.then(close, () => {})
  }

  #in(repositoryName: string): {registryId: string; repositoryName: string} {
    return {registryId: this.#options.registry.account, repositoryName}
  }

  #call<T>(
    operation: string,
    repository: string | undefined,
    send: (connection: Connection, options: {abortSignal: AbortSignal}) => Promise<T>,
  ): Promise<T> {
    const {host, session, context, traffic, registry} = this.#options
    const pace = apiPace(this.#paces, registry, operation)
    const attempt = async (): Promise<T> => {
      this.#connection ??= this.#connect()
      return send(await this.#connection, {abortSignal: context.signal})
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

  async #connect(): Promise<Connection> {
    const {environment, traffic, readOnly, registry, session, context} = this.#options
    const [sdk, {AwsHttpHandler}] = await Promise.all([
      import('@aws-sdk/client-ecr'),
      import('./aws-http.ts'),
    ])
    const http = new AwsHttpHandler({environment, traffic, readOnly, maxSockets: context.concurrency})
    const client = new sdk.ECRClient({
      ...endpointOptions(environment, 'ECR', registry.region, registry),
      ...clientDefaults(session.credentials),
      requestHandler: http,
    })
    return {sdk, client, http}
  }
}

/** What throttles a single item comes with HTTP 200, and is as passing as what throttles the call. */
function throwIfThrottled({failures = [], $metadata}: BatchGetImageCommandOutput): void {
  const throttled = failures.find(({failureCode}) => failureCode === 'UpstreamTooManyRequests')
  if (throttled === undefined) return
  const {failureCode: name, failureReason = ''} = throttled
  const {requestId} = $metadata
  throw Object.assign(new Error(failureReason), {name, $metadata: {requestId}})
}

/** An item that was asked for and is nowhere in the answer is not the same as one that does not exist. */
function requireAll(
  asked: readonly (string | undefined)[],
  answered: ReadonlySet<string | undefined>,
  operation: string,
  answer: Answer,
): void {
  const missing = asked.find(item => !answered.has(item))
  if (missing !== undefined) required(undefined, `ECR ${operation}`, missing, answer)
}
