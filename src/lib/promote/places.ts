import type {Estate} from '../config/estate.ts'
import {nearest} from '../config/nearest.ts'
import {ecrHost, parseEcrHost} from '../ecr/hosts.ts'
import {UsageError} from '../errors.ts'
import {isLayout, layoutPlace} from '../oci/layout/names.ts'
import {isValidRepository, parseReference} from '../oci/reference.ts'
import type {Side} from './model.ts'

/** Which of ECR's host names to use for accounts. */
export interface HostNames {
  readonly fips: boolean
  readonly dualStack: boolean
}

/** Reads the names of registries: aliases of repos.yaml, hosts, and layouts. */
export class Places {
  readonly #estate: Estate
  readonly #endpoints: HostNames

  constructor(estate: Estate, endpoints: HostNames) {
    this.#estate = estate
    this.#endpoints = endpoints
  }

  knows(alias: string): boolean {
    return this.#estate.accounts.has(alias)
  }

  /** `ALIAS`, `ALIAS@REGION`, a host or a layout; an account's first region when none is named. */
  source(text: string): Side {
    if (isHost(text)) return this.host(text)
    const [first] = this.#sides(text, '--from')
    if (first === undefined) throw new UsageError('NO_REGION', `${text} has no region.`)
    return first
  }

  /** `ALIAS` (all its regions), `ALIAS@REGION` or a host, each with a repository prefix after a slash; or a layout. */
  destinations(text: string): {readonly side: Side; readonly prefix: string}[] {
    if (isLayout(text)) return [{side: this.host(text), prefix: ''}]
    const slash = text.indexOf('/')
    const name = slash === -1 ? text : text.slice(0, slash)
    const path = slash === -1 ? '' : text.slice(slash + 1)
    if (slash !== -1) checkRepository(path, `--to ${text}`)
    const prefix = path === '' ? '' : `${path}/`
    return (isHost(name) ? [this.host(name)] : this.#sides(name, '--to')).map(side => ({side, prefix}))
  }

  host(text: string): Side {
    return sideOfHost(text, this.#estate)
  }

  #sides(text: string, flag: string): Side[] {
    const at = text.indexOf('@')
    const alias = at === -1 ? text : text.slice(0, at)
    const account = this.#estate.accounts.get(alias)
    if (account === undefined) throw this.#unknown(alias, flag)
    const wanted = at === -1 ? account.regions : [text.slice(at + 1)]
    return wanted.map(region => {
      if (!account.regions.includes(region)) {
        throw new UsageError(
          'UNKNOWN_REGION',
          `${flag} ${text}: ${alias} has no region "${region}" in ${this.#file}; it has ${account.regions.join(', ')}.`,
        )
      }
      return {
        label: `${alias}@${region}`,
        host: ecrHost({account: account.id, region, ...this.#endpoints}),
        alias,
        region,
      }
    })
  }

  #unknown(alias: string, flag: string): UsageError {
    const known = [...this.#estate.accounts.keys()]
    if (known.length === 0) {
      return new UsageError(
        'UNKNOWN_ACCOUNT',
        `${flag} ${alias}: there is no repos.yaml that names accounts. Write one, or give a registry host.`,
      )
    }
    const near = nearest(alias, known)
    const hint = near === undefined ? `it names ${known.join(', ')}` : `did you mean "${near}"?`
    return new UsageError(
      'UNKNOWN_ACCOUNT',
      `${flag} ${alias}: ${this.#file} names no account "${alias}"; ${hint}`,
    )
  }

  get #file(): string {
    return this.#estate.file ?? 'repos.yaml'
  }
}

/** A registry by its host; one of an account of repos.yaml is that account's, with its credentials. Or a layout. */
export function sideOfHost(text: string, estate: Estate): Side {
  if (isLayout(text)) {
    const {host} = layoutPlace(text)
    return {label: host, host}
  }
  const {host = text} = parseReference(`${text}/a`)
  const ecr = parseEcrHost(host)
  if (ecr?.kind !== 'private') return {label: host, host}
  const account = [...estate.accounts.values()].find(({id}) => id === ecr.account)
  return {label: host, host, region: ecr.region, ...(account === undefined ? {} : {alias: account.alias})}
}

/** Whether a name is a host rather than an alias. */
export function isHost(text: string): boolean {
  return text.includes('.') || text.includes(':') || text === 'localhost'
}

/** @throws {UsageError} INVALID_REPOSITORY; `where` is the flag that it stands with. */
export function checkRepository(name: string, where: string): void {
  if (!isValidRepository(name))
    throw new UsageError(
      'INVALID_REPOSITORY',
      `${where}: "${name}" is not a repository name (lower case, parts joined by "/").`,
    )
}
