import {partition} from '@aws-sdk/core/client'

/** A private registry: one per account and region. */
export interface PrivateEcrHost {
  readonly kind: 'private'
  /** 12 digits. */
  readonly account: string
  readonly region: string
  /** Partition name as in an ARN, for example `aws-cn`. */
  readonly partition: string
  readonly fips: boolean
  readonly dualStack: boolean
}

/** ECR Public: one registry for the world. */
export interface PublicEcrHost {
  readonly kind: 'public'
}

export type EcrHost = PrivateEcrHost | PublicEcrHost

/** Where ECR Public authenticates, whatever the region of the caller (ECR Public user guide, "Registry authentication"). */
export const publicRegion = 'us-east-1'

// Labels of at most 63 characters, ASCII only: no user info, port, path, escape or line break can take part in a match.
const hostName = /^(?=.{1,253}$)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/
const privateHost = /^(\d{12})\.dkr([.-])ecr(-fips)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/
const publicHosts: ReadonlySet<string> = new Set(['public.ecr.aws', 'ecr-public.aws.com'])

/**
 * Reads an ECR registry host name; `undefined` for every other host. The match is anchored at both ends, ignores case
 * and one trailing dot as DNS does, and takes the DNS suffix from the partition of the region, so that a look-alike is
 * just another host. `:443` may follow the name.
 *
 * Forms (ECR user guide, "Making requests to Amazon ECR registries"): `<account>.dkr.ecr[-fips].<region>.<suffix>` and,
 * dual-stack, `<account>.dkr-ecr[-fips].<region>.<suffix>`.
 */
export function parseEcrHost(host: string): EcrHost | undefined {
  const name = normalHost(host)
  if (name === undefined) return undefined
  if (publicHosts.has(name)) return {kind: 'public'}

  const [, account, separator, fips, region, suffix] = privateHost.exec(name) ?? []
  if (account === undefined || region === undefined || !isRegion(region)) return undefined
  const dualStack = separator === '-'
  if (suffix !== registrySuffix(region, dualStack)) return undefined
  return {
    kind: 'private',
    account,
    region,
    partition: partition(region).name,
    fips: fips !== undefined,
    dualStack,
  }
}

/** The host name of a private registry. `account` and `region` must have been checked before. */
export function ecrHost(registry: {
  readonly account: string
  readonly region: string
  readonly fips?: boolean
  readonly dualStack?: boolean
}): string {
  const {account, region, fips = false, dualStack = false} = registry
  const service = `${dualStack ? 'dkr-ecr' : 'dkr.ecr'}${fips ? '-fips' : ''}`
  return `${account}.${service}.${region}.${registrySuffix(region, dualStack)}`
}

const regionShape = /^[a-z]{2,4}(?:-[a-z]+){1,2}-\d{1,2}$/
const commercialRegionShape = /^[a-z]{2}-[a-z]+-\d{1,2}$/

/**
 * Whether `text` is the name of an AWS region, known to the SDK or shaped like one of a partition that it knows. A
 * region becomes part of host names, so nothing that holds a dot, a slash or a wildcard passes.
 */
export function isRegion(text: string): boolean {
  if (!regionShape.test(text)) return false
  // The SDK answers `aws` for a region that no partition claims, hence the narrower shape for that one.
  return partition(text).name !== 'aws' || commercialRegionShape.test(text)
}

/** The partition's name, for example `aws-us-gov`. */
export function partitionOf(region: string): string {
  return partition(region).name
}

/** Whether `text` is a 12-digit account id. */
export function isAccountId(text: string): boolean {
  return /^\d{12}$/.test(text)
}

function normalHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/:443$/, '').replace(/\.$/, '')
  return hostName.test(name) ? name : undefined
}

/**
 * What follows the region. The dual-stack suffix of registries is `on.` where that of API endpoints, which the SDK
 * knows, is `api.`; documented for aws, aws-us-gov and aws-cn, unconfirmed for the other partitions.
 */
function registrySuffix(region: string, dualStack: boolean): string {
  const {dnsSuffix, dualStackDnsSuffix} = partition(region)
  return dualStack ? dualStackDnsSuffix.replace(/^api\./, 'on.') : dnsSuffix
}
