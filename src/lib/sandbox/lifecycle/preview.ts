import {randomUUID} from 'node:crypto'
import type {LifecycleImage} from '../../lifecycle/clocks.ts'
import type {Decision} from '../../lifecycle/evaluate.ts'
import type {
  LifecyclePolicyPreviewResult,
  LifecyclePolicyPreviewStatus,
  LifecyclePolicyPreviewSummary,
} from '../api/model/ecr.ts'
import {seconds} from '../api/operation.ts'
import {EcrError} from '../ecr-error.ts'
import type {Services} from '../services.ts'
import type {Repository} from '../state/repository.ts'
import type {Table} from '../state/table.ts'
import {day} from '../time/durations.ts'
import {decide} from './images.ts'
import {tellRun} from './lifecycle-events.ts'
import {checkPolicy, printPolicyText} from './policy-check.ts'

// How long a preview takes, and how long its results are kept, is unconfirmed.
const keptMs = day

/** The last preview of a repository; there is one at a time. */
export interface StoredPreview {
  readonly text: string
  /** Milliseconds since the epoch. */
  readonly completeAt: number
  readonly summary: LifecyclePolicyPreviewSummary
}

/**
 * Begins a preview. It shows the repository as it is now.
 *
 * @throws {EcrError} InvalidParameterException, LifecyclePolicyPreviewInProgressException.
 */
export function startPreview(services: Services, repository: Repository, text: string): StoredPreview {
  const policy = checkPolicy(text)
  const now = services.now()
  const before = previews(repository).get(only)
  if (before !== undefined && previewStatus(before, now) === 'IN_PROGRESS') {
    throw new EcrError(
      'LifecyclePolicyPreviewInProgressException',
      `There is already a lifecycle policy preview in progress for the ${described(repository)}`,
    )
  }
  const decided = decide(repository, policy, now)
  // That images which an index keeps from going are among the results is unconfirmed.
  const results = decided.decisions.map(resultOf)
  const preview = {
    text: printPolicyText(text),
    completeAt: now + services.durations.lifecyclePreview,
    summary: summaryOf(results),
  }
  previews(repository).set(only, preview)
  replaceResults(repository, results)
  tellRun(services, repository, {
    name: 'DryRunEvent',
    id: randomUUID(),
    version: 1,
    lastEvaluatedAt: 0,
    ...policy,
    ...decided,
  })
  return preview
}

/** @throws {EcrError} LifecyclePolicyPreviewNotFoundException. */
export function previewOf(repository: Repository): StoredPreview {
  const preview = previews(repository).get(only)
  if (preview !== undefined) return preview
  throw new EcrError(
    'LifecyclePolicyPreviewNotFoundException',
    `Lifecycle policy preview does not exist for the ${described(repository)}`,
  )
}

export function previewStatus({completeAt}: StoredPreview, now: number): LifecyclePolicyPreviewStatus {
  if (now < completeAt) return 'IN_PROGRESS'
  return now < completeAt + keptMs ? 'COMPLETE' : 'EXPIRED'
}

/** What the preview found, by digest. */
export function previewResults(repository: Repository): Table<LifecyclePolicyPreviewResult> {
  return repository.table('lifecycle-preview-result')
}

function replaceResults(repository: Repository, results: readonly LifecyclePolicyPreviewResult[]): void {
  const table = previewResults(repository)
  table.clear()
  for (const result of results) table.set(result.imageDigest ?? '', result)
}

function resultOf({image, rule, action}: Decision<LifecycleImage>): LifecyclePolicyPreviewResult {
  return {
    ...(image.tags.length === 0 ? {} : {imageTags: image.tags}),
    imageDigest: image.digest,
    imagePushedAt: seconds(image.pushedAt),
    action: action.type === 'expire' ? {type: 'EXPIRE'} : {type: 'TRANSITION', targetStorageClass: 'ARCHIVE'},
    appliedRulePriority: rule.rulePriority,
    storageClass: image.storageClass === 'archive' ? 'ARCHIVE' : 'STANDARD',
  }
}

function summaryOf(results: readonly LifecyclePolicyPreviewResult[]): LifecyclePolicyPreviewSummary {
  const expiring = results.filter(({action}) => action?.type === 'EXPIRE').length
  const archiving = results.length - expiring
  return {
    expiringImageTotalCount: expiring,
    ...(archiving === 0
      ? {}
      : {transitioningImageTotalCounts: [{targetStorageClass: 'ARCHIVE', imageTotalCount: archiving}]}),
  }
}

// The wordings of both refusals are unconfirmed.
function described({id: {name, account}}: Repository): string {
  return `repository with name '${name}' in the registry with id '${account}'`
}

const only = 'preview'

function previews(repository: Repository): Table<StoredPreview> {
  return repository.table('lifecycle-preview')
}
