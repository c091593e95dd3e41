import type {ExitCode} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Json} from '../plan/canonical.ts'
import type {Caller} from '../plan/document.ts'
import {openRunRecord, type RunRecord, type recordVersion} from '../plan/run-record.ts'
import type {PromotionItem, Side} from './model.ts'
import type {ReplicationWord} from './words.ts'

/** One line of a record; all have `at`, an ISO 8601 time in UTC. @public for tools/generate-schema.ts */
export type RecordLine = RecordHead | IntentLine | OutcomeLine | ItemLine | ReplicationLine | EndLine

/** The first line: what was begun, by whom, where. */
export interface RecordHead {
  readonly type: 'promotion' | 'rollback'
  readonly schemaVersion: typeof recordVersion
  readonly at: string
  /** Every identity that takes part, the one that writes first. */
  readonly callers: readonly Caller[]
  /** Registries that are written to. */
  readonly destinations: readonly Side[]
  /** SHA-256 of the plan that is done: of the saved plan, or of the one that was made at the start. */
  readonly plan: string
  /** Of a promotion: host, repository and reference of each image. */
  readonly images?: readonly string[]
  /** Of a rollback: the record whose tags are put back, or the saved plan. */
  readonly of?: string
}

/** What is about to be written; on the disk before the request is sent. */
export interface IntentLine {
  readonly type: 'intent'
  /** The same as that of its outcome. */
  readonly id: number
  readonly at: string
  readonly verb: 'create-repository' | 'upload-blob' | 'mount-blob' | 'put-manifest' | 'tag' | 'write-archive'
  /** Host and repository, with `@digest` or `:tag`; the tar that is written. */
  readonly subject: string
  /** Of a blob that is uploaded. */
  readonly bytes?: number
  /** Repository that a blob is mounted from. */
  readonly from?: string
  /** Of a manifest. */
  readonly mediaType?: string
  /** What a tag held and what it will hold. */
  readonly before?: Digest | null
  readonly after?: Digest
}

/** What came of an intent; an intent without it may or may not have happened. */
export interface OutcomeLine {
  readonly type: 'outcome'
  readonly id: number
  readonly at: string
  /** `declined`: a mount that the registry would not do. */
  readonly result: 'done' | 'declined' | 'failed'
  readonly code?: string
  readonly message?: string
}

/** What became of one image at one destination, written as soon as it is known. */
export interface ItemLine extends PromotionItem {
  readonly type: 'item'
  readonly at: string
  /** Who wrote; null at registries that are not ECR. */
  readonly caller: Caller | null
  /** As in the first line. */
  readonly plan: string
}

/** How an image stands where replication brings it from its destination, when waiting for that has ended. */
export interface ReplicationLine extends ReplicationWord {
  readonly type: 'replication'
  readonly at: string
  /** As in the line of the item. */
  readonly target: string
  readonly digest: Digest
}

/** The last line; a record without it is of a run that was killed. */
export interface EndLine {
  readonly type: 'end'
  readonly at: string
  readonly exitCode: ExitCode
  readonly traffic: Traffic
}

/**
 * Begins the record of a run in a new file.
 *
 * @param now milliseconds since the epoch.
 * @throws as {@link openRunRecord}.
 */
export function openRecord(
  file: string,
  {type, callers, destinations, plan, ...details}: Omit<RecordHead, 'at' | 'schemaVersion'>,
  now: () => number,
): Promise<RunRecord> {
  const named = destinations.map(({label, host, alias, region}) => ({label, host, alias, region}))
  return openRunRecord(file, {type, callers, plan, details: {destinations: named, ...details}}, {now})
}

/** What the record of a promotion says of an image. */
export function promotionEntry(
  item: PromotionItem,
  caller: Caller | undefined,
): {readonly [key: string]: Json} {
  return {
    ...(item as unknown as {readonly [key: string]: Json}),
    caller: caller === undefined ? null : {...caller},
  }
}

/** What the record of a promotion says of how far an image was replicated; nothing where that was not waited for. */
export async function recordReplication(
  {note}: Pick<RunRecord, 'note'>,
  items: readonly PromotionItem[],
): Promise<void> {
  for (const {target, digest, replication} of items) {
    if (replication === null) continue
    const {verdict, destinations} = replication
    await note('replication', {target, digest, verdict, destinations: destinations.map(each => ({...each}))})
  }
}
