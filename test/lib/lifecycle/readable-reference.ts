import type {LifecycleImage} from '../../../src/lib/lifecycle/clocks.ts'

interface WrittenRule {
  readonly tags?: string
  readonly anyOf?: readonly string[]
  readonly allOf?: readonly string[]
  readonly untagged?: true
  readonly any?: true
  readonly except?: readonly string[]
  readonly keepLast?: number
  readonly olderThan?: string
  readonly notPulledFor?: string
  readonly thenExpireAfter?: string
}

/** A file with readable rules. */
export interface ReadableFile {
  readonly keep?: readonly WrittenRule[]
  readonly expire?: readonly WrittenRule[]
  readonly archive?: readonly WrittenRule[]
}

/** What becomes of images that do not stay, by digest. */
export type Fates = Readonly<Record<string, 'expire' | 'archive'>>

/**
 * What `docs/repos-yaml.md` says that readable rules do, slowly, one image and one rule at a time: what `keep` names stays;
 * of the others each goes by the first rule that names it, unless that rule excepts it.
 */
export function readSlowly(file: ReadableFile, images: readonly LifecycleImage[], now: number): Fates {
  const fates: Record<string, 'expire' | 'archive'> = {}
  for (const image of images) {
    if (keeps(file, image)) continue
    const steps = stepsFor(file, image)
    const step = steps.find(({rule}) => names(rule, image))
    if (step === undefined || someTag(image, step.rule.except ?? [])) continue
    const alike = images.filter(other => other.storageClass === image.storageClass && names(step.rule, other))
    if (goes(step.rule, image, alike, now)) fates[image.digest] = step.fate
  }
  return fates
}

export function keeps({keep = []}: ReadableFile, image: LifecycleImage): boolean {
  return keep.some(rule => names(rule, image))
}

interface Step {
  readonly rule: WrittenRule
  readonly fate: 'expire' | 'archive'
}

/** The rules for images where this one is, each with one pattern of `anyOf`; those for any image last. */
function stepsFor(
  {expire = [], archive = []}: ReadableFile,
  {storageClass}: LifecycleImage,
): readonly Step[] {
  const isArchived = storageClass === 'archive'
  const steps: readonly Step[] = isArchived
    ? archive.filter(rule => rule.thenExpireAfter !== undefined).map(rule => ({rule, fate: 'expire'}))
    : [
        ...expire.map(rule => ({rule, fate: 'expire'}) as const),
        ...archive.map(rule => ({rule, fate: 'archive'}) as const),
      ]
  const single = steps.flatMap(({rule: {anyOf, ...rule}, fate}) =>
    anyOf === undefined ? [{rule, fate}] : anyOf.map(tags => ({rule: {...rule, tags}, fate})),
  )
  return [...single.filter(({rule}) => !rule.any), ...single.filter(({rule}) => rule.any)]
}

function names({tags, anyOf, allOf, untagged}: WrittenRule, image: LifecycleImage): boolean {
  if (tags !== undefined) return someTag(image, [tags])
  if (anyOf !== undefined) return someTag(image, anyOf)
  if (allOf !== undefined) return allOf.every(pattern => someTag(image, [pattern]))
  return untagged === undefined || image.tags.length === 0
}

function goes(
  rule: WrittenRule,
  image: LifecycleImage,
  alike: readonly LifecycleImage[],
  now: number,
): boolean {
  const olderThan = (time: number | undefined, duration: string) =>
    time !== undefined && now - time > daysOf(duration) * 86_400_000
  if (image.storageClass === 'archive') return olderThan(image.archivedAt, rule.thenExpireAfter ?? '')
  if (rule.olderThan !== undefined) return olderThan(image.pushedAt, rule.olderThan)
  if (rule.notPulledFor !== undefined) return olderThan(image.pulledAt ?? image.pushedAt, rule.notPulledFor)
  return alike.filter(other => isNewer(other, image)).length >= (rule.keepLast ?? 0)
}

/** Which of two of one moment is the newer is unconfirmed: by digest, as the evaluation has it. */
function isNewer(a: LifecycleImage, b: LifecycleImage): boolean {
  return a.pushedAt === b.pushedAt ? a.digest < b.digest : a.pushedAt > b.pushedAt
}

function daysOf(duration: string): number {
  return Number.parseInt(duration, 10) * (duration.endsWith('w') ? 7 : 1)
}

function someTag({tags}: LifecycleImage, patterns: readonly string[]): boolean {
  return patterns.some(pattern => tags.some(tag => matches(pattern, tag)))
}

/** By trying every place at which `*` may end. */
function matches(pattern: string, tag: string): boolean {
  const [first] = pattern
  if (first === undefined) return tag === ''
  const rest = pattern.slice(1)
  if (first !== '*') return tag.startsWith(first) && matches(rest, tag.slice(1))
  return Array.from({length: tag.length + 1}, (_, end) => end).some(end => matches(rest, tag.slice(end)))
}
