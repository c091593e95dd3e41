import * as z from 'zod/mini'
import type {UsageError} from '../../errors.ts'
import ecrModel from '../api/model/ecr.json' with {type: 'json'}
import {checked, flaw} from '../checked.ts'
import type {Rate, Rates} from '../hindrances.ts'

/** Calls per second for each account and region, where AWS publishes a number (ECR user guide, service quotas). */
export const publishedRates: Rates = {
  GetAuthorizationToken: {rate: 500},
  BatchCheckLayerAvailability: {rate: 1000},
  InitiateLayerUpload: {rate: 100},
  UploadLayerPart: {rate: 500},
  CompleteLayerUpload: {rate: 100},
  PutImage: {rate: 10},
  BatchGetImage: {rate: 2000},
  GetDownloadUrlForLayer: {rate: 3000},
}

/** Which API's rate a request of the registry protocol consumes: an inference from CloudTrail's records (unconfirmed). */
const apiOf: Readonly<Record<string, string>> = {
  'catalog.list': 'DescribeRepositories',
  'tags.list': 'ListImages',
  'referrers.list': 'BatchGetImage',
  'manifest.get': 'BatchGetImage',
  'manifest.head': 'BatchGetImage',
  'manifest.put': 'PutImage',
  'manifest.delete': 'BatchDeleteImage',
  'blob.head': 'BatchCheckLayerAvailability',
  'blob.get': 'GetDownloadUrlForLayer',
  'upload.start': 'InitiateLayerUpload',
  'upload.mount': 'InitiateLayerUpload',
  'upload.monolithic': 'InitiateLayerUpload',
  'upload.patch': 'UploadLayerPart',
  'upload.put': 'CompleteLayerUpload',
}

interface Bucket {
  tokens: number
  filledAt: number
}

interface Call {
  readonly operation?: string
  readonly account?: string
  readonly region?: string
}

/** Token buckets, one for each account, region and API that has a rate. They fill by the sandbox's clock. */
export class RateLimits {
  readonly #now: () => number
  #rates: Rates = {}
  #buckets = new Map<string, Bucket>()

  constructor(now: () => number) {
    this.#now = now
  }

  get rates(): Rates {
    return this.#rates
  }

  /** Replaces all rates; every bucket is full again. */
  set(rates: Rates): void {
    this.#rates = rates
    this.#buckets = new Map()
  }

  /** Takes a token for a call; false when there is none. */
  admits({operation, account, region}: Call): boolean {
    if (operation === undefined || account === undefined || region === undefined) return true
    const api = apiOf[operation] ?? operation
    const rate = Object.hasOwn(this.#rates, api) ? this.#rates[api] : undefined
    return rate === undefined || take(this.#bucket(`${account}/${region}/${api}`, rate), rate, this.#now())
  }

  #bucket(key: string, rate: Rate): Bucket {
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = {tokens: burstOf(rate), filledAt: this.#now()}
      this.#buckets.set(key, bucket)
    }
    return bucket
  }
}

function take(bucket: Bucket, rate: Rate, now: number): boolean {
  // A clock that was set back fills nothing.
  const seconds = Math.max(0, now - bucket.filledAt) / 1000
  bucket.tokens = Math.min(burstOf(rate), bucket.tokens + seconds * rate.rate)
  bucket.filledAt = now
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

// AWS publishes no bursts.
function burstOf({rate, burst}: Rate): number {
  return burst ?? Math.max(1, rate)
}

const schema = z.record(
  z.string(),
  z.strictObject({
    rate: z.number('must be a number').check(z.minimum(0, 'must be a number from 0')),
    burst: z.optional(z.number('must be a number').check(z.minimum(1, 'must be a number from 1'))),
  }),
)

/**
 * Reads rates: `"published"`, or each operation's own.
 *
 * @throws {UsageError} INVALID_RATES, naming the place.
 */
export function parseRates(value: unknown): Rates {
  if (value === 'published') return publishedRates
  const rates = checked(schema, value, invalid) as Rates
  const unknown = Object.keys(rates).find(operation => !Object.hasOwn(ecrModel.operations, operation))
  if (unknown !== undefined) throw invalid(unknown, 'is no operation of ECR')
  return rates
}

function invalid(place: string, problem: string): UsageError {
  return flaw('INVALID_RATES', 'Sandbox rates', place, problem)
}
