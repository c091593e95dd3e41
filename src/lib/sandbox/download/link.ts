import type {Services} from '../services.ts'
import type {RepositoryId} from '../state/repository.ts'

const lifetimeSeconds = 3600

/**
 * A link to a blob that works without credentials for an hour, as ECR's presigned S3 URLs do.
 *
 * @param host of the request that is answered with the link; without it, nobody is redirected.
 */
export function downloadLink(
  services: Services,
  {account, region}: RepositoryId,
  digest: string,
  host = '',
): string {
  const now = services.now()
  const expiresAt = now + lifetimeSeconds * 1000
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `sandbox/${date.slice(0, 8)}/${region}/s3/aws4_request`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(lifetimeSeconds),
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': services.seal.close('download', {account, region, digest, expiresAt}),
  })
  const origin = otherName(services.downloads(region), host)
  return `${origin}/${account}-${region}/${digest.replace(':', '/')}?${query.toString()}`
}

// Clients send a password on to another port of the same host name (Go's do), and S3 has a name of its own.
function otherName(origin: string, host: string): string {
  const {hostname, port} = new URL(origin)
  return host.replace(/:\d+$/, '') === hostname ? `http://localhost:${port}` : origin
}

export interface Download {
  readonly account: string
  readonly region: string
  readonly digest: string
  readonly expiresAt: number
}

/** What the link is for; undefined when it was not made here. */
export function readDownloadLink(
  services: Services,
  path: string,
  query: URLSearchParams,
): Download | undefined {
  const download = services.seal.open('download', query.get('X-Amz-Signature') ?? '') as Download | undefined
  const digest = path.split('/').slice(-2).join(':')
  return download?.digest === digest ? download : undefined
}
