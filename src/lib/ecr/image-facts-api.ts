import type {ImageDetail, ImageReplicationStatus} from '@aws-sdk/client-ecr'
import {type Digest, isDigest} from '../oci/digest.ts'
import {required, unexpected} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'

/** The operations that tell of images what their manifests do not, one method each. */
export class ImageFactsApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** @param references at most 100 tags and digests; one that does not exist fails the call with `IMAGE_NOT_FOUND`. */
  async describeImages(
    repositoryName: string,
    references: readonly string[],
  ): Promise<readonly ImageDetail[]> {
    const answer = await this.#connection.call('DescribeImages', repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.DescribeImagesCommand({
          ...this.#connection.in(repositoryName),
          imageIds: references.map(each => (isDigest(each) ? {imageDigest: each} : {imageTag: each})),
        }),
        options,
      ),
    )
    return required(answer.imageDetails, 'ECR DescribeImages', 'imageDetails', answer)
  }

  /** Every image, archived ones too, page by page. */
  listImageDetails(repositoryName: string): AsyncIterable<readonly ImageDetail[]> {
    return pages('DescribeImages', async nextToken => {
      const answer = await this.#connection.call('DescribeImages', repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribeImagesCommand({
            ...this.#connection.in(repositoryName),
            // Without it archived images are left out (ECR API, DescribeImagesFilter).
            filter: {imageStatus: 'ANY'},
            maxResults: 1000,
            ...nextToken,
          }),
          options,
        ),
      )
      return {
        items: required(answer.imageDetails, 'ECR DescribeImages', 'imageDetails', answer),
        nextToken: answer.nextToken,
      }
    })
  }

  /** Where a layer could be read from; for whether it may be. */
  async getDownloadUrl(repositoryName: string, layerDigest: Digest): Promise<void> {
    const operation = 'GetDownloadUrlForLayer'
    await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.GetDownloadUrlForLayerCommand({...this.#connection.in(repositoryName), layerDigest}),
        options,
      ),
    )
  }

  /** How the replication of an image stands at each of its destinations; none where no rule was there for its push. */
  async imageReplication(repositoryName: string, digest: Digest): Promise<readonly ImageReplicationStatus[]> {
    const operation = 'DescribeImageReplicationStatus'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.DescribeImageReplicationStatusCommand({
          ...this.#connection.in(repositoryName),
          imageId: {imageDigest: digest},
        }),
        options,
      ),
    )
    const said = answer.imageId?.imageDigest
    if (said !== undefined && said !== digest) unexpected(said, `ECR ${operation}`, 'imageDigest', answer)
    return required(answer.replicationStatuses, `ECR ${operation}`, 'replicationStatuses', answer)
  }
}
