import {isTagImmutable} from '../../oci/tag-mutability.ts'
import {evidenceOf} from './evidence.ts'
import type {RouteDoubt} from './finding.ts'
import type {LintedRepository, LintedRoute} from './route.ts'

/** The tag that stands for those of a repository without any. */
const usualTag = 'latest'

/**
 * Tags that may move at the source and not at the destination: there the image arrives without the tag (ECR user guide,
 * replication).
 */
export function frozenTags({source, destination, images}: LintedRepository): readonly string[] {
  if (destination === null) return []
  const tags = images?.source.flatMap(image => image.tags) ?? []
  return (tags.length === 0 ? [usualTag] : tags).filter(
    tag => isTagImmutable(destination, tag) && !isTagImmutable(source, tag),
  )
}

export function settingsDoubts(
  {destination: {label}}: LintedRoute,
  repository: LintedRepository,
): RouteDoubt[] {
  const {destination, images} = repository
  const frozen = new Set(frozenTags(repository))
  const concerned = images?.source.filter(({tags}) => tags.some(tag => frozen.has(tag))) ?? []
  const doubts: RouteDoubt[] = []
  if (frozen.size > 0) {
    doubts.push({
      code: 'immutable-destination',
      severity: 'warning',
      message: `Tags that may move at the source are immutable at ${label}: an image whose tag moved arrives there without it, and the tag stays behind.`,
      fix: 'Make them immutable at the source, too, or exclude them from immutability at the destination.',
      evidence: evidenceOf(concerned),
    })
  }
  if (destination?.encryption?.startsWith('KMS')) {
    doubts.push({
      code: 'kms-destination',
      severity: 'note',
      message: `It is encrypted with a KMS key at ${label}; replication may need permissions of the key (unconfirmed).`,
      fix: 'When replications fail with a code of KMS, look at the policy of the key.',
    })
  }
  return doubts
}
