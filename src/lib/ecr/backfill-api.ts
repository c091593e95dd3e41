import type {
  ReplicationBackfillProgress,
  ReplicationBackfillResult,
  ReplicationDestination,
} from '@aws-sdk/client-ecr'
import {type Digest, isDigest} from '../oci/digest.ts'
import {type Answer, required, unexpected} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'

/** `stopping` lasts until what is under way has ended; `complete`, `failed` and `stopped` are the end. */
export type BackfillStatus = 'preparing' | 'in-progress' | 'stopping' | 'stopped' | 'complete' | 'failed'

/** Where a backfill leads. */
export interface BackfillDestination {
  /** 12 digits. */
  readonly account: string
  readonly region: string
}

/** A replication backfill. Times are milliseconds since the epoch. */
export interface Backfill {
  readonly id: string
  readonly destination: BackfillDestination
  readonly status: BackfillStatus
  /** Null while it is prepared. */
  readonly progress: BackfillProgress | null
  /** Why it failed as a whole. */
  readonly failureCode: string | null
  readonly startedAt: number
  readonly endedAt: number | null
}

/** A replication is an image under one of its tags. */
export interface BackfillProgress {
  readonly total: number
  readonly completed: number
  readonly failed: number
  /** Of those that failed. */
  readonly failureCodes: readonly string[]
}

/** What became of one replication. */
export interface BackfillResult {
  readonly repository: string
  readonly digest: Digest | null
  readonly tag: string | null
  readonly status: BackfillResultStatus
  readonly failureCode: string | null
  /** Of what an index lists. */
  readonly subImageFailureCodes: readonly string[]
}

export type BackfillResultStatus = 'complete' | 'failed'

/** A page of results, with how the backfill stands. */
export interface BackfillPage {
  readonly backfill: Backfill
  readonly results: readonly BackfillResult[]
}

/** The operations on the replication backfills of a registry, one method each. ECR tells them to its own account. */
export class BackfillApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /**
   * Begins to replicate to a destination of the rules what was there before them.
   *
   * @returns its id.
   * @throws {FailureError} REPLICATION_BACKFILL_IN_PROGRESS, LIMIT_EXCEEDED, INVALID_PARAMETER.
   */
  async startBackfill({account: registryId, region}: BackfillDestination): Promise<string> {
    const operation = 'StartReplicationBackfill'
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(
        new sdk.StartReplicationBackfillCommand({
          registryId: this.#connection.where.account,
          destination: {registryId, region},
        }),
        options,
      ),
    )
    return required(answer.replicationBackfillId, `ECR ${operation}`, 'replicationBackfillId', answer)
  }

  /**
   * Asks a backfill to end; what it brought stays.
   *
   * @returns how it stands now.
   * @throws {FailureError} REPLICATION_BACKFILL_INVALID_STATUS, REPLICATION_BACKFILL_NOT_FOUND.
   */
  async stopBackfill(id: string): Promise<BackfillStatus> {
    const operation = 'StopReplicationBackfill'
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(
        new sdk.StopReplicationBackfillCommand({
          registryId: this.#connection.where.account,
          replicationBackfillId: id,
        }),
        options,
      ),
    )
    return toStatus(answer.status, `ECR ${operation}`, answer)
  }

  /** All that are known, page by page: ECR keeps those that have ended for 90 days. */
  listBackfills(): AsyncIterable<readonly Backfill[]> {
    const operation = 'ListReplicationBackfills'
    return pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(
          new sdk.ListReplicationBackfillsCommand({
            registryId: this.#connection.where.account,
            maxResults: 50,
            ...nextToken,
          }),
          options,
        ),
      )
      const backfills = required(answer.backfills, `ECR ${operation}`, 'backfills', answer)
      return {
        items: backfills.map(each => toBackfill(each, `ECR ${operation}`, answer)),
        nextToken: answer.nextToken,
      }
    })
  }

  /**
   * The results of a backfill, page by page, none before it has ended; each page says how it stands.
   *
   * @param pageSize at most 1000; a small one to ask how it stands.
   * @throws {FailureError} REPLICATION_BACKFILL_NOT_FOUND, ENDLESS_LISTING.
   */
  async *backfillResults(
    id: string,
    {
      status,
      pageSize = 1000,
    }: {readonly status?: BackfillResultStatus | undefined; readonly pageSize?: number} = {},
  ): AsyncGenerator<BackfillPage> {
    const operation = 'DescribeReplicationBackfillResults'
    const where = `ECR ${operation}`
    const listing = pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribeReplicationBackfillResultsCommand({
            registryId: this.#connection.where.account,
            replicationBackfillId: id,
            maxResults: pageSize,
            ...(status && {resultStatusFilter: status === 'failed' ? 'FAILED' : 'COMPLETE'}),
            ...nextToken,
          }),
          options,
        ),
      )
      const backfill = toBackfill(answer, where, answer)
      if (backfill.id !== id) unexpected(backfill.id, where, 'replicationBackfillId', answer)
      const results = required(answer.results, where, 'results', answer)
      const page: BackfillPage = {backfill, results: results.map(each => toResult(each, where, answer))}
      return {items: [page], nextToken: answer.nextToken}
    })
    for await (const page of listing) yield* page
  }
}

