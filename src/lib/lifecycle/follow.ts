import {letsGo} from './settle.ts'
import type {Departure, RepositoryImage} from './verdict.ts'

/** A referrer that cannot follow its subject while these indexes list it. */
export interface Held<I> {
  readonly image: I
  /** What it would follow. */
  readonly subject: Departure<I>
  readonly indexes: readonly string[]
}

/** How images of a repository name each other. */
export interface Relations<I> {
  indexesOf(digest: string): readonly I[]
  referrersOf(digest: string): readonly I[]
}

/**
 * Which images go because what they refer to goes, referrers of referrers too: a policy expires or archives them within 24
 * hours of their subject (ECR user guide, LifecyclePolicies). That an index which stays keeps them as it keeps others is
 * unconfirmed.
 *
 * @param acted what the policy's rules do.
 * @returns those that go, each after its subject, and those that are kept from it.
 */
export function follow<I extends RepositoryImage>(
  acted: readonly Departure<I>[],
  relations: Relations<I>,
): {readonly following: readonly Departure<I>[]; readonly held: readonly Held<I>[]} {
  const going = new Map(acted.map(departure => [departure.image.digest, departure]))
  const held = new Map<string, Held<I>>()
  const following: Departure<I>[] = []
  const tryToFollow = (image: I, subject: Departure<I>): void => {
    const {fate, rule} = subject
    if (going.has(image.digest) || image.restoring === true) return
    if (fate === 'archive' && image.storageClass === 'archive') return
    const inTheWay = relations
      .indexesOf(image.digest)
      .filter(index => !letsGo(index, going.get(index.digest)?.fate, fate))
    if (inTheWay.length > 0) {
      held.set(image.digest, {image, subject, indexes: inTheWay.map(({digest}) => digest)})
      return
    }
    held.delete(image.digest)
    const departure = {image, fate, rule, follows: subject.image.digest}
    going.set(image.digest, departure)
    following.push(departure)
  }
  const followEach = (departure: Departure<I>): void => {
    for (const referrer of relations.referrersOf(departure.image.digest)) tryToFollow(referrer, departure)
    for (const child of departure.image.children ?? []) {
      const waiting = held.get(child)
      if (waiting !== undefined) tryToFollow(waiting.image, waiting.subject)
    }
  }
  for (const departure of acted) followEach(departure)
  // Grows while it is walked.
  for (const departure of following) followEach(departure)
  return {following, held: [...held.values()]}
}
