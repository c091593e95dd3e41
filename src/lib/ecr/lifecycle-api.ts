import type {GetLifecyclePolicyPreviewCommandOutput, LifecyclePolicyPreviewResult} from '@aws-sdk/client-ecr'
import {type Digest, isDigest} from '../oci/digest.ts'
import {required, unexpected} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'
import {unlessCode} from './unless-code.ts'

/** A lifecycle policy as ECR gives it back. */
export interface StoredPolicy {
  readonly text: string
  /** Milliseconds since the epoch; absent when it never ran. */
  readonly lastEvaluatedAt?: number
}

export type PreviewStatus = 'in-progress' | 'complete' | 'expired' | 'failed'

/** What a preview says that becomes of one image. */
export interface PreviewedAction {
  readonly digest: Digest
  readonly action: 'expire' | 'archive'
  readonly rulePriority: number
}

/** A repository has one preview, which whoever starts another replaces: each page says whose it is. */
export interface PreviewPage {
  readonly status: PreviewStatus
  /** The policy that is previewed. */
  readonly policyText: string
  /** Empty until the preview is complete. */
  readonly actions: readonly PreviewedAction[]
}

/** Most results of a preview in one answer, other than of all other listings (ECR API, GetLifecyclePolicyPreview). */
const previewPageSize = 100

/** The operations on the lifecycle policies of repositories, one method each. */
export class LifecycleApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /**
   * Null when the repository has none.
   *
   * @throws {FailureError} REPOSITORY_NOT_FOUND.
   */
  async getPolicy(repositoryName: string): Promise<StoredPolicy | null> {
    const operation = 'GetLifecyclePolicy'
    const answer = await unlessCode('LIFECYCLE_POLICY_NOT_FOUND', () =>
      this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(new sdk.GetLifecyclePolicyCommand(this.#connection.in(repositoryName)), options),
      ),
    )
    if (answer === null) return null
    const text = required(answer.lifecyclePolicyText, `ECR ${operation}`, 'lifecyclePolicyText', answer)
    const lastEvaluatedAt = answer.lastEvaluatedAt?.getTime() ?? 0
    // The epoch stands for "never" in the samples of the AWS CLI reference (delete-lifecycle-policy).
    return lastEvaluatedAt > 0 ? {text, lastEvaluatedAt} : {text}
  }

  /** @returns the text that ECR says it stored. */
  async putPolicy(repositoryName: string, lifecyclePolicyText: string): Promise<string> {
    const operation = 'PutLifecyclePolicy'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutLifecyclePolicyCommand({...this.#connection.in(repositoryName), lifecyclePolicyText}),
        options,
      ),
    )
    return required(answer.lifecyclePolicyText, `ECR ${operation}`, 'lifecyclePolicyText', answer)
  }

  /** @returns the text that ECR says it removed; null when there was none. */
  async deletePolicy(repositoryName: string): Promise<string | null> {
    const operation = 'DeleteLifecyclePolicy'
    const answer = await unlessCode('LIFECYCLE_POLICY_NOT_FOUND', () =>
      this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(new sdk.DeleteLifecyclePolicyCommand(this.#connection.in(repositoryName)), options),
      ),
    )
    return answer && required(answer.lifecyclePolicyText, `ECR ${operation}`, 'lifecyclePolicyText', answer)
  }

  /**
   * Begins a preview of what a policy would do. It changes no image and no policy, but counts as a mutating request:
   * it replaces the repository's last preview.
   *
   * @throws {FailureError} LIFECYCLE_POLICY_PREVIEW_IN_PROGRESS.
   */
  async startPreview(repositoryName: string, lifecyclePolicyText: string): Promise<void> {
    const operation = 'StartLifecyclePolicyPreview'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.StartLifecyclePolicyPreviewCommand({
          ...this.#connection.in(repositoryName),
          lifecyclePolicyText,
        }),
        options,
      ),
    )
    required(answer.status, `ECR ${operation}`, 'status', answer)
  }

  /**
   * The repository's last preview, page by page.
   *
   * @throws {FailureError} LIFECYCLE_POLICY_PREVIEW_NOT_FOUND.
   */
  async *previewPages(repositoryName: string): AsyncIterable<PreviewPage> {
    const operation = 'GetLifecyclePolicyPreview'
    const answers = pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.GetLifecyclePolicyPreviewCommand({
            ...this.#connection.in(repositoryName),
            maxResults: previewPageSize,
            ...nextToken,
          }),
          options,
        ),
      )
      return {items: [toPage(answer)], nextToken: answer.nextToken}
    })
    for await (const items of answers) yield* items
  }
}

const statuses: ReadonlyMap<string, PreviewStatus> = new Map([
  ['IN_PROGRESS', 'in-progress'],
  ['COMPLETE', 'complete'],
  ['EXPIRED', 'expired'],
  ['FAILED', 'failed'],
])

/** By type and, where there is one, target storage class. */
const actions: ReadonlyMap<string, PreviewedAction['action']> = new Map([
  ['EXPIRE', 'expire'],
  ['TRANSITION ARCHIVE', 'archive'],
])

function toPage(answer: GetLifecyclePolicyPreviewCommandOutput): PreviewPage {
  const operation = 'ECR GetLifecyclePolicyPreview'
  const said = required(answer.status, operation, 'status', answer)
  const status = statuses.get(said) ?? unexpected(said, operation, 'status', answer)
  const policyText = required(answer.lifecyclePolicyText, operation, 'lifecyclePolicyText', answer)
  if (status !== 'complete') return {status, policyText, actions: []}
  const results = required(answer.previewResults, operation, 'previewResults', answer)
  return {status, policyText, actions: results.map(result => toAction(result, operation, answer))}
}

function toAction(
  {imageDigest, action, appliedRulePriority}: LifecyclePolicyPreviewResult,
  operation: string,
  answer: GetLifecyclePolicyPreviewCommandOutput,
): PreviewedAction {
  const digest = required(imageDigest, operation, 'imageDigest', answer)
  const type = required(action?.type, operation, 'action.type', answer)
  const rulePriority = required(appliedRulePriority, operation, 'appliedRulePriority', answer)
  if (!isDigest(digest)) return unexpected(digest, operation, 'imageDigest', answer)
  const said = action?.targetStorageClass === undefined ? type : `${type} ${action.targetStorageClass}`
  return {digest, action: actions.get(said) ?? unexpected(said, operation, 'action', answer), rulePriority}
}
