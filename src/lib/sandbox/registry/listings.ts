import {invalidParameter} from '../ecr-error.ts'
import type {Reply} from '../exchange.ts'
import {pullReferrersThrough} from '../pull-through/parts.ts'
import type {Dialect} from './dialect.ts'
import {accessOf, open, type RegistryRequest, requireDigest} from './request.ts'

export function listTags(request: RegistryRequest, name: string): Reply {
  const repository = open(request, name, 'ListImages')
  const {keys, headers} = page(request, `/v2/${name}/tags/list`, from => repository.tags.from(from))
  return json({name, tags: keys}, {'content-type': request.dialect.tagList.contentType, ...headers})
}

export function listCatalog(request: RegistryRequest): Reply {
  const {world, account, region} = request
  accessOf(request).require('DescribeRepositories', {account, region, name: '*'})
  const {repositories} = world.registry(account, region)
  const {keys, headers} = page(request, '/v2/_catalog', from => repositories.from(from))
  return json({repositories: keys}, {'content-type': 'application/json; charset=utf-8', ...headers})
}

export async function listReferrers(request: RegistryRequest, name: string, digest: string): Promise<Reply> {
  const repository = open(request, name, 'BatchGetImage')
  const subject = requireDigest(digest, 'imageDigest')
  await pullReferrersThrough(request, accessOf(request), repository, subject)
  const wanted = request.incoming.query.get('artifactType')
  const manifests = repository.referrersOf(subject).flatMap(referrer => {
    const image = repository.images.get(referrer)
    if (image === undefined || image.status !== undefined) return []
    if (wanted !== null && image.artifactType !== wanted) return []
    const {mediaType, manifestSize: size, artifactType, annotations} = image
    return [{mediaType, digest: referrer, size, artifactType, annotations}]
  })
  const type = 'application/vnd.oci.image.index.v1+json'
  return json(
    {schemaVersion: 2, mediaType: type, manifests},
    {'content-type': type, ...(wanted === null ? {} : {'oci-filters-applied': 'artifactType'})},
  )
}

/** Keys after `last`, `n` of them, and a link to the next page when there is one. */
function page(
  {incoming, dialect}: RegistryRequest,
  path: string,
  list: (from: string) => Iterable<readonly [key: string, value: unknown]>,
): {readonly keys: readonly string[]; readonly headers: Readonly<Record<string, string>>} {
  const size = pageSize(dialect, incoming.query.get('n'))
  const last = incoming.query.get('last') ?? ''
  const keys: string[] = []
  if (size === 0) return {keys, headers: {}}
  for (const [key] of list(last)) {
    if (key === last) continue
    if (keys.length === size) {
      const next = new URLSearchParams({n: String(size), last: keys.at(-1) ?? ''})
      return {keys, headers: {link: `<${path}?${next.toString()}>; rel="next"`}}
    }
    keys.push(key)
  }
  return {keys, headers: {}}
}

function pageSize({tagList, refusesPagesBeyond: most}: Dialect, n: string | null): number {
  if (n === null) return tagList.page
  const size = Number(n)
  if (!Number.isInteger(size) || size < 0) throw invalidParameter('maxResults', 'Member must be an integer')
  if (most === undefined) return Math.min(size, tagList.page)
  if (size === 0) throw invalidParameter('maxResults', 'Member must have value greater than or equal to 1')
  if (size > most) {
    throw invalidParameter('maxResults', `Member must have value less than or equal to ${most}`)
  }
  return size
}

function json(value: object, headers: Readonly<Record<string, string>>): Reply {
  return {status: 200, headers, body: JSON.stringify(value)}
}
