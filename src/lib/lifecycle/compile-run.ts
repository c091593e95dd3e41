import type {Estate} from '../config/estate.ts'
import {repositoryNamePattern} from '../config/match.ts'
import {nearest} from '../config/nearest.ts'
import {show} from '../config/problems.ts'
import {UsageError} from '../errors.ts'
import {desiredPolicy, policyOfSetting, presetPolicy} from './desired.ts'
import type {DesiredPolicy} from './plan-model.ts'
import type {LifecyclePolicy} from './policy.ts'
import {readPolicyFile} from './policy-file.ts'

/** Whose policy is wanted. */
export type CompileOrder =
  | {readonly kind: 'repository' | 'preset'; readonly name: string; readonly estate: Estate}
  | {readonly kind: 'file'; readonly name: string; readonly text: string}

export interface CompiledPolicy {
  /** What it is written for. */
  readonly kind: 'defaults' | 'match' | 'preset' | 'repository' | 'file'
  /** Of the repository, the preset or the file, or the patterns of names; `*` for the defaults. */
  readonly name: string
  /** Null where repos.yaml says that there is to be none. */
  readonly policy: LifecyclePolicy | null
  /** Where it was written: `repos.yaml:12:5`, or the file. */
  readonly origin: string
}

/**
 * The policy in ECR's grammar of a repository, of a preset, or of a file.
 *
 * @throws {UsageError} INVALID_REPOSITORY, UNKNOWN_PRESET; NO_POLICY when repos.yaml says none for the repository.
 * @throws {ConfigError} when what is written cannot be said in ECR's rules.
 */
export function compilePolicy(order: CompileOrder): CompiledPolicy & {readonly policy: LifecyclePolicy} {
  const {kind, name} = order
  if (kind === 'file') return {kind, name, policy: readPolicyFile(order.text, name), origin: name}
  const {policy, origin} = kind === 'preset' ? ofPreset(name, order.estate) : ofRepository(name, order.estate)
  return {kind, name, policy, origin}
}

/**
 * Every policy that repos.yaml says, in the order in which one gives way to the next: those of presets, of all
 * repositories, of those that patterns name, and of single ones. Empty when it says none.
 *
 * @throws {ConfigError} as {@link compilePolicy}.
 */
export function compileEstate(estate: Estate): readonly CompiledPolicy[] {
  const {presets, defaults, match, repositories} = estate
  const settings = [
    {kind: 'defaults', name: '*', setting: defaults.lifecycle} as const,
    ...match.map(
      ({names, set}) => ({kind: 'match', name: names.join(', '), setting: set.lifecycle}) as const,
    ),
    ...[...repositories].map(
      ([name, {lifecycle}]) => ({kind: 'repository', name, setting: lifecycle}) as const,
    ),
  ]
  return [
    ...[...presets.lifecycle.keys()].map(
      name => ({kind: 'preset', name, ...ofPreset(name, estate)}) as const,
    ),
    ...settings.flatMap(({kind, name, setting}) => {
      if (setting === undefined) return []
      const desired = policyOfSetting(estate, setting)
      return {kind, name, policy: desired.kind === 'none' ? null : desired.policy, origin: desired.origin}
    }),
  ]
}

type Compiled = Pick<Extract<DesiredPolicy, {readonly kind: 'policy'}>, 'policy' | 'origin'>

function ofPreset(name: string, {presets, file = 'repos.yaml'}: Estate): Compiled {
  const preset = presets.lifecycle.get(name)
  if (preset !== undefined) {
    const {origin} = preset
    return {policy: presetPolicy(preset), origin: `${origin.file}:${origin.line}:${origin.column}`}
  }
  const near = nearest(name, presets.lifecycle.keys())
  const fix =
    near === undefined
      ? 'Add it under presets.lifecycle, or name one that is there.'
      : `Did you mean ${show(near)}?`
  throw new UsageError('UNKNOWN_PRESET', `${show(name)} is not a preset of ${file}. ${fix}`)
}

function ofRepository(name: string, estate: Estate): Compiled {
  if (!repositoryNamePattern.test(name)) {
    throw new UsageError(
      'INVALID_REPOSITORY',
      `${show(name)} is not the name of a repository. Write it without an account or a registry: payments/api.`,
    )
  }
  const desired = desiredPolicy(estate, name)
  if (desired.kind === 'policy') return desired
  const why =
    desired.kind === 'none'
      ? `${desired.origin} says that ${name} has none.`
      : `nothing in ${estate.file ?? 'a repos.yaml'} says what the policy of ${name} should be. Add lifecycle under repositories, match or defaults.`
  throw new UsageError('NO_POLICY', `There is no lifecycle policy to compile: ${why}`)
}