const statuses: ReadonlyMap<string, BackfillStatus> = new Map([
  ['PREPARING', 'preparing'],
  ['IN_PROGRESS', 'in-progress'],
  ['STOPPING', 'stopping'],
  ['STOPPED', 'stopped'],
  ['COMPLETE', 'complete'],
  ['FAILED', 'failed'],
])

const resultStatuses: ReadonlyMap<string, BackfillResultStatus> = new Map([
  ['COMPLETE', 'complete'],
  ['FAILED', 'failed'],
])

function toStatus(status: string | undefined, where: string, answer: Answer): BackfillStatus {
  const said = required(status, where, 'status', answer)
  return statuses.get(said) ?? unexpected(said, where, 'status', answer)
}

/** What answers tell of a backfill. */
interface Told {
  readonly replicationBackfillId?: string | undefined
  readonly destination?: ReplicationDestination | undefined
  readonly status?: string | undefined
  readonly progress?: ReplicationBackfillProgress | undefined
  readonly failureCode?: string | undefined
  readonly startedAt?: Date | undefined
  readonly endedAt?: Date | undefined
}

function toBackfill(told: Told, where: string, answer: Answer): Backfill {
  const {destination, progress, failureCode = null, endedAt} = told
  return {
    id: required(told.replicationBackfillId, where, 'replicationBackfillId', answer),
    destination: {
      account: required(destination?.registryId, where, 'destination.registryId', answer),
      region: required(destination?.region, where, 'destination.region', answer),
    },
    status: toStatus(told.status, where, answer),
    progress: progress === undefined ? null : toProgress(progress, where, answer),
    failureCode,
    startedAt: required(told.startedAt, where, 'startedAt', answer).getTime(),
    endedAt: endedAt?.getTime() ?? null,
  }
}

function toProgress(progress: ReplicationBackfillProgress, where: string, answer: Answer): BackfillProgress {
  const {
    totalReplicationCount,
    completedReplicationCount,
    failedReplicationCount,
    failureCodes = [],
  } = progress
  return {
    total: required(totalReplicationCount, where, 'progress.totalReplicationCount', answer),
    completed: required(completedReplicationCount, where, 'progress.completedReplicationCount', answer),
    failed: required(failedReplicationCount, where, 'progress.failedReplicationCount', answer),
    failureCodes,
  }
}

function toResult(result: ReplicationBackfillResult, where: string, answer: Answer): BackfillResult {
  const {repositoryName, imageId, status, failureCode = null, subImageFailureCodes = []} = result
  const said = required(status, where, 'results.status', answer)
  const {imageDigest, imageTag = null} = required(imageId, where, 'results.imageId', answer)
  if (imageDigest !== undefined && !isDigest(imageDigest))
    return unexpected(imageDigest, where, 'results.imageId.imageDigest', answer)
  return {
    repository: required(repositoryName, where, 'results.repositoryName', answer),
    digest: imageDigest ?? null,
    tag: imageTag,
    status: resultStatuses.get(said) ?? unexpected(said, where, 'results.status', answer),
    failureCode,
    subImageFailureCodes,
  }
}
