/** Reads what an export writes down. */
import {type Estate, emptyEstate} from '../../config/estate.ts'
import type {MeantRepository, OpenRegistries, OpenRegistry} from '../../ecr/inventory/registries.ts'
import {concerns} from '../../ecr/inventory/selection.ts'
import {DeniedError, exitCodes, FailureError} from '../../errors.ts'
import {mapLimited} from '../../oci/limiter.ts'
import type {RegistryContext} from '../../oci/registry.ts'
import type {Json} from '../../plan/canonical.ts'
import {placeAsListed, placeOf} from '../places.ts'
import type {Resource, Where} from '../resource.ts'
import {earlyResources, lateResources, repositoryResources} from '../resources.ts'
import {exportedAccounts, type NamedRegistry} from './accounts.ts'
import type {ExportedPlace, ExportedWorld, Said} from './world.ts'
import {sayingsOf} from './written.ts'

export interface ReadOptions {
  readonly context: RegistryContext
  /** Whether a key of repos.yaml is exported. */
  readonly isMeant: (key: string) => boolean
  /** Told of each repository when it is read. */
  readonly onRepository?: ((place: string) => void) | undefined
}

/** What was read, and what of it is left out for a reason: a sentence each. */
export interface ReadWorld {
  readonly world: ExportedWorld
  readonly warnings: readonly string[]
}

/** Registries at a time; each has requests of its own. */
const registriesAtOnce = 16

/**
 * Everything of the registries and repositories that are meant. A registry as a whole is read where all its repositories
 * are meant.
 *
 * @throws {FailureError} what the first request fails with that does; nothing is asked after it.
 */
export async function readWorld(
  open: OpenRegistries,
  estate: Estate,
  options: ReadOptions,
): Promise<ReadWorld> {
  const {accounts, nameOf} = exportedAccounts(open.registries, estate)
  const named: Estate = {...emptyEstate, file: estate.file, accounts}
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, options.context.signal])
  const read = await mapLimited(open.registries, registriesAtOnce, async at => {
    const reading = {at, registry: nameOf(at.registry), estate: named, signal}
    try {
      return await readRegistry(reading, open, options)
    } catch (error) {
      ended.abort(error)
      throw error
    }
  })
  const whole = new Set(read.flatMap(({at, isWhole}) => (isWhole ? [placeKey(at.registry)] : [])))
  const all = [...accounts.values()].flatMap(({id: account, regions}) =>
    regions.map(region => placeKey({account, region})),
  )
  const order = [...accounts.values()].flatMap(({alias, regions}) =>
    regions.map(region => `${alias}@${region}`),
  )
  const rank = ({alias, region}: ExportedPlace): number => order.indexOf(`${alias}@${region}`)
  return {
    world: {
      accounts: [...accounts.values()],
      places: read.map(({place}) => place).toSorted((a, b) => rank(a) - rank(b)),
      isWhole: all.every(key => whole.has(key)),
    },
    warnings: read.flatMap(({at, isWhole, isOwn}) => (isWhole && !isOwn ? [foreignWarning(at)] : [])),
  }
}

function placeKey({account, region}: {readonly account: string; readonly region: string}): string {
  return `${account}/${region}`
}

function foreignWarning({registry, caller}: OpenRegistry): string {
  return `${registry.label}: the registry as a whole is left out, for ECR tells that of account ${registry.account} alone, and ${caller.arn} asks.`
}

interface Reading extends Where {
  readonly at: OpenRegistry
  readonly registry: NamedRegistry
  readonly signal: AbortSignal
}

async function readRegistry(reading: Reading, open: OpenRegistries, options: ReadOptions) {
  const {at, registry, signal} = reading
  const isWhole = open.selections.some(
    selection => selection.pattern === '**' && concerns(selection, at.registry),
  )
  const isOwn = at.caller.account === at.registry.account
  const there = open.repositories.filter(each => each.at === at)
  const [whole, repositories] = await Promise.all([
    isWhole && isOwn ? readAll([...earlyResources, ...lateResources], {at}, reading, options) : null,
    mapLimited(there, options.context.concurrency, async repository => {
      signal.throwIfAborted()
      const said = await readRepository(repository, reading, options)
      options.onRepository?.(`${at.registry.label}/${repository.name}`)
      return [repository.name, said] as const
    }),
  ])
  const {alias, region} = registry
  return {
    at,
    isWhole,
    isOwn,
    place: {alias, region, registry: whole, repositories: new Map(repositories)} satisfies ExportedPlace,
  }
}

function readRepository(
  {at, name, described}: MeantRepository,
  reading: Reading,
  options: ReadOptions,
): Promise<Said> {
  const place = described === undefined ? placeOf(at, name) : placeAsListed(at, name, described)
  return readAll(repositoryResources, place, {...reading, repository: name}, options)
}

async function readAll<Place>(
  resources: readonly Resource<unknown, unknown, Place>[],
  place: Place,
  where: Reading,
  {isMeant}: ReadOptions,
): Promise<Said> {
  const meant = resources.filter(({key}) => isMeant(key))
  const said = await Promise.all(meant.map(resource => readOne(resource, place, where)))
  return new Map(said.flat())
}

async function readOne<Place>(
  resource: Resource<unknown, unknown, Place>,
  place: Place,
  {registry, estate, repository, signal}: Reading,
): Promise<readonly (readonly [string, Json])[]> {
  const where: Where = {registry, estate, ...(repository === undefined ? {} : {repository})}
  try {
    const live = await resource.read(place)
    return [...live]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([entry, value]) => {
        const setting = resource.export(value, where)
        return setting === undefined ? [] : sayingsOf(resource.key, entry, setting)
      })
  } catch (error) {
    signal.throwIfAborted()
    throw withAdvice(error, resource.key)
  }
}

/** What cannot be read can be left out, by name. */
function withAdvice(error: unknown, key: string): unknown {
  if (!(error instanceof FailureError)) return error
  const advice = `An export without ${key} takes --only with the other keys.`
  const details = {hints: [...error.hints, advice], cause: error}
  if (error instanceof DeniedError) return new DeniedError(error.code, error.message, details)
  return error.exitCode === exitCodes.partial ? new FailureError(error.code, error.message, details) : error
}
