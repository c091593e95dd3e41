import {dayMs} from '../../lifecycle/clocks.ts'
import {judge} from '../../lifecycle/judge.ts'
import type {LifecycleRule} from '../../lifecycle/policy.ts'
import type {Departure} from '../../lifecycle/verdict.ts'
import {isTagImmutable} from '../../oci/tag-mutability.ts'
import {evidenceOf} from './evidence.ts'
import type {RouteDoubt} from './finding.ts'
import type {LintedImages, LintedRepository, LintedRoute, SizedImage} from './route.ts'
import {frozenTags} from './settings.ts'

/** By then a rule of a day has acted: policies do within a day of when they may (ECR user guide, LifecyclePolicies). */
const soonMs = 2 * dayMs
/** How long an image that arrived without its tag should stay, for somebody to find it. */
const untaggedMs = 30 * dayMs

/** What the lifecycle policy of the destination does to copies that the source keeps. */
export function lifecycleDoubts(
  {destination: {label}}: LintedRoute,
  repository: LintedRepository,
): RouteDoubt[] {
  const {images} = repository
  if (images === undefined || images.destinationRules.length === 0) return []
  return [...takenCopies(label, repository, images), ...lostUntagged(label, repository, images)]
}

function takenCopies(label: string, repository: LintedRepository, images: LintedImages): RouteDoubt[] {
  const then = images.now + soonMs
  const goingAtSource = new Set(
    judge(images.sourceRules, images.source, then).departures.map(({image}) => image.digest),
  )
  const kept = images.source.filter(
    ({digest, tags, storageClass}) =>
      tags.length > 0 && storageClass === 'standard' && !goingAtSource.has(digest),
  )
  const departures = new Map(
    judge(images.destinationRules, arrived(repository, images), then).departures.map(each => [
      each.image.digest,
      each,
    ]),
  )
  const taken = kept.filter(({digest}) => departures.has(digest))
  const [newest] = kept.toSorted((one, other) => other.pushedAt - one.pushedAt)
  if (newest === undefined || taken.length === 0) return []
  const takesNewest = departures.has(newest.digest)
  const rules = rulesOf(taken.flatMap(({digest}) => departures.get(digest) ?? []))
  return [
    {
      code: 'lifecycle-takes-copies',
      severity: takesNewest ? 'error' : 'warning',
      message: `${ruleWords(rules)} of the lifecycle policy at ${label} ${rules.length === 1 ? 'takes' : 'take'} ${amount(taken.length)} that the source keeps${takesNewest ? ', the newest among them' : ''}.`,
      fix: 'Let the policy there keep what the one at the source keeps, or do not count on those copies.',
      evidence: evidenceOf(taken),
    },
  ]
}

/** An image whose tag is immutable there arrives without it, and a rule for untagged images takes it. */
function lostUntagged(label: string, repository: LintedRepository, images: LintedImages): RouteDoubt[] {
  if (frozenTags(repository).length === 0) return []
  const {now} = images
  const arrival: SizedImage = {digest: 'arrival', tags: [], storageClass: 'standard', pushedAt: now, size: 0}
  const then = judge(images.destinationRules, [...arrived(repository, images), arrival], now + untaggedMs)
  const departure = then.departures.find(({image}) => image.digest === arrival.digest)
  if (departure === undefined) return []
  return [
    {
      code: 'untagged-copies-expire',
      severity: 'error',
      message: `An image whose tag is immutable at ${label} arrives there without it, and ${ruleWords([departure.rule]).toLowerCase()} of the lifecycle policy there takes it within 30 days.`,
      fix: 'Make the tags immutable at the source, too, or exclude them from immutability at the destination.',
    },
  ]
}

/** The destination's images as they are when all of the source's have arrived now, with the tags that they get there. */
function arrived({destination}: LintedRepository, images: LintedImages): readonly SizedImage[] {
  const there = new Set(images.destination.map(({digest}) => digest))
  const held = new Set(images.destination.flatMap(({tags}) => tags))
  const mayTake = (tag: string) => !held.has(tag) || destination === null || !isTagImmutable(destination, tag)
  // They come in the order in which they were pushed.
  const coming = images.source
    .filter(({digest, storageClass}) => !there.has(digest) && storageClass === 'standard')
    .toSorted((one, another) => another.pushedAt - one.pushedAt)
    .map(({pulledAt: _pulled, activatedAt: _activated, ...image}, index) => ({
      ...image,
      tags: image.tags.filter(mayTake),
      pushedAt: images.now - index,
    }))
  const moved = new Set(coming.flatMap(({tags}) => tags))
  return [
    ...images.destination.map(image => ({...image, tags: image.tags.filter(tag => !moved.has(tag))})),
    ...coming,
  ]
}

function rulesOf(departures: readonly Departure<SizedImage>[]): LifecycleRule[] {
  return [...new Set(departures.map(({rule}) => rule))].toSorted(
    (one, other) => one.rulePriority - other.rulePriority,
  )
}

function ruleWords(rules: readonly LifecycleRule[]): string {
  const names = rules.map(({rulePriority}) => rulePriority)
  return names.length === 1 ? `Rule ${names[0]}` : `Rules ${names.join(', ')}`
}

function amount(number: number): string {
  return number === 1 ? '1 image' : `${number} images`
}
