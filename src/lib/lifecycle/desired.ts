import type {Estate, Origin} from '../config/estate.ts'
import type {LifecycleRules, LifecycleSetting, PlacedSetting} from '../config/lifecycle/readable.ts'
import {isMeantAt, resolveRepository, type SettingsPlace} from '../config/resolve.ts'
import {BugError} from '../errors.ts'
import {compileRules} from './compile.ts'
import type {DesiredPolicy} from './plan-model.ts'
import type {LifecyclePolicy} from './policy.ts'
import {policyOfRules} from './read-policy.ts'

/**
 * What repos.yaml says that the lifecycle policy of a repository should be at a registry. Of one that is meant at other
 * registries, or that is to go, it says nothing. Repositories that are told the same share one answer, which is compiled
 * once.
 *
 * @throws {ConfigError} INVALID_CONFIG when what is written cannot be said in ECR's rules.
 */
export function desiredPolicy(estate: Estate, place: SettingsPlace, repository: string): DesiredPolicy {
  const {settings} = resolveRepository(estate, place, repository)
  const {lifecycle, state} = settings
  if (lifecycle === undefined || state === 'absent' || !isMeantAt(settings, place)) return unmanaged
  return policyOfSetting(estate, lifecycle)
}

/**
 * The policy that one setting of repos.yaml says: of a repository, of those that a pattern names, or of all.
 *
 * @throws {ConfigError} as {@link desiredPolicy}.
 */
export function policyOfSetting(estate: Estate, setting: PlacedSetting): PlacedPolicy {
  const known = answers.get(setting)
  if (known !== undefined) return known
  const answer = answerOf(estate, setting)
  answers.set(setting, answer)
  return answer
}

/**
 * The policy that a preset says.
 *
 * @throws {ConfigError} as {@link desiredPolicy}.
 */
export function presetPolicy(preset: LifecycleRules): LifecyclePolicy {
  return policyOf([preset])
}

type PlacedPolicy = Exclude<DesiredPolicy, {readonly kind: 'unmanaged'}>

const unmanaged: DesiredPolicy = {kind: 'unmanaged'}
/** A setting is part of one estate, and neither ever changes. */
const answers = new WeakMap<PlacedSetting, PlacedPolicy>()

function answerOf(estate: Estate, {value, origin}: PlacedSetting): PlacedPolicy {
  if (value === null) return {kind: 'none', origin: placeOf(origin)}
  const presets = value.use.map(name => presetOf(estate, name))
  return {kind: 'policy', policy: policyOf([value, ...presets]), origin: placeOf(origin)}
}

function policyOf(levels: readonly [LifecycleRules, ...LifecycleRules[]]): LifecyclePolicy {
  // The checks of repos.yaml let ECR's own rules stand only alone.
  const own = levels.find(({rules}) => rules !== undefined)
  return own?.rules === undefined ? compileRules(levels) : policyOfRules(own.rules)
}

function presetOf({presets}: Estate, name: LifecycleSetting['use'][number]): LifecycleRules {
  const preset = presets.lifecycle.get(name)
  if (preset === undefined) throw new BugError(`the preset ${name} is used and is not there.`)
  return preset
}

function placeOf({file, line, column}: Origin): string {
  return `${file}:${line}:${column}`
}
