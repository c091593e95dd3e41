import type {IncomingHttpHeaders, IncomingMessage} from 'node:http'
import {headerOf} from '../exchange.ts'
import {type Addressed, parseHost} from '../identity/hosts.ts'

/**
 * What a request addresses; undefined when it may not be answered: it comes from a web page, or it names a host that is
 * neither this machine nor AWS, as after DNS rebinding.
 */
export function admit({headers, headersDistinct, url}: IncomingMessage): Addressed | undefined {
  if (isOfPage(headers)) return undefined
  // Any other form than a path names a host of its own (RFC 9112, section 3.2).
  if (url?.startsWith('/') !== true) return undefined
  const [host = '', ...others] = headersDistinct['host'] ?? []
  return others.length === 0 ? parseHost(host) : undefined
}

/**
 * The sandbox serves no pages, so that it has no same-origin ones either. A browser's address bar sends the site `none`;
 * the fetch of Node.js sends Sec-Fetch-Mode alone.
 */
function isOfPage(headers: IncomingHttpHeaders): boolean {
  const site = headerOf(headers, 'sec-fetch-site')
  const preflight = headers['access-control-request-method'] !== undefined
  return headers.origin !== undefined || preflight || (site !== undefined && site !== 'none')
}
