import {type IncomingMessage, request as requestHttp} from 'node:http'
import {request as requestHttps} from 'node:https'
import type {Readable} from 'node:stream'
import {headerOf, readBody} from '../exchange.ts'
import {isLocal} from './addresses.ts'
import {type Upstream, UpstreamError, type UpstreamManifest} from './upstream.ts'

export interface Credentials {
  readonly username: string
  readonly accessToken: string
}

const largestManifest = 4 * 1024 * 1024
// How long nothing may come.
const silenceMs = 30_000
const mostRedirects = 3

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** A registry on this machine that stands for an upstream registry. */
export class HttpUpstream implements Upstream {
  readonly #origin: string
  readonly #authorization: string | undefined

  /** @param origin such as `http://127.0.0.1:5000` */
  constructor(origin: string, credentials?: Credentials) {
    this.#origin = origin
    if (credentials === undefined) return
    const {username, accessToken} = credentials
    this.#authorization = `Basic ${Buffer.from(`${username}:${accessToken}`).toString('base64')}`
  }

  async manifest(name: string, reference: string): Promise<UpstreamManifest | undefined> {
    const response = await this.#get(`/v2/${name}/manifests/${segment(reference)}`, manifestTypes)
    if (response === undefined) return undefined
    const bytes = await readAll(response)
    const mediaType = headerOf(response.headers, 'content-type')?.replace(/;.*$/, '')
    // Registries that do not know better say that it is JSON, or text.
    return {bytes, mediaType: mediaType?.startsWith('application/vnd.') ? mediaType : undefined}
  }

  blob(name: string, digest: string): Promise<Readable | undefined> {
    return this.#get(`/v2/${name}/blobs/${segment(digest)}`, '*/*')
  }

  async referrers(name: string, subject: string): Promise<readonly string[]> {
    const response = await this.#get(`/v2/${name}/referrers/${segment(subject)}`, manifestTypes)
    // A registry without this API says 404; one that has it, an index.
    return response === undefined ? [] : digestsOf(await readAll(response))
  }

  async check(): Promise<void> {
    const response = await this.#get('/v2/', '*/*')
    if (response === undefined) throw refused(404)
    response.destroy()
  }

  /** @returns undefined for what is not there. */
  async #get(path: string, accept: string): Promise<IncomingMessage | undefined> {
    let url = new URL(path, this.#origin)
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const own = url.origin === this.#origin && this.#authorization !== undefined
      const headers = {
        accept,
        'accept-encoding': 'identity',
        ...(own ? {authorization: this.#authorization} : {}),
      }
      const response = await send(url, headers)
      const {statusCode: status = 0} = response
      if (status === 200) return response
      response.destroy()
      if (status === 404) return undefined
      const location = headerOf(response.headers, 'location')
      if (status < 300 || status > 399 || location === undefined) throw refused(status)
      if (!URL.canParse(location, url)) throw unavailable(`redirect to ${location}`)
      url = new URL(location, url)
    }
    throw new UpstreamError('UpstreamUnavailable', 'The upstream registry redirects too often.')
  }
}

function send(url: URL, headers: Readonly<Record<string, string | undefined>>): Promise<IncomingMessage> {
  if (!isLocal(url)) {
    throw new UpstreamError('UpstreamUnavailable', 'The upstream registry redirects to another machine.')
  }
  const open = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = open(url, {headers, agent: false, timeout: silenceMs}, resolve)
    sent.on('timeout', () => sent.destroy(new Error('timeout')))
    sent.on('error', cause => reject(unavailable(cause)))
    sent.end()
  })
}

/** Part of a path: what a manifest or a client calls a digest or a tag leads nowhere else. */
function segment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%3A', ':')
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const bytes = await readBody(response, largestManifest).catch((cause: unknown) => {
    throw unavailable(cause)
  })
  if (bytes !== undefined) return bytes
  response.destroy()
  throw new UpstreamError('UpstreamUnavailable', 'The upstream registry sent a manifest that is too large.')
}

function digestsOf(index: Buffer): readonly string[] {
  try {
    const {manifests = []} = JSON.parse(index.toString()) as {
      manifests?: readonly {readonly digest: unknown}[]
    }
    return manifests.map(({digest}) => digest).filter(digest => typeof digest === 'string')
  } catch (cause) {
    throw unavailable(cause)
  }
}

export function unavailable(cause: unknown): UpstreamError {
  return new UpstreamError('UpstreamUnavailable', 'The upstream registry is unavailable.', {cause})
}

function refused(status: number): UpstreamError {
  if (status === 401 || status === 403) {
    return new UpstreamError('UpstreamAccessDenied', 'The upstream registry denied access.')
  }
  if (status === 429) {
    return new UpstreamError('UpstreamTooManyRequests', 'The upstream registry received too many requests.')
  }
  return new UpstreamError('UpstreamUnavailable', `The upstream registry answered ${status}.`)
}
