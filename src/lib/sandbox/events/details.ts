/**
 * What each type of event says: the members are those of the samples in ECR's user guide (pages on EventBridge, enhanced
 * scanning and CloudTrail). AWS delivers these events at best effort; the sandbox delivers each once.
 */
export interface EventDetails {
  'ECR Image Action': ImageAction | StorageClassAction
  'ECR Referrer Action': ImageAction | StorageClassAction
  'ECR Image Scan': BasicScan
  'ECR Scan Resource Change': ScanResourceChange
  'ECR Replication Action': ReplicationAction
  'ECR Replication Backfill Action': ReplicationBackfillAction
  'ECR Pull Through Cache Action': PullThroughCacheAction
  'Inspector2 Scan': EnhancedScan
  'Inspector2 Finding': object
  'AWS Service Event via CloudTrail': LifecycleEvent
}

interface OfImage {
  readonly 'repository-name': string
  readonly 'image-digest': string
}

export interface ImageAction extends OfImage {
  readonly result: 'SUCCESS' | 'FAILURE'
  readonly 'action-type': 'PUSH' | 'DELETE'
  readonly 'image-tag'?: string
}

/** Archived or restored. */
export interface StorageClassAction extends OfImage {
  readonly result: 'SUCCESS' | 'FAILURE'
  readonly 'action-type': 'UPDATE_STORAGE_CLASS'
  readonly 'target-storage-class': 'ARCHIVE' | 'STANDARD'
  readonly 'image-tag'?: string
  readonly 'manifest-media-type'?: string
  readonly 'artifact-media-type'?: string
  /** ISO 8601. */
  readonly 'last-activated-at'?: string
}

/** Findings by severity; only severities that are present. */
export type SeverityCounts = Readonly<Record<string, number>>

export interface BasicScan extends OfImage {
  readonly 'scan-status': string
  readonly 'finding-severity-counts': SeverityCounts
  readonly 'image-tags': readonly string[]
}

export interface EnhancedScan {
  readonly 'scan-status': string
  /** The ARN, unlike everywhere else. */
  readonly 'repository-name': string
  /** With TOTAL. */
  readonly 'finding-severity-counts': SeverityCounts
  readonly 'image-digest': string
  readonly 'image-tags': readonly string[]
}

export interface ScanResourceChange {
  readonly 'action-type': 'SCAN_FREQUENCY_CHANGE'
  readonly repositories: readonly {
    readonly 'repository-name': string
    readonly 'repository-arn': string
    readonly 'scan-frequency': string
    readonly 'previous-scan-frequency': string
  }[]
  readonly 'resource-type': 'REPOSITORY'
  readonly 'scan-type': string
}

/** Told in the destination. */
export interface ReplicationAction extends OfImage {
  readonly result: 'SUCCESS' | 'FAILED'
  readonly 'source-account': string
  readonly 'action-type': 'REPLICATE'
  readonly 'source-region': string
  readonly 'image-tag'?: string
}

/** Told where the backfill ended. That ECR tells it is documented; how is unconfirmed, name and all. */
export interface ReplicationBackfillAction {
  readonly 'replication-backfill-id': string
  readonly 'backfill-status': string
  readonly 'destination-account': string
  readonly 'destination-region': string
}

export interface PullThroughCacheAction {
  readonly 'rule-version': string
  readonly 'sync-status': string
  readonly 'ecr-repository-prefix': string
  readonly 'repository-name': string
  readonly 'upstream-registry-url': string
  readonly 'image-tag'?: string
  readonly 'image-digest'?: string
  readonly 'failure-code'?: string
  readonly 'failure-reason'?: string
}

/** What a lifecycle policy did, or in a preview would do, as CloudTrail records it. */
export interface LifecycleEvent {
  readonly eventSource: 'ecr.amazonaws.com'
  readonly eventName: 'PolicyExecutionEvent' | 'DryRunEvent'
  readonly eventType: 'AwsServiceEvent'
  readonly serviceEventDetails: object
}
