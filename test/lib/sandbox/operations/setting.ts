import {type Sandbox, startSandbox} from '../../../../src/lib/sandbox/index.ts'
import {dev, http, indexType, prod, region, sha256, smallImage} from '../support.ts'
import type {Fields} from './model.ts'

export interface Outcome {
  readonly status: number
  readonly body: Fields
  /** Name of the exception, when it is one. */
  readonly error: string | undefined
}

/** A sandbox of its own for one scenario, spoken to on the wire: input goes out as it is, right or wrong. */
export class Setting implements AsyncDisposable {
  readonly sandbox: Sandbox
  readonly repositoryName = 'team/app'

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox
  }

  static async open(): Promise<Setting> {
    return new Setting(await startSandbox({}))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.close()
  }

  /** Calls an operation of ECR. */
  async call(operation: string, input: Fields, account = dev, where = region): Promise<Outcome> {
    const {status, text} = await http(this.sandbox.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`,
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20261121/${where}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    })
    const body = JSON.parse(text) as Fields
    return {status, body, error: body['__type'] as string | undefined}
  }

  /** Calls an operation that must succeed. */
  async does(operation: string, input: Fields, account = dev, where = region): Promise<Fields> {
    const {status, body} = await this.call(operation, input, account, where)
    if (status !== 200) throw new Error(`${operation}: ${JSON.stringify(body)}`)
    return body
  }

  /** The input that names a repository, which is there. */
  async repository(
    settings: Fields = {},
    repositoryName = this.repositoryName,
  ): Promise<{repositoryName: string}> {
    await this.does('CreateRepository', {...settings, repositoryName})
    return {repositoryName}
  }

  /** Uploads a layer into the repository. */
  async layer(content: string, repositoryName = this.repositoryName): Promise<string> {
    const {uploadId} = await this.does('InitiateLayerUpload', {repositoryName})
    const bytes = Buffer.from(content)
    await this.does('UploadLayerPart', {
      repositoryName,
      uploadId,
      partFirstByte: 0,
      partLastByte: bytes.length - 1,
      layerPartBlob: bytes.toString('base64'),
    })
    const layerDigests = [sha256(content)]
    await this.does('CompleteLayerUpload', {repositoryName, uploadId, layerDigests})
    return sha256(content)
  }

  /** Puts a small image into the repository, which is made when it is missing. */
  async image(imageTag = 'v1', content = imageTag, repositoryName = this.repositoryName) {
    await this.call('CreateRepository', {repositoryName})
    const image = smallImage(content)
    for (const blob of [image.layer, image.config]) await this.layer(blob, repositoryName)
    await this.does('PutImage', {repositoryName, imageManifest: image.manifest, imageTag})
    return {...image, repositoryName, imageId: {imageDigest: image.digest}}
  }

  /** An index of images that may or may not be there. */
  index(...digests: readonly string[]): string {
    return JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: digests.map(digest => ({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest,
        size: 100,
      })),
    })
  }

  /** Lets everything happen that is due within this time. */
  async later(milliseconds: number): Promise<void> {
    await this.sandbox.setClock(Date.now() + milliseconds)
  }

  /** Lets the other account do anything with the registry, as far as its policies decide. */
  async letIn(account = prod): Promise<void> {
    const Principal = {AWS: `arn:aws:iam::${account}:root`}
    const Statement = [{Sid: 'all', Effect: 'Allow', Principal, Action: 'ecr:*', Resource: '*'}]
    await this.does('PutRegistryPolicy', {policyText: JSON.stringify({Version: '2012-10-17', Statement})})
  }
}
