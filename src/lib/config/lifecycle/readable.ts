/** Lifecycle rules as `repos.yaml` words them, read and checked; what they become in ECR's grammar is for others to say. */
import type {Origin} from '../estate.ts'
import type {PolicyData} from './policy-schema.ts'

/** Which images a rule selects. */
export type ImageSelector =
  /** Each pattern must match a tag of the image. */
  | {readonly kind: 'tagged'; readonly patterns: readonly string[]}
  | {readonly kind: 'untagged'}
  | {readonly kind: 'any'}

/** Images that no rule of the policy may touch. */
export interface KeepRule {
  /** What people call the rule. */
  readonly id?: string
  /** One; or several, each a rule of its own (`anyOf`). */
  readonly selectors: readonly ImageSelector[]
  readonly origin: Origin
}

/** Images that go: by age, by count, or because nobody pulls them. */
export interface ActingRule extends KeepRule {
  /** Patterns; what has a tag that matches one is left alone. */
  readonly except: readonly string[]
  readonly measure: 'keepLast' | 'olderThan' | 'notPulledFor'
  /** Images to keep, or days. */
  readonly limit: number
  /** Days in the archive after which an archived image expires. */
  readonly thenExpireAfter?: number
}

/** In each list the first rule that selects an image has the say. */
export interface LifecycleRules {
  readonly keep: readonly KeepRule[]
  readonly expire: readonly ActingRule[]
  readonly archive: readonly ActingRule[]
  /** Rules in ECR's own grammar; then the lists are empty. */
  readonly rules?: PolicyData['rules']
  readonly origin: Origin
}

/** What a repository's policy should be: rules of its own, then those of presets. */
export interface LifecycleSetting extends LifecycleRules {
  /** Names of presets. */
  readonly use: readonly string[]
}

/** A setting and where it was written; null for a repository that is to have no policy. */
export interface PlacedSetting {
  readonly value: LifecycleSetting | null
  readonly origin: Origin
}
