import type {Estate} from '../config/estate.ts'
import {repositoryNamePattern} from '../config/match.ts'
import {nearest} from '../config/nearest.ts'
import {show} from '../config/problems.ts'
import {UsageError} from '../errors.ts'
import {desiredPolicy, presetPolicy} from './desired.ts'
import type {LifecyclePolicy} from './policy.ts'
import {readPolicyFile} from './policy-file.ts'

/** Whose policy is wanted. */
export type CompileOrder =
  | {readonly kind: 'repository' | 'preset'; readonly name: string; readonly estate: Estate}
  | {readonly kind: 'file'; readonly name: string; readonly text: string}

export interface CompiledPolicy {
  readonly policy: LifecyclePolicy
  /** Where it was written: `repos.yaml:12:5`, or the file. */
  readonly origin: string
}

/**
 * The policy in ECR's grammar of a repository, of a preset, or of a file.
 *
 * @throws {UsageError} INVALID_REPOSITORY, UNKNOWN_PRESET; NO_POLICY when repos.yaml says none for the repository.
 * @throws {ConfigError} when what is written cannot be said in ECR's rules.
 */
export function compilePolicy(order: CompileOrder): CompiledPolicy {
  if (order.kind === 'file') return {policy: readPolicyFile(order.text, order.name), origin: order.name}
  return order.kind === 'preset' ? ofPreset(order.name, order.estate) : ofRepository(order.name, order.estate)
}

function ofPreset(name: string, {presets, file = 'repos.yaml'}: Estate): CompiledPolicy {
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

function ofRepository(name: string, estate: Estate): CompiledPolicy {
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
