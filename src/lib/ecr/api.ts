import type {
  BatchGetImageCommandOutput,
  Image,
  ImageFailure,
  ImageIdentifier,
  ImageReferrer,
  Layer,
  LayerFailure,
} from '@aws-sdk/client-ecr'
import type {Digest} from '../oci/digest.ts'
import type {Manifest} from '../oci/manifest.ts'
import {manifestTypes} from '../oci/media-types.ts'
import {BackfillApi} from './backfill-api.ts'
import {requireAll, required} from './client.ts'
import {type EcrApiOptions, EcrConnection} from './connection.ts'
import {CreationTemplatesApi} from './creation-templates-api.ts'
import {ImageFactsApi} from './image-facts-api.ts'
import {LifecycleApi} from './lifecycle-api.ts'
import {pages} from './pages.ts'
import {PullThroughApi} from './pull-through-api.ts'
import {RegistryApi} from './registry-api.ts'
import {RegistrySettingsApi} from './registry-settings-api.ts'
import {RepositorySettingsApi} from './repository-settings-api.ts'
import {ScanApi} from './scan-api.ts'
import {type AuthorizationToken, readToken} from './token.ts'

/** Most items that ECR takes in one call. */
export const batchSize = 100

/**
 * The operations of one private registry, one method each. Every answer is checked for the fields that it must have; what
 * fails does so as {@link EcrConnection} says.
 */
export class EcrApi {
  /** What concerns all of its repositories. */
  readonly registry: RegistryApi
  /** What it is configured with as a whole. */
  readonly settings: RegistrySettingsApi
  /** The rules by which it keeps copies of what other registries have. */
  readonly pullThrough: PullThroughApi
  /** What repositories are made like that nobody made: changes of it; `registry` lists them. */
  readonly templates: CreationTemplatesApi
  /** What its repositories are configured with, lifecycle policies aside. */
  readonly repositories: RepositorySettingsApi
  /** What is told of its images besides their manifests. */
  readonly facts: ImageFactsApi
  /** The lifecycle policies of its repositories. */
  readonly lifecycle: LifecycleApi
  /** The scans of its images. */
  readonly scan: ScanApi
  /** Its replication backfills. */
  readonly backfill: BackfillApi
  readonly #connection: EcrConnection

  constructor(options: EcrApiOptions | EcrConnection) {
    this.#connection = options instanceof EcrConnection ? options : new EcrConnection(options)
    this.registry = new RegistryApi(this.#connection)
    this.settings = new RegistrySettingsApi(this.#connection)
    this.pullThrough = new PullThroughApi(this.#connection)
    this.templates = new CreationTemplatesApi(this.#connection)
    this.repositories = new RepositorySettingsApi(this.#connection)
    this.facts = new ImageFactsApi(this.#connection)
    this.lifecycle = new LifecycleApi(this.#connection)
    this.scan = new ScanApi(this.#connection)
    this.backfill = new BackfillApi(this.#connection)
  }

  /** The same registry by the same sockets, whose calls end with this signal too, with its reason. */
  within(signal: AbortSignal): EcrApi {
    return new EcrApi(this.#connection.within(signal))
  }

  /** Whose registry it is, who asks, and what for. */
  get where(): EcrConnection['where'] {
    return this.#connection.where
  }

  async getAuthorizationToken(): Promise<AuthorizationToken> {
    const operation = 'ECR GetAuthorizationToken'
    const answer = await this.#connection.call('GetAuthorizationToken', undefined, ({client, sdk}, options) =>
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
    const answer = await this.#connection.call(
      'BatchGetImage',
      repositoryName,
      async ({client, sdk}, options) => {
        const answer = await client.send(
          new sdk.BatchGetImageCommand({
            ...this.#connection.in(repositoryName),
            imageIds: [...ids],
            acceptedMediaTypes: [...manifestTypes],
          }),
          options,
        )
        throwIfThrottled(answer)
        return answer
      },
    )
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
    const answer = await this.#connection.call('PutImage', repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutImageCommand({
          ...this.#connection.in(repositoryName),
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
    const answer = await this.#connection.call(
      'BatchCheckLayerAvailability',
      repositoryName,
      ({client, sdk}, options) =>
        client.send(
          new sdk.BatchCheckLayerAvailabilityCommand({
            ...this.#connection.in(repositoryName),
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

  /** Manifests whose subject is `digest`, page by page. */
  listImageReferrers(repositoryName: string, digest: Digest): AsyncIterable<readonly ImageReferrer[]> {
    return pages('ListImageReferrers', async nextToken => {
      const answer = await this.#connection.call(
        'ListImageReferrers',
        repositoryName,
        ({client, sdk}, options) =>
          client.send(
            new sdk.ListImageReferrersCommand({
              ...this.#connection.in(repositoryName),
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
      const answer = await this.#connection.call('ListImages', repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.ListImagesCommand({
            ...this.#connection.in(repositoryName),
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
    this.#connection.close()
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
