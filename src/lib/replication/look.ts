import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import type {Digest} from '../oci/digest.ts'
import {type Holding, readHolding, type SoughtAfter, type Unreadable} from './actual.ts'
import {absentOf, type Classified, classify, isWhole} from './classify.ts'
import type {Ends} from './ends.ts'
import type {Destination, ReplicationClass} from './model.ts'
import {type Report, type Reported, readReport} from './reported.ts'
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

export interface LookOptions extends Ends {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Ask the source about every image, also where everything is there. */
  readonly thorough: boolean
}

/** What is there without an answer of ECR that says why: it may have changed between the two questions. */
const doubtful: ReadonlySet<ReplicationClass> = new Set(['missing', 'older', 'drifted', 'untagged'])

/**
 * Looks how images stand at their destinations, in as few requests as can be: the destinations are asked first, for many
 * images at once, and the source, which takes one call an image, about those of which something is not there. No
 * destination waits for another.
 *
 * @throws the reason of the run's end.
 */
export async function look(
  subjects: readonly Subject[],
  options: LookOptions,
): Promise<ReadonlyMap<Subject, Classified>> {
  const reports: Reports = new Map()
  const places = Map.groupBy(
    subjects,
    ({destination, repository}) => `${destination.registry.host}/${repository}`,
  )
  const judged = await Promise.all([...places.values()].map(group => lookAtPlace(group, reports, options)))
  return new Map(judged.flatMap(each => [...each]))
}

/** What the source says of images, each asked about once, by registry, repository and digest. */
type Reports = Map<string, Promise<Report>>

/** All that is looked for in one repository of a destination. */
async function lookAtPlace(
  subjects: readonly Subject[],
  reports: Reports,
  options: LookOptions,
): Promise<ReadonlyMap<Subject, Classified>> {
  const judgeAll = (group: readonly Subject[], held: Holding | Unreadable) =>
    Promise.all(group.map(async each => [each, await judge(each, held, reports, options)] as const))
  const judged = new Map(await judgeAll(subjects, await held(subjects, () => [], options)))
  const doubted = subjects.filter(each => doubtful.has(judged.get(each)?.status.class ?? 'in-sync'))
  if (doubted.length === 0) return judged
  const again = await judgeAll(doubted, await held(doubted, ({image}) => image.tags, options))
  return new Map([...judged, ...again])
}

async function held(
  subjects: readonly Subject[],
  tagsOf: (subject: Subject) => readonly string[],
  ends: Ends,
): Promise<Holding | Unreadable> {
  const [first] = subjects
  if (first === undefined) throw new TypeError('a place has images')
  const {target, repository} = first
  if ('kind' in target) return target
  const digests = subjects.flatMap(({image}) => [image.digest, ...image.parts.map(digestOf)])
  const sought: SoughtAfter = {digests: [...new Set(digests)], tags: [...new Set(subjects.flatMap(tagsOf))]}
  return readHolding(target, repository, sought, ends)
}

/**
 * The source is asked about the image, and then about what else is missing of it where the first answer leaves that open;
 * about nothing when nothing is missing, unless it is to be asked about everything.
 */
async function judge(
  {image, source, repository, destination}: Subject,
  there: Holding | Unreadable,
  reports: Reports,
  options: LookOptions,
): Promise<Classified> {
  const known = new Map<Digest, Reported>()
  const ask = async (digest: Digest): Promise<Reported> => {
    const key = `${source.registry.host}/${repository}@${digest}`
    const report = reports.get(key) ?? readReport(source.api, repository, digest, options)
    reports.set(key, report)
    const reported = (await report)(destination.registry)
    known.set(digest, reported)
    return reported
  }
  if (options.thorough) {
    await Promise.all([image.digest, ...image.parts.map(digestOf)].map(ask))
  } else if (!isWhole(image, there)) {
    const absent = absentOf(image, there)
    const root = await ask(image.digest)
    const hasFailed = root.kind === 'said' && root.status === 'FAILED'
    const isUnheardOf = root.kind === 'silent' && absent.includes(image.digest)
    if (!hasFailed && !isUnheardOf) await Promise.all(absent.map(ask))
  }
  return classify(image, there, digest => known.get(digest) ?? {kind: 'not-asked'}, options.now())
}

function digestOf({digest}: SourceImage['parts'][number]): Digest {
  return digest
}
