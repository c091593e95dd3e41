import type {StoragePrices} from '../config/estate.ts'
import type {ReleasedBytes} from './freed.ts'

/** What AWS asks for storage in ECR, in US dollars for a GB (2^30 bytes) and month. */
export interface StorageRates {
  readonly standard: number
  readonly archive: number
  /** For a GB, once, when it is restored from the archive. */
  readonly restore: number
  /** Month that the default prices among these are of; null when repos.yaml has them all. */
  readonly asOf: string | null
}

/**
 * Others' readings of aws.amazon.com/ecr/pricing of March 2026, for us-east-1: cloudburn.io for standard storage,
 * devjapan.com and hub.pointfive.co (CER-0308) for the archive. All unconfirmed. The archive is cheaper only from 150 TB
 * on, in all of an account and region together: no repository tells that, so that the usual price is the one below.
 */
export const defaultStoragePrices = {asOf: '2026-03', standard: 0.1, archive: 0.1, restore: 0.03}

/** Above how many TB of an account and region the archive has another price, and which. Unconfirmed as the others are. */
export const largeArchive = {terabytes: 150, archive: 0.07}

/** Days that each archived image is charged for at least (ECR user guide, archive-image). */
export const leastArchiveDays = 90

/** The prices that hold: those of repos.yaml before the usual ones. */
export function storageRates(prices: StoragePrices = {}): StorageRates {
  const {standard, archive, restore, asOf} = defaultStoragePrices
  const isComplete = [prices.standard, prices.archive, prices.restore].every(price => price !== undefined)
  return {standard, archive, restore, ...prices, asOf: isComplete ? null : asOf}
}

/**
 * US dollars that storage costs less per month, once what goes is gone and what is archived is archived; null when the
 * manifests that decide about it are not known. What moves to the archive saves the difference of the two prices, which
 * usually is nothing. A policy cannot expire anything from the archive before its 90 days, after which no more is charged.
 *
 * A GB is 2^30 bytes, as S3 bills storage; whether ECR does is unconfirmed. With 10^9 it would be 7 % more: a saving is
 * promised too low rather than too high.
 */
export function monthlySaving({moves, bytes}: ReleasedBytes, rates: StorageRates): number | null {
  const archiving = rates.standard - rates.archive
  if (moves === null) return bytes === 0 && archiving === 0 ? 0 : null
  const {fromStandard, fromArchive, toArchive} = moves
  return (fromStandard * rates.standard + fromArchive * rates.archive + toArchive * archiving) / 2 ** 30
}
