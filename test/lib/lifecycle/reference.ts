import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {Fate, RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'

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

/** What goes, by its digest: how, by which rule, and after which subject. */
export type ReferenceRun = Record<string, {fate: Fate; rule: number; follows?: string}>

/**
 * A run of a policy as the guide words it: what an index lists does not expire while the index is there, and is not
 * archived while the index is a standard image; a referrer shares the fate of its subject, under the same condition. Goes
 * through all images again and again until nothing more goes.
 */
export function referenceRun(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  now: number,
): ReferenceRun {
  const acts = referenceEvaluation(rules, images, now)
  const going: ReferenceRun = {}
  const isLetGo = (image: RepositoryImage, fate: Fate) =>
    images
      .filter(({children = []}) => children.includes(image.digest))
      .map(({digest, storageClass}) => going[digest]?.fate ?? storageClass)
      .every(index => index === 'expire' || (index === 'archive' && fate === 'archive'))
  const untilNothingMoreGoes = (outcomeOf: (image: RepositoryImage) => ReferenceRun[string] | undefined) => {
    for (let before = -1; before < Object.keys(going).length; ) {
      before = Object.keys(going).length
      for (const image of images) {
        const outcome = outcomeOf(image)
        if (outcome !== undefined && !(image.digest in going) && isLetGo(image, outcome.fate))
          going[image.digest] = outcome
      }
    }
  }
  untilNothingMoreGoes(({digest}) => {
    const action = rules.find(({rulePriority}) => rulePriority === acts[digest])
    if (action === undefined) return undefined
    return {fate: action.action.type === 'expire' ? 'expire' : 'archive', rule: action.rulePriority}
  })
  untilNothingMoreGoes(({subject, storageClass, restoring}) => {
    const leader = subject === undefined ? undefined : going[subject]
    if (subject === undefined || leader === undefined || restoring === true) return undefined
    if (leader.fate === 'archive' && storageClass === 'archive') return undefined
    return {fate: leader.fate, rule: leader.rule, follows: subject}
  })
  return going
}

/** What daily runs do, the first of them now and the last so many days later: of each run, what goes. */
export function referenceRuns(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  now: number,
  days: number,
): readonly ReferenceRun[] {
  let present = images
  return Array.from({length: days + 1}, (_, day) => {
    const at = now + day * 86_400_000
    const going = referenceRun(rules, present, at)
    present = present
      .filter(({digest}) => going[digest]?.fate !== 'expire')
      .map(image => (image.digest in going ? {...image, storageClass: 'archive', archivedAt: at} : image))
    return going
  })
}

/** The place of an image in each count rule that selects it, by priority: the rule, the place, how many it selects. */
export function referenceRanks(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  image: RepositoryImage,
): readonly (readonly [number, number, number])[] {
  return rules
    .toSorted((a, b) => a.rulePriority - b.rulePriority)
    .filter(({selection}) => selection.countType === 'imageCountMoreThan')
    .map(rule => ({rule, mine: selected(rule, images)}))
    .filter(({mine}) => mine.includes(image))
    .map(({rule, mine}) => [
      rule.rulePriority,
      mine.filter(other => isNewer(other, image)).length + 1,
      mine.length,
    ])
}

/** The rule of the highest priority that selects an image. */
export function referenceRule(
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  image: RepositoryImage,
): number | undefined {
  const selecting = rules.filter(rule => selected(rule, images).includes(image))
  return selecting.length === 0 ? undefined : Math.min(...selecting.map(({rulePriority}) => rulePriority))
}

function selected({selection}: LifecycleRule, images: readonly LifecycleImage[]): readonly LifecycleImage[] {
  return images.filter(({tags, storageClass, subject, restoring}) => {
    if (restoring === true) return false
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
  const [timeA, timeB] = [a, b].map(({storageClass, archivedAt, activatedAt, pushedAt}) =>
    storageClass === 'archive' ? (archivedAt ?? 0) : (activatedAt ?? pushedAt),
  ) as [number, number]
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
