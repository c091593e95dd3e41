import type {IncomingHttpHeaders} from 'node:http'
import {type Addressed, parseHost} from '../identity/hosts.ts'
import {headerOf} from './exchange.ts'

/**
 * What a request addresses; undefined when it may not be answered: it comes from a web page, or its host name is neither
 * this machine's nor AWS's, as after DNS rebinding.
 */
export function admit(headers: IncomingHttpHeaders): Addressed | undefined {
  const site = headerOf(headers, 'sec-fetch-site')
  const fromPage = site !== undefined && site !== 'none' && site !== 'same-origin'
  if (headers.origin !== undefined || fromPage) return undefined
  return parseHost(headers.host ?? '')
}
