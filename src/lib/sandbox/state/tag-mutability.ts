import {invalidParameter} from '../ecr-error.ts'
import {matchesWildcard} from './wildcard.ts'

export const tagMutabilities = [
  'MUTABLE',
  'IMMUTABLE',
  'MUTABLE_WITH_EXCLUSION',
  'IMMUTABLE_WITH_EXCLUSION',
] as const

export interface TagMutability {
  readonly mode: (typeof tagMutabilities)[number]
  /** Wildcards of the tags for which the opposite of `mode` holds. */
  readonly exclusions: readonly string[]
}

/** Whether a tag that exists may not move (ECR user guide, image-tag-mutability). */
export function isImmutable(tag: string, {mode, exclusions}: TagMutability): boolean {
  const excluded = exclusions.some(pattern => matchesWildcard(pattern, tag))
  return mode.startsWith('IMMUTABLE') !== excluded
}

/**
 * @param exclusions undefined when none are given.
 * @throws {EcrError} InvalidParameterException unless exclusions are given exactly where `mode` needs them.
 */
export function tagMutabilityOf(
  mode: TagMutability['mode'],
  exclusions: readonly string[] | undefined,
): TagMutability {
  if (mode.endsWith('_WITH_EXCLUSION') === (exclusions !== undefined)) {
    return {mode, exclusions: exclusions ?? []}
  }
  const wrong = exclusions === undefined ? "can't be null" : 'must be null'
  throw invalidParameter(
    'imageTagMutabilityExclusionFilters',
    `ImageTagMutabilityExclusionFilters ${wrong} when imageTagMutability is set as ${mode}`,
  )
}
