import type {Fields} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import {required, unexpected} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'

export type ScanType = 'BASIC' | 'ENHANCED'

/**
 * A page of what DescribeImageScanFindings answers, as the SDK gives it: times are dates. Nothing of it is checked, for
 * types promise what answers need not hold.
 */
export type ScanPage = Fields

/** The operations on the scans of images, one method each. */
export class ScanApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /**
   * The latest scan of a manifest, page by page.
   *
   * @throws {FailureError} SCAN_NOT_FOUND, IMAGE_NOT_FOUND, REPOSITORY_NOT_FOUND, ENDLESS_LISTING.
   */
  async *findings(repositoryName: string, imageDigest: Digest): AsyncGenerator<ScanPage> {
    const operation = 'DescribeImageScanFindings'
    const listing = pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribeImageScanFindingsCommand({
            ...this.#connection.in(repositoryName),
            imageId: {imageDigest},
            maxResults: 1000,
            ...nextToken,
          }),
          options,
        ),
      )
      required(answer.imageScanStatus, `ECR ${operation}`, 'imageScanStatus', answer)
      return {items: [{...answer}], nextToken: answer.nextToken}
    })
    for await (const page of listing) yield* page
  }

  /**
   * Begins a basic scan of a manifest: once in 24 hours, scans on push included. Enhanced scanning knows no such thing.
   *
   * @throws {FailureError} LIMIT_EXCEEDED, VALIDATION, UNSUPPORTED_IMAGE_TYPE, IMAGE_ARCHIVED, IMAGE_NOT_FOUND.
   */
  async startScan(repositoryName: string, imageDigest: Digest): Promise<void> {
    const operation = 'StartImageScan'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.StartImageScanCommand({...this.#connection.in(repositoryName), imageId: {imageDigest}}),
        options,
      ),
    )
    required(answer.imageScanStatus?.status, `ECR ${operation}`, 'imageScanStatus.status', answer)
  }

  /** How the registry scans; null for that of another account, which tells nobody else. */
  async scanType(): Promise<ScanType | null> {
    if (!this.#connection.isOwn) return null
    const operation = 'GetRegistryScanningConfiguration'
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(new sdk.GetRegistryScanningConfigurationCommand({}), options),
    )
    const field = 'scanningConfiguration.scanType'
    const type: string = required<string>(
      answer.scanningConfiguration?.scanType,
      `ECR ${operation}`,
      field,
      answer,
    )
    return type === 'BASIC' || type === 'ENHANCED'
      ? type
      : unexpected(type, `ECR ${operation}`, field, answer)
  }
}
