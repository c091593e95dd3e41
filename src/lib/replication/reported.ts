import type {ImageReplicationStatus} from '@aws-sdk/client-ecr'
import type {EcrApi} from '../ecr/api.ts'
import {TransientError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import {type Ends, failureOf} from './ends.ts'

/** What the source's registry says of an image at one destination. */
export type Reported =
  | {readonly kind: 'said'; readonly status: KnownStatus; readonly failureCode: string | null}
  /** It was asked, and says nothing of this destination. */
  | {readonly kind: 'silent'}
  /** Nobody asked, for everything is there. */
  | {readonly kind: 'not-asked'}
  | {readonly kind: 'unreadable'; readonly reason: string; readonly passes: boolean}

type KnownStatus = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'

/** What the source's registry says of an image at all of its destinations. */
export type Report = (place: {readonly account: string; readonly region: string}) => Reported

/** The worst first: where there are several of one destination, as of two tags, it counts. */
const order: readonly KnownStatus[] = ['FAILED', 'IN_PROGRESS', 'COMPLETE']

/**
 * Asks the source's registry how the replication of an image stands: one call an image, there is none for several (ECR API,
 * DescribeImageReplicationStatus).
 *
 * @throws the reason of the run's end, and no other: what cannot be read is told in the report.
 */
export async function readReport(
  api: EcrApi,
  repository: string,
  digest: Digest,
  ends: Ends,
): Promise<Report> {
  try {
    return toReport(await api.facts.imageReplication(repository, digest))
  } catch (error) {
    const failure = failureOf(error, ends)
    const reason = `ECR cannot say how its replication stands: ${failure.message}`
    return () => ({kind: 'unreadable', reason, passes: failure instanceof TransientError})
  }
}

/** Reads an answer of DescribeImageReplicationStatus; what is not understood in one entry counts at every destination. */
export function toReport(statuses: readonly ImageReplicationStatus[]): Report {
  const strange = statuses.find(
    ({region, registryId, status}) =>
      typeof region !== 'string' || typeof registryId !== 'string' || !isKnown(status),
  )
  if (strange !== undefined) {
    const reason = `ECR answers ${oneLine(JSON.stringify(strange), 200)} for its replication, which is not known`
    return () => ({kind: 'unreadable', reason, passes: false})
  }
  return ({account, region}) => {
    const here = statuses.filter(each => each.registryId === account && each.region === region)
    for (const status of order) {
      const found = here.find(each => each.status === status)
      if (found !== undefined) return {kind: 'said', status, failureCode: found.failureCode ?? null}
    }
    return {kind: 'silent'}
  }
}

function isKnown(status: unknown): status is KnownStatus {
  return order.some(known => known === status)
}
