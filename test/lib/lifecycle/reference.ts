import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'

/**
 * The evaluation as the ECR user guide words it, sentence for sentence, slowly: sets of images, compared with each other.
 *
 * @returns the priority of the rule that acts on an image, by its digest.
 */
export function referenceEvaluation(
  rules: readonly LifecycleRule[],
  images: readonly LifecycleImage[],
  now: number,
): Record<string, number> {
  const acts: Record<string, number> = {}
  for (const rule of rules) {
    const higher = rules.filter(other => other.rulePriority < rule.rulePriority)
    for (const image of marked(rule, images, now)) {
      if (!higher.some(other => selected(other, images).includes(image)))
        acts[image.digest] = rule.rulePriority
    }
  }
  return acts
}

function selected({selection}: LifecycleRule, images: readonly LifecycleImage[]): readonly LifecycleImage[] {
  return images.filter(({tags, storageClass, subject}) => {
    if (subject !== undefined && images.some(({digest}) => digest === subject)) return false
    if (storageClass !== (selection.storageClass ?? 'standard')) return false
    if (selection.tagStatus === 'any') return true
    if (selection.tagStatus === 'untagged') return tags.length === 0
    const patterns = selection.tagPatternList ?? (selection.tagPrefixList ?? []).map(prefix => `${prefix}*`)
    return tags.length > 0 && patterns.every(pattern => tags.some(tag => matches(pattern, tag)))
  })
}

function marked(
  rule: LifecycleRule,
  images: readonly LifecycleImage[],
  now: number,
): readonly LifecycleImage[] {
  const {countType, countNumber} = rule.selection
  const mine = selected(rule, images)
  const olderThan = (time: number | undefined) => time !== undefined && now - time > countNumber * 86_400_000
  switch (countType) {
    case 'imageCountMoreThan':
      return mine.filter(image => mine.filter(other => isNewer(other, image)).length >= countNumber)
    case 'sinceImagePushed':
      return mine.filter(image => olderThan(image.pushedAt))
    case 'sinceImageTransitioned':
      return mine.filter(image => olderThan(image.archivedAt))
    case 'sinceImagePulled':
      return mine.filter(({pushedAt, pulledAt, activatedAt}) => {
        const restoredAndNotPulledSince =
          activatedAt !== undefined && (pulledAt === undefined || pulledAt <= activatedAt)
        return olderThan(restoredAndNotPulledSince ? activatedAt : (pulledAt ?? pushedAt))
      })
  }
}

function isNewer(a: LifecycleImage, b: LifecycleImage): boolean {
  const [timeA, timeB] = [a, b].map(({activatedAt, pushedAt}) => activatedAt ?? pushedAt) as [number, number]
  return timeA === timeB ? a.digest < b.digest : timeA > timeB
}

/** By trying every place at which `*` may end. */
function matches(pattern: string, tag: string): boolean {
  const [first] = pattern
  if (first === undefined) return tag === ''
  const rest = pattern.slice(1)
  if (first !== '*') return tag.startsWith(first) && matches(rest, tag.slice(1))
  return Array.from({length: tag.length + 1}, (_, end) => end).some(end => matches(rest, tag.slice(end)))
}
