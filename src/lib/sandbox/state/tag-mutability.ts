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
