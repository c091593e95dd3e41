import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import type {DestinationStatus, ImageReplication, ReplicationClass} from '../replication/model.ts'
import type {UnknownSource} from '../replication/status-plan.ts'
import type {ReplicateStatusRun} from '../replication/status-run.ts'
import {type ReplicationVerdict, verdictOf} from '../replication/verdict.ts'
import type {CommandResult, Envelope, ErrorEnvelope} from './envelope.ts'

/** What `gantry replicate-status` returns: the library's result in the shape that every command has. */
export interface ReplicateStatusResult extends CommandResult {
  readonly summary: ReplicateStatusSummary & CommandResult['summary']
  readonly items: readonly ReplicateStatusItem[]
}

/** The document of `gantry replicate-status --json`. @public for tools/generate-schema.ts */
export type ReplicateStatusDocument = ReplicateStatusEnvelope | ErrorEnvelope

interface ReplicateStatusEnvelope extends Envelope {
  readonly summary: ReplicateStatusSummary & Envelope['summary']
  readonly items: readonly ReplicateStatusItem[]
}

interface ReplicateStatusSummary {
  readonly images: number
  /** How many images have which verdict. */
  readonly verdicts: Readonly<Record<ReplicationVerdict, number>>
  /** How many pairs of an image and a destination are of which class; classes of none are left out. */
  readonly classes: Readonly<Partial<Record<ReplicationClass, number>>>
  /** Images that words name and that are not there. */
  readonly missing: number
  /** Repositories that cannot be read. */
  readonly unreadable: number
  /** Repositories left out, which are copies of others that were looked at. */
  readonly copies: readonly string[]
  readonly requests: number
  readonly mutatingRequests: number
  readonly retries: number
  readonly durationMs: number
  /** Every identity that took part. */
  readonly callers: ReplicateStatusRun['callers']
}

export type ReplicateStatusItem = ImageItem | UnknownItem

/** An image of a source. */
export interface ImageItem {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly digest: string
  /** Those that were looked for. */
  readonly tags: readonly string[]
  /** ISO 8601. */
  readonly pushedAt: string
  readonly verdict: ReplicationVerdict
  /** In the order of the rules; none when no rule covers the repository. */
  readonly destinations: readonly DestinationItem[]
  readonly error: null
}

export interface DestinationItem extends Omit<DestinationStatus, 'destination'> {
  readonly registry: InventoryRegistry
  /** Index of the rule that leads there. */
  readonly rule: number
}

/** A repository that cannot be read, or a word for an image that is not there. */
export interface UnknownItem extends UnknownSource {
  readonly verdict: 'no' | 'undetermined'
}

export function toReplicateStatusResult(run: ReplicateStatusRun): ReplicateStatusResult {
  const {images, missing, unreadable, copies, callers, warnings, traffic, durationMs, exitCode} = run
  const {requests, mutatingRequests, retries} = traffic
  const [caller] = callers
  const items = images.map(toImageItem)
  const verdicts: Record<ReplicationVerdict, number> = {yes: 0, no: 0, undetermined: 0, 'not-covered': 0}
  const classes: Partial<Record<ReplicationClass, number>> = {}
  for (const {verdict, destinations} of items) {
    verdicts[verdict] += 1
    for (const {class: kind} of destinations) classes[kind] = (classes[kind] ?? 0) + 1
  }
  return {
    ...(caller === undefined ? {} : {caller}),
    summary: {
      images: images.length,
      verdicts,
      classes,
      missing: missing.length,
      unreadable: unreadable.length,
      copies,
      requests,
      mutatingRequests,
      retries,
      durationMs,
      callers,
    },
    items: [
      ...items,
      ...missing.map((each): UnknownItem => ({...each, verdict: 'no'})),
      ...unreadable.map((each): UnknownItem => ({...each, verdict: 'undetermined'})),
    ],
    warnings,
    exitCode,
  }
}

function toImageItem(image: ImageReplication): ImageItem {
  const {registry, repository, digest, tags, pushedAt, destinations} = image
  return {
    registry,
    repository,
    digest,
    tags,
    pushedAt: new Date(pushedAt).toISOString(),
    verdict: verdictOf(image),
    destinations: destinations.map(({destination, ...status}) => ({...destination, ...status})),
    error: null,
  }
}
