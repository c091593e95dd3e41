import {isRegion, partitionOf} from './partition.ts'

/** What a `Host` header addresses. */
export type Addressed =
  | {readonly kind: 'loopback'}
  | {readonly kind: 'registry'; readonly account: string; readonly region: string}
  | {readonly kind: 'api'}
  | {readonly kind: 'downloads'}
  | {readonly kind: 'public'}

const loopback = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])$/
const registry = /^(\d{12})\.dkr(?:\.ecr|-ecr)(?:-fips)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/
const api = /^(?:api\.ecr|ecr|sts|api\.ecr-public|ecr-public)(?:-fips)?\.([a-z0-9-]+)\.([a-z0-9.-]+)$/

/** Reads a `Host` header; undefined for a name that is neither this machine's nor one of ECR's or STS's. */
export function parseHost(header: string): Addressed | undefined {
  const host = header.replace(/:\d{1,5}$/, '').toLowerCase()
  if (isLoopback(host)) return {kind: 'loopback'}
  if (host === 'sts.amazonaws.com') return {kind: 'api'}
  if (host === 'public.ecr.aws') return {kind: 'public'}
  return parseRegistryHost(host) ?? parseApiHost(host) ?? parseDownloadHost(host)
}

/** Whether a host name, as a URL has it, is this machine's alone. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname)
}

/** The S3 host to which a region's registries redirect for blobs. */
export function downloadHost(region: string): string {
  return `prod-${region}-starport-layer-bucket.s3.${region}.${partitionOf(region).suffix}`
}

function parseRegistryHost(host: string): Addressed | undefined {
  const [, account, region, suffix] = registry.exec(host) ?? []
  if (account === undefined || region === undefined || !isRegion(region)) return undefined
  const partition = partitionOf(region)
  const expected = host.startsWith(`${account}.dkr-ecr`) ? partition.registrySuffix : partition.suffix
  return suffix === expected ? {kind: 'registry', account, region} : undefined
}

function parseDownloadHost(host: string): Addressed | undefined {
  const [, region = ''] = /^prod-([a-z0-9-]+)-starport-layer-bucket\.s3\./.exec(host) ?? []
  return isRegion(region) && host === downloadHost(region) ? {kind: 'downloads'} : undefined
}

function parseApiHost(host: string): Addressed | undefined {
  const [, region, suffix] = api.exec(host) ?? []
  if (region === undefined || !isRegion(region)) return undefined
  const partition = partitionOf(region)
  return suffix === partition.suffix || suffix === partition.apiSuffix ? {kind: 'api'} : undefined
}
