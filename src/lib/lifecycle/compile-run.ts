import type {Estate, RepositoryLevels} from '../config/estate.ts'
import type {PlacedSetting} from '../config/lifecycle/readable.ts'
import {repositoryNamePattern} from '../config/match.ts'
import {nearestOr} from '../config/nearest.ts'
import {show} from '../config/problems.ts'
import {registriesOf} from '../ecr/inventory/known.ts'
import {readSelections} from '../ecr/inventory/selection.ts'
import {UsageError} from '../errors.ts'
import {desiredPolicy, policyOfSetting, presetPolicy} from './desired.ts'
import type {DesiredPolicy} from './plan-model.ts'
import type {LifecyclePolicy} from './policy.ts'
import {readPolicyFile} from './policy-file.ts'
import {printPolicy} from './policy-text.ts'

/** Whose policy is wanted. */
export type CompileOrder =
  | {
      readonly kind: 'repository'
      readonly name: string
      readonly estate: Estate
      /** `ALIAS` or `ALIAS@REGION`: where the policy is meant; wherever the repository is without. */
      readonly accounts?: readonly string[]
    }
  | {readonly kind: 'preset'; readonly name: string; readonly estate: Estate}
  | {readonly kind: 'file'; readonly name: string; readonly text: string}

export interface CompiledPolicy {
  /** What it is written for. */
  readonly kind: 'defaults' | 'match' | 'preset' | 'repository' | 'template' | 'file'
  /** Of the repository, the preset or the file, the patterns of names, or a template's prefix; `*` for the defaults. */
  readonly name: string
  /** Key of the overlay, or of the template's registry; absent where it holds everywhere. */
  readonly at?: string
  /** Null where repos.yaml says that there is to be none. */
  readonly policy: LifecyclePolicy | null
  /** Where it was written: `repos.yaml:12:5`, or the file. */
  readonly origin: string
}

/**
 * The policy in ECR's grammar of a repository, of a preset, or of a file.
 *
 * @throws {UsageError} INVALID_REPOSITORY, UNKNOWN_PRESET, UNKNOWN_ACCOUNT, UNKNOWN_REGION; NO_POLICY when repos.yaml says
 *   none for the repository, SEVERAL_POLICIES when it says different ones for different registries.
 * @throws {ConfigError} when what is written cannot be said in ECR's rules.
 */
export function compilePolicy(order: CompileOrder): CompiledPolicy & {readonly policy: LifecyclePolicy} {
  const {kind, name} = order
  if (kind === 'file') return {kind, name, policy: readPolicyFile(order.text, name), origin: name}
  const {policy, origin} = order.kind === 'preset' ? ofPreset(name, order.estate) : ofRepository(order)
  return {kind, name, policy, origin}
}

/**
 * Every policy that repos.yaml says, in the order in which one gives way to the next: those of presets, of all
 * repositories, of those that patterns name, and of single ones. Empty when it says none.
 *
 * @throws {ConfigError} as {@link compilePolicy}.
 */
export function compileEstate(estate: Estate): readonly CompiledPolicy[] {
  const settings = [
    ...templatesOf(estate),
    ...levelsOf(estate),
    ...[...estate.overlays].flatMap(([at, levels]) => levelsOf(levels, at)),
  ]
  return [
    ...[...estate.presets.lifecycle.keys()].map(
      name => ({kind: 'preset', name, ...ofPreset(name, estate)}) as const,
    ),
    ...settings.flatMap(({setting, ...said}) => {
      if (setting === undefined) return []
      const desired = policyOfSetting(estate, setting)
      return {...said, policy: desired.kind === 'none' ? null : desired.policy, origin: desired.origin}
    }),
  ]
}

interface SaidPolicy extends Pick<CompiledPolicy, 'kind' | 'name' | 'at'> {
  readonly setting: PlacedSetting | undefined
}

function levelsOf({defaults, match, repositories}: RepositoryLevels, key?: string): readonly SaidPolicy[] {
  const at = key === undefined ? {} : {at: key}
  return [
    {kind: 'defaults', name: '*', ...at, setting: defaults.lifecycle},
    ...match.map(
      ({names, set}) => ({kind: 'match', name: names.join(', '), ...at, setting: set.lifecycle}) as const,
    ),
    ...[...repositories].map(
      ([name, {lifecycle}]) => ({kind: 'repository', name, ...at, setting: lifecycle}) as const,
    ),
  ]
}

function templatesOf({registries}: Estate): readonly SaidPolicy[] {
  return [...registries].flatMap(([at, {creationTemplates = {}}]) =>
    Object.entries(creationTemplates).map(
      ([name, template]) => ({kind: 'template', name, at, setting: template?.lifecycle}) as const,
    ),
  )
}

type Compiled = Pick<Extract<DesiredPolicy, {readonly kind: 'policy'}>, 'policy' | 'origin'>

function ofPreset(name: string, {presets, file = 'repos.yaml'}: Estate): Compiled {
  const preset = presets.lifecycle.get(name)
  if (preset !== undefined) {
    const {origin} = preset
    return {policy: presetPolicy(preset), origin: `${origin.file}:${origin.line}:${origin.column}`}
  }
  const otherwise = 'Add it under presets.lifecycle, or name one that is there.'
  const fix = nearestOr(name, presets.lifecycle.keys(), otherwise)
  throw new UsageError('UNKNOWN_PRESET', `${show(name)} is not a preset of ${file}. ${fix}`)
}

function ofRepository({name, estate, accounts = []}: Extract<CompileOrder, {kind: 'repository'}>): Compiled {
  if (!repositoryNamePattern.test(name)) {
    throw new UsageError(
      'INVALID_REPOSITORY',
      `${show(name)} is not the name of a repository. Write it without an account or a registry: payments/api.`,
    )
  }
  const answers = desiredAt(name, estate, accounts)
  const [first, ...others] = answers.filter(({desired}) => desired.kind !== 'unmanaged')
  const other = others.find(({desired}) => textOf(desired) !== textOf(first?.desired))
  if (first !== undefined && other !== undefined) {
    throw new UsageError(
      'SEVERAL_POLICIES',
      `The policy of ${name} is another at ${other.label} than at ${first.label}. Name one with --account.`,
    )
  }
  const desired = first?.desired
  if (desired?.kind === 'policy') return desired
  const why =
    desired?.kind === 'none'
      ? `${desired.origin} says that ${name} has none.`
      : `nothing in ${estate.file ?? 'a repos.yaml'} says what the policy of ${name} should be. Add lifecycle under repositories, match or defaults.`
  throw new UsageError('NO_POLICY', `There is no lifecycle policy to compile: ${why}`)
}

/** What should hold at each registry that is meant; at one that nothing is said of, where the file names none. */
function desiredAt(
  name: string,
  estate: Estate,
  accounts: readonly string[],
): readonly {readonly label: string; readonly desired: DesiredPolicy}[] {
  const known = registriesOf(estate)
  const registries =
    accounts.length === 0
      ? known.registries
      : readSelections([], accounts, known).flatMap(selection => selection.registries)
  const places = registries.length === 0 ? [{label: '', account: '', region: ''}] : registries
  return places.map(place => ({label: place.label, desired: desiredPolicy(estate, place, name)}))
}

function textOf(desired: DesiredPolicy | undefined): string {
  return desired?.kind === 'policy' ? printPolicy(desired.policy) : ''
}
