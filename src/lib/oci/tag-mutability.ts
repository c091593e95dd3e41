import {matchesTag} from '../config/match.ts'
import type {RepositorySettings} from './registry.ts'

/**
 * Whether a tag that holds a digest can never hold another (ECR user guide, image-tag-mutability: the exclusion filters
 * name the tags for which the opposite of the mode holds; `*` stands for any text).
 */
export function isTagImmutable({tagMutability, exclusions}: RepositorySettings, tag: string): boolean {
  const excluded = exclusions.some(filter => matchesTag(filter, tag))
  switch (tagMutability) {
    case 'IMMUTABLE':
      return true
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded
    case 'MUTABLE':
    case 'unknown':
      return false
  }
}
