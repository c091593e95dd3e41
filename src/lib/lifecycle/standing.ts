import {type Candidate, candidate, candidatesOf, type Selecting, selectingOf} from './candidates.ts'
import type {Decision} from './evaluate.ts'
import {follow, type Held} from './follow.ts'
import type {LifecycleRule} from './policy.ts'
import {indexesAmong, referrersAmong} from './relations.ts'
import {type Blocked, fateOf, settle} from './settle.ts'
import type {Departure, RepositoryImage} from './verdict.ts'

const none: readonly never[] = []

/** What one run of a policy does. */
export interface Run<I> {
  /** An index before what it lists, a subject before its referrers. */
  readonly departures: readonly Departure<I>[]
  readonly blocked: readonly Blocked<I>[]
  readonly held: readonly Held<I>[]
}

/** The images of a repository under a policy, while runs of the policy take some away. */
export class Standing<I extends RepositoryImage> {
  /** Images that take part by themselves, before any run: the newest first. */
  readonly candidates: readonly Candidate<I>[]
  readonly #selecting: Selecting
  readonly #indexes: ReadonlyMap<string, readonly I[]>
  readonly #referrers: ReadonlyMap<string, readonly I[]>
  /** Images that were archived since, and undefined for those that expired. */
  readonly #changed = new Map<string, I | undefined>()

  constructor(rules: readonly LifecycleRule[], images: readonly I[]) {
    this.#selecting = selectingOf(rules)
    this.#indexes = indexesAmong(images)
    this.#referrers = referrersAmong(images)
    this.candidates = candidatesOf(this.#selecting, images)
  }

  /** Indexes that list an image. */
  indexesOf(digest: string): readonly I[] {
    return this.#present(this.#indexes.get(digest))
  }

  /** Images that refer to an image. */
  referrersOf(digest: string): readonly I[] {
    return this.#present(this.#referrers.get(digest))
  }

  /**
   * Says what a run of the policy does, without doing it.
   *
   * @param decisions those of the rules, older images first.
   */
  run(decisions: readonly Decision<I>[]): Run<I> {
    const {carriedOut, blocked} = settle(decisions, digest => this.indexesOf(digest))
    const acted = carriedOut.map(({image, rule, action}) => ({image, fate: fateOf(action), rule}))
    const {following, held} = this.#referrers.size === 0 ? {following: [], held: []} : follow(acted, this)
    return {departures: [...acted, ...following], blocked, held}
  }

  /**
   * Does what a run does.
   *
   * @param at milliseconds since the epoch.
   * @returns images that take part by themselves from now on.
   */
  carryOut(departures: readonly Departure<I>[], at: number): readonly Candidate<I>[] {
    const joining: I[] = []
    for (const {image, fate, follows} of departures) {
      const archived =
        fate === 'archive' ? {...image, storageClass: 'archive' as const, archivedAt: at} : undefined
      this.#changed.set(image.digest, archived)
      if (archived !== undefined && follows === undefined) joining.push(archived)
    }
    // Whatever an index keeps from following its subject is an image like any other from now on.
    for (const {image, fate} of departures)
      if (fate === 'expire')
        for (const referrer of this.referrersOf(image.digest))
          if (referrer.restoring !== true) joining.push(referrer)
    return joining.map(image => candidate(this.#selecting, image))
  }

  #present(images: readonly I[] = none): readonly I[] {
    if (this.#changed.size === 0) return images
    return images.flatMap(image =>
      this.#changed.has(image.digest) ? (this.#changed.get(image.digest) ?? []) : image,
    )
  }
}
