import {dueOf} from './due.ts'
import {decide} from './evaluate.ts'
import type {LifecycleRule} from './policy.ts'
import {Ranking} from './ranks.ts'
import {subjectsAmong} from './relations.ts'
import {type Run, Standing} from './standing.ts'
import type {Departure, Reason, RepositoryImage, Verdict} from './verdict.ts'

/** What a policy does to the images of a repository at a moment, and why. */
export interface Judgement<I> {
  /**
   * At most one for an image, in the order of action: older images first, but an index before what it lists, and what
   * follows its subject last.
   */
  readonly departures: readonly Departure<I>[]
  /** @param image one of those that were judged. */
  verdictOf(image: I): Verdict<I>
}

/**
 * Says what a policy does to each image of a repository, and why.
 *
 * A referrer whose subject was archived before is none of the departures, though ECR archives it within a day: no rule of
 * the policy is the cause.
 *
 * @param images all of the repository, each digest once.
 * @param now milliseconds since the epoch.
 */
export function judge<I extends RepositoryImage>(
  rules: readonly LifecycleRule[],
  images: readonly I[],
  now: number,
): Judgement<I> {
  const standing = new Standing(rules, images)
  const run = standing.run(decide(standing.candidates, now))
  let verdictOf: Judgement<I>['verdictOf'] | undefined
  return {
    departures: run.departures,
    verdictOf: image => {
      // Most callers ask for no verdict, or for few.
      verdictOf ??= verdictsOf(images, standing, run)
      return verdictOf(image)
    },
  }
}

function verdictsOf<I extends RepositoryImage>(
  images: readonly I[],
  standing: Standing<I>,
  {departures, blocked, held}: Run<I>,
): Judgement<I>['verdictOf'] {
  const subjects = subjectsAmong(images)
  const ranking = new Ranking(standing.candidates)
  const going = new Map(departures.map(departure => [departure.image.digest, departure]))
  const listed = new Map([
    ...blocked.map(({decision: {image, rule}, indexes}) => [image.digest, {rule, indexes}] as const),
    ...held.map(
      ({image, subject, indexes}) =>
        [image.digest, {rule: subject.rule, indexes, subject: subject.image.digest}] as const,
    ),
  ])
  const circumstances = {
    decidingRule: (image: I) => ranking.candidateOf(leaderOf(image, subjects))?.rules[0],
    subjectOf: (image: I) => subjectOf(image, subjects),
    indexesOf: (digest: string) => standing.indexesOf(digest),
    isMarked: ({digest}: I) => going.has(digest) || listed.has(digest),
  }

  const reasonOf = (image: I, rule: LifecycleRule | undefined): Reason => {
    const inTheWay = listed.get(image.digest)
    if (inTheWay !== undefined) return {kind: 'listed', ...inTheWay}
    const subject = subjectOf(image, subjects)
    if (subject !== undefined) return {kind: 'follows', subject: subject.digest}
    if (rule === undefined) return {kind: 'unselected'}
    return {kind: going.has(image.digest) ? 'marked' : 'shielded', rule}
  }

  return image => {
    if (image.restoring === true)
      return {image, fate: null, reason: {kind: 'restoring'}, ranks: [], due: null}
    const candidate = ranking.candidateOf(image)
    return {
      image,
      fate: going.get(image.digest)?.fate ?? null,
      reason: reasonOf(image, candidate?.rules[0]),
      ranks: candidate === undefined ? [] : ranking.ranksOf(candidate),
      due: dueOf(image, circumstances),
    }
  }
}

function subjectOf<I extends RepositoryImage>({subject}: I, subjects: ReadonlyMap<string, I>): I | undefined {
  return subject === undefined ? undefined : subjects.get(subject)
}

/** What an image follows in the end: itself, when it refers to none that is there. */
function leaderOf<I extends RepositoryImage>(image: I, subjects: ReadonlyMap<string, I>): I {
  if (subjectOf(image, subjects) === undefined) return image
  const passed = new Set<I>()
  let leader = image
  for (
    let next: I | undefined = image;
    next !== undefined && !passed.has(next);
    next = subjectOf(next, subjects)
  ) {
    passed.add(next)
    leader = next
  }
  return leader
}
