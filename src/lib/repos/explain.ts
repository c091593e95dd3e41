/** Where what repos.yaml says of a repository, or of a registry, comes from. Asks nobody. */
import type {Estate, Origin} from '../config/estate.ts'
import type {PlacedSetting} from '../config/lifecycle/readable.ts'
import {repositoryNamePattern} from '../config/match.ts'
import {nearestOr} from '../config/nearest.ts'
import {formatPath, show} from '../config/problems.ts'
import {
  isMeantAt,
  type Resolved,
  resolveRegistry,
  resolveRepository,
  type SettingsPlace,
  type SourcedValue,
} from '../config/resolve.ts'
import type {RegistrySettings, RepositorySettings} from '../config/settings.ts'
import {registriesOf} from '../ecr/inventory/known.ts'
import {readSelections} from '../ecr/inventory/selection.ts'
import {UsageError} from '../errors.ts'
import {policyOfSetting} from '../lifecycle/desired.ts'
import {printPolicy} from '../lifecycle/policy-text.ts'
import type {Json} from '../plan/canonical.ts'

export interface ExplainOrder {
  /** The repository; null for the registries themselves. */
  readonly repository: string | null
  /** `ALIAS` or `ALIAS@REGION`: the registries meant; all of the file when there are none. */
  readonly accounts: readonly string[]
  /** Path of the values that are wanted, or the start of one: `policy.statements`; all without. */
  readonly field: string | undefined
}

/** What one level of the file says. */
export interface SaidValue {
  readonly value: Json
  /** Path in the file: `match[0].set.tags.team`. */
  readonly path: string
  /** `repos.yaml:12:5` */
  readonly origin: string | null
}

/** A value that holds. */
export interface ExplainedValue extends SaidValue {
  /** Path in what holds; elements of lists by their keys: `policy.statements.OrgPull`. */
  readonly key: string
  /** What weaker levels say, the strongest first. */
  readonly hides: readonly SaidValue[]
}

/** Registries at which the same holds, for the same reasons. */
export interface Explanation {
  /** `ALIAS@REGION`; none where the file names no accounts. */
  readonly registries: readonly string[]
  readonly values: readonly ExplainedValue[]
}

export interface ExplainedSubject {
  readonly explanations: readonly Explanation[]
  /** Registries that were asked for and at which the repository is not meant. */
  readonly elsewhere: readonly string[]
  /** Whether the file names the repository; always true of registries. */
  readonly isNamed: boolean
}

const repositoryKeys = [
  'in',
  'state',
  'images',
  'encryption',
  'tagMutability',
  'scanOnPush',
  'policy',
  'lifecycle',
  'tags',
] as const satisfies readonly (keyof RepositorySettings)[]

const registryKeys = [
  'policy',
  'scanning',
  'replication',
  'pullThroughCache',
  'creationTemplates',
  'signing',
  'settings',
  'pullTimeExclusions',
] as const satisfies readonly (keyof RegistrySettings)[]

/**
 * What holds at each registry, and which level of the file says so.
 *
 * @throws {UsageError} INVALID_REPOSITORY, UNKNOWN_FIELD, UNKNOWN_ACCOUNT, UNKNOWN_REGION; {ConfigError} when a lifecycle
 *   policy cannot be said in ECR's rules.
 */
export function explainSettings(
  estate: Estate,
  {repository, accounts, field}: ExplainOrder,
): ExplainedSubject {
  if (repository !== null) checkName(repository)
  if (field !== undefined) checkField(field, repository === null ? registryKeys : repositoryKeys)
  const places = placesOf(estate, accounts)
  const meant = places.filter(place => repository === null || isMeant(estate, place, repository))
  const explanations = new Map<string, Explanation>()
  for (const {label, ...place} of meant) {
    const resolved =
      repository === null ? resolveRegistry(estate, place) : resolveRepository(estate, place, repository)
    const values = valuesOf(resolved, estate, field)
    const key = JSON.stringify(values)
    const registries = [...(explanations.get(key)?.registries ?? []), ...(label === '' ? [] : [label])]
    explanations.set(key, {registries, values})
  }
  return {
    explanations: [...explanations.values()],
    elsewhere: places.filter(place => !meant.includes(place)).map(({label}) => label),
    isNamed: repository === null || isNamed(estate, repository),
  }
}

interface Place extends SettingsPlace {
  readonly label: string
}

/** Where the file names no registry, what it says of all: variables of registries stand for themselves there. */
const anywhere: Place = {label: '', account: '${account}', region: '${region}', alias: '${alias}'}

function placesOf(estate: Estate, accounts: readonly string[]): readonly Place[] {
  const known = registriesOf(estate)
  if (known.registries.length === 0 && accounts.length === 0) return [anywhere]
  return readSelections([], accounts, known).flatMap(({registries}) => registries.map(placeOf))
}

function placeOf({label, account, region, alias}: Place): Place {
  return {label, account, region, ...(alias === undefined ? {} : {alias})}
}

function isMeant(estate: Estate, place: Place, repository: string): boolean {
  return place === anywhere || isMeantAt(resolveRepository(estate, place, repository).settings, place)
}

function isNamed({repositories, overlays}: Estate, repository: string): boolean {
  return [repositories, ...[...overlays.values()].map(overlay => overlay.repositories)].some(level =>
    level.has(repository),
  )
}

function valuesOf(
  {sources}: Resolved<unknown>,
  estate: Estate,
  field: string | undefined,
): readonly ExplainedValue[] {
  return [...sources()]
    .filter(([key]) => field === undefined || isWithin(key, field))
    .map(([key, {hidden, ...source}]) => ({
      key,
      ...saidOf(source, key, estate),
      hides: hidden.map(each => saidOf(each, key, estate)),
    }))
}

function isWithin(key: string, field: string): boolean {
  return key === field || (key.startsWith(field) && /^[.[]/.test(key.slice(field.length)))
}

function saidOf({path, origin, value}: Omit<SourcedValue, 'hidden'>, key: string, estate: Estate): SaidValue {
  const isLifecycle = /(?:^|\.)lifecycle$/.test(key) && isPlaced(value)
  return {
    value: isLifecycle ? policyJson(value, estate) : (value as Json),
    path: formatPath(path),
    origin: origin === undefined ? null : placeText(origin),
  }
}

/** What is said in readable rules becomes ECR's own. */
function policyJson(setting: PlacedSetting, estate: Estate): Json {
  const placed = policyOfSetting(estate, setting)
  return placed.kind === 'none' ? null : (JSON.parse(printPolicy(placed.policy)) as Json)
}

function isPlaced(value: unknown): value is PlacedSetting {
  return typeof value === 'object' && value !== null && 'value' in value && 'origin' in value
}

function placeText({file, line, column}: Origin): string {
  return `${file}:${line}:${column}`
}

function checkName(repository: string): void {
  if (repositoryNamePattern.test(repository)) return
  throw new UsageError(
    'INVALID_REPOSITORY',
    `${show(repository)} is not the name of a repository. Write it without an account or a registry: payments/api.`,
  )
}

function checkField(field: string, known: readonly string[]): void {
  const [first = ''] = field.split(/[.[]/)
  if (known.includes(first)) return
  const fix = nearestOr(first, known, `Known: ${known.join(', ')}.`)
  throw new UsageError('UNKNOWN_FIELD', `${show(first)} is nothing that repos.yaml says. ${fix}`)
}
