import type {LifecycleRule} from '../policy.ts'
import {forEachRule} from './checks.ts'
import {type Marks, marksOf} from './marks.ts'
import {decidedBy, entriesOf, isShield, selectsAllTagged} from './selections.ts'
import type {Doubt, HeldImage, LintedRepository, LintRule, LintSubject} from './subject.ts'
import {isPassing, isReleaseLike} from './tag-words.ts'
import {amount, evidenceOf} from './words.ts'

/** Rules that keep a number of images, and how many releases that leaves to go back to. */
export const countRules: readonly LintRule[] = [
  {
    code: 'shallow-rollback',
    severity: 'warning',
    summary: 'A rule keeps fewer releases than a rollback needs.',
    check: forEachRule(shallowRollback),
  },
  {
    code: 'crowded-count',
    severity: 'note',
    summary:
      'Parts of multi-arch images, builds of pull requests or others take the places that a rule keeps.',
    check: forEachRule(crowdedCount),
  },
]

function shallowRollback(
  rule: LifecycleRule,
  {rollbackDepth, repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  if (!isCount(rule) || rule.selection.countNumber >= rollbackDepth) return undefined
  const {tagStatus, countNumber} = rule.selection
  const entries = entriesOf(rule.selection)
  const isMeant =
    tagStatus === 'any' || (tagStatus === 'tagged' && entries.some(({text}) => isReleaseLike(text)))
  if (!isMeant) return undefined
  const released = repository === undefined ? undefined : releasesIn(marksOf(rule, repository).marked)
  const goes =
    released === undefined || released.length === 0
      ? ''
      : `, and ${amount(released.length, 'release')} would go now`
  return {
    message: `The rule keeps ${amount(countNumber, 'image')}${goes}: fewer than the ${rollbackDepth} releases that there should be to go back to.`,
    fix: `Raise countNumber to ${rollbackDepth} or more.`,
    ...(released === undefined ? {} : {evidence: evidenceOf(released)}),
  }
}

function crowdedCount(
  rule: LifecycleRule,
  {rules, rollbackDepth, repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  const {countNumber} = rule.selection
  if (repository === undefined || !isCount(rule) || countNumber < rollbackDepth) return undefined
  if (!selectsAllTagged(rule)) return undefined
  const marks = marksOf(rule, repository)
  // A rule with places to spare takes nothing away.
  if (marks.kept.length < countNumber) return undefined
  const places = placesOf(marks, new Set(decidedBy(rule, rules ?? [], repository.images)), repository)
  const taken = countNumber - places.releases.length
  if (places.known === 0 || (places.releases.length >= rollbackDepth && taken * 2 < countNumber))
    return undefined
  const isShallow = places.releases.length < rollbackDepth
  const share = Math.round((100 * taken) / countNumber)
  const enough = Math.ceil((rollbackDepth * countNumber) / Math.max(1, places.releases.length))
  return {
    message: `${share} % of the ${countNumber} images that the rule keeps are no releases (${places.takers}): ${amount(places.releases.length, 'release')} left to go back to.`,
    fix: isShallow
      ? `Give releases a higher rule of their own, or raise countNumber to ${enough} or more.`
      : 'Give releases a higher rule of their own.',
    evidence: evidenceOf(places.releases),
    severity: isShallow ? 'warning' : 'note',
  }
}

/** Who has the places of a count rule. Rules count images that higher rules decide about, too. */
function placesOf({kept, marked}: Marks, decided: ReadonlySet<HeldImage>, {images}: LintedRepository) {
  const listed = new Set(images.flatMap(({children = []}) => children))
  const isOwn = (image: HeldImage) => decided.has(image)
  const releases = releasesIn(kept.filter(isOwn))
  const takers = [
    [
      kept.filter(({tags, digest}) => tags.length === 0 && listed.has(digest)).length,
      'part of a multi-arch image',
    ],
    [kept.filter(({tags, digest}) => tags.length === 0 && !listed.has(digest)).length, 'without a tag'],
    [
      kept.filter(image => image.tags.length > 0 && isOwn(image)).length - releases.length,
      'of a branch or pull request',
    ],
    [kept.filter(image => image.tags.length > 0 && !isOwn(image)).length, 'of higher rules'],
  ] as const
  return {
    releases,
    /** Releases that there are, those that go now included. */
    known: releases.length + releasesIn(marked.filter(isOwn)).length,
    takers: takers.flatMap(([number, who]) => (number > 0 ? [`${number} ${who}`] : [])).join(', '),
  }
}

function releasesIn(images: readonly HeldImage[]): readonly HeldImage[] {
  return images.filter(({tags}) => tags.some(tag => !isPassing(tag)))
}

function isCount(rule: LifecycleRule): boolean {
  return rule.selection.countType === 'imageCountMoreThan' && !isShield(rule)
}
