import type {TransferPrices} from '../config/estate.ts'
import {type PrivateEcrHost, parseEcrHost, publicRegion} from './hosts.ts'

/** What AWS asks for the bytes of one image to go from one registry to another. */
export interface TransferPrice {
  /**
   * What the bytes cross. Only what leaves a region of AWS has a price: `to-region`, `to-internet`. What another operator
   * asks for what leaves it is not known here.
   */
  readonly way: 'within-region' | 'to-region' | 'to-internet' | 'into-aws' | 'outside-aws'
  /** Region that the bytes leave; null when they leave none. */
  readonly from: string | null
  /** US dollars for 10^9 bytes. */
  readonly usdPerGb: number
  /** Where the price is from: `default` is unconfirmed, see {@link defaultPrices}. */
  readonly basis: 'free' | 'repos.yaml' | 'default'
  /** Month that a default price is of; null for others. */
  readonly asOf: string | null
}

/** An estimate: at most, for what several images or destinations share may be read once. */
export interface TransferCost extends TransferPrice {
  readonly usd: number
}

/**
 * Others' readings of aws.amazon.com/ecr/pricing of March 2026, for us-east-1, without the cheaper steps of large
 * amounts and what is free each month. Unconfirmed; many prices between regions are lower.
 */
export const defaultPrices = {asOf: '2026-03', toRegion: 0.09, toInternet: 0.09}

/**
 * The price of the way between two registries. Pure. Blobs come from S3 of the region of their registry, and go through
 * the machine that Gantry runs on: it is taken to be in AWS, in one of the two regions, when both registries are; bytes to
 * a machine elsewhere go to the internet.
 *
 * @param from host of the source.
 * @param to host of the destination.
 */
export function transferPrice(from: string, to: string, prices: TransferPrices = {}): TransferPrice {
  const source = regionOf(from)
  const target = regionOf(to, true)
  if (source === undefined) return {way: target === undefined ? 'outside-aws' : 'into-aws', ...free}
  if (source.region === target?.region) return {way: 'within-region', ...free}
  const isInAws = target !== undefined && source.partition === target.partition
  const kind = isInAws ? 'toRegion' : 'toInternet'
  const written = prices.from?.[source.region]?.[kind] ?? prices[kind]
  return {
    way: isInAws ? 'to-region' : 'to-internet',
    from: source.region,
    usdPerGb: written ?? defaultPrices[kind],
    ...(written === undefined
      ? {basis: 'default', asOf: defaultPrices.asOf}
      : {basis: 'repos.yaml', asOf: null}),
  }
}

const free = {from: null, usdPerGb: 0, basis: 'free', asOf: null} as const

/** @param bytes that move, as the plan expects or as they did. */
export function transferCost(bytes: number, price: TransferPrice): TransferCost {
  return {...price, usd: (bytes / 1e9) * price.usdPerGb}
}

/** Where a registry is in AWS. From ECR Public, which asks nothing of those who pull, bytes come as from outside. */
function regionOf(host: string, isTarget = false): Pick<PrivateEcrHost, 'region' | 'partition'> | undefined {
  const ecr = parseEcrHost(host)
  if (ecr?.kind === 'private') return ecr
  return ecr !== undefined && isTarget ? {region: publicRegion, partition: 'aws'} : undefined
}
