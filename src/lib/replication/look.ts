import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {Digest} from '../oci/digest.ts'
import {type Holding, readHolding, type SoughtAfter, type Unreadable} from './actual.ts'
import {absentOf, type Classified, classify, isWhole} from './classify.ts'
import type {Destination, ReplicationClass} from './model.ts'
import {notAsked, type Report, readReport} from './reported.ts'
import type {SourceImage} from './source-images.ts'

/** An image at one destination, to be looked at. */
export interface Subject {
  readonly source: OpenRegistry
  readonly repository: string
  readonly image: SourceImage
  readonly destination: Destination
  /** The destination's registry, or why it is not open. */
  readonly target: OpenRegistry | Unreadable
}

export interface LookOptions {
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Ask the source about every image, also where everything is there. */
  readonly thorough: boolean
}

/** What is there without an answer of ECR that says why: it may have changed between the two questions. */
const doubtful: ReadonlySet<ReplicationClass> = new Set(['missing', 'older', 'drifted', 'untagged'])

/**
 * Looks how images stand at their destinations, in as few requests as can be: the destinations are asked first, for many
 * images at once, and the source, which takes one call an image, about those of which something is not there.
 *
 * @throws {GantryError} the reason of the abort signal.
 */
export async function look(
  subjects: readonly Subject[],
  options: LookOptions,
): Promise<ReadonlyMap<Subject, Classified>> {
  const first = await holdings(subjects, () => [], options)
  const asked = subjects.filter(each => options.thorough || !isWhole(each.image, heldBy(first, each)))
  const reports = await readReports(asked, first, options)
  const judge = (subject: Subject, held: Held): Classified =>
    classify(
      subject.image,
      heldBy(held, subject),
      digest => (reports.get(keyOf(subject, digest)) ?? notAsked)(subject.destination.registry),
      options.now(),
    )
  const judged = new Map(subjects.map(subject => [subject, judge(subject, first)]))

  const doubted = subjects.filter(subject => doubtful.has(judged.get(subject)?.status.class ?? 'in-sync'))
  const second = await holdings(doubted, ({image}) => image.tags, options)
  for (const subject of doubted) judged.set(subject, judge(subject, second))
  return judged
}

/** What destinations hold, by registry and repository. */
type Held = ReadonlyMap<string, Holding | Unreadable>

/** Each repository of a destination is asked once for everything that is looked for in it. */
async function holdings(
  subjects: readonly Subject[],
  tagsOf: (subject: Subject) => readonly string[],
  {signal}: LookOptions,
): Promise<Held> {
  const groups = Map.groupBy(subjects, placeOf)
  const found = await Promise.all(
    [...groups].map(async ([place, group]) => {
      const [first] = group
      if (first === undefined) throw new TypeError('a group has members')
      const {target, repository} = first
      if ('kind' in target) return [place, target] as const
      const sought: SoughtAfter = {
        digests: [...new Set(group.flatMap(({image}) => [image.digest, ...image.parts.map(partDigest)]))],
        tags: [...new Set(group.flatMap(tagsOf))],
      }
      return [place, await readHolding(target, repository, sought, signal)] as const
    }),
  )
  return new Map(found)
}

function heldBy(held: Held, subject: Subject): Holding | Unreadable {
  const found = held.get(placeOf(subject))
  if (found === undefined) throw new TypeError(`${placeOf(subject)} was not looked at`)
  return found
}

/** Asks about each image once, for all of its destinations, and about the parts that are missing somewhere. */
async function readReports(
  subjects: readonly Subject[],
  held: Held,
  {signal, thorough}: LookOptions,
): Promise<ReadonlyMap<string, Report>> {
  const reports = new Map<string, Promise<Report>>()
  for (const subject of subjects) {
    const {image, source, repository} = subject
    const there = heldBy(held, subject)
    const absent = there.kind === 'read' ? absentOf(image, there) : []
    const digests = thorough ? image.parts.map(partDigest) : absent
    for (const digest of [image.digest, ...digests]) {
      const key = keyOf(subject, digest)
      if (!reports.has(key)) reports.set(key, readReport(source.api, repository, digest, signal))
    }
  }
  return new Map(await Promise.all([...reports].map(async ([key, report]) => [key, await report] as const)))
}

function partDigest({digest}: SourceImage['parts'][number]): Digest {
  return digest
}

function placeOf({destination, repository}: Subject): string {
  return `${destination.registry.host}/${repository}`
}

/** An image of a repository of a source. */
function keyOf({source, repository}: Subject, digest: Digest): string {
  return `${source.registry.host}/${repository}@${digest}`
}
