import type {ImageContent, ImageRecord, RepositoryInventory} from '../ecr/inventory/model.ts'
import type {Digest} from '../oci/digest.ts'
import {dayMs} from './clocks.ts'
import {evidenceByImage} from './endangered.ts'
import {departureSentence} from './explain.ts'
import {type ForecastDeparture, forecast} from './forecast.ts'
import {judge} from './judge.ts'
import {lifecycleImages} from './lifecycle-images.ts'
import {outlookOf, type Stock} from './outlook.ts'
import type {EndangeredImage, PlannedDeparture, Protection, RepositoryPlan} from './plan-model.ts'
import type {PolicyPair} from './plan-policies.ts'
import type {LifecycleRule} from './policy.ts'
import {comparePreview, type PreviewLook} from './preview-comparison.ts'
import type {StorageRates} from './storage-cost.ts'
import {unreadIndexes, unreadWarnings} from './unread-indexes.ts'
import type {RepositoryImage} from './verdict.ts'

/** Everything that the plan of a repository depends on. Times are milliseconds since the epoch. */
export interface PlanBasis {
  readonly inventory: RepositoryInventory
  /** What manifests say, as far as they were read; without what an index lists, more may be told to go than does. */
  readonly contents: ReadonlyMap<Digest, ImageContent>
  readonly policies: PolicyPair
  readonly protection: Protection
  readonly rates: StorageRates
  readonly preview: PreviewLook
  readonly now: number
  readonly days: number
  /** When the plan expires: what goes by then are its parts. */
  readonly expiresAt: number
}

type Going = ForecastDeparture<RepositoryImage>

/** Says what the lifecycle policy of a repository does, as it will be and as it is today. Pure. */
export function planRepository(basis: PlanBasis): RepositoryPlan {
  const {inventory, contents, policies, rates, preview, now, days, expiresAt} = basis
  const {change, today, next} = policies
  const images = lifecycleImages(inventory.images, contents)
  const horizon = Math.max(days, Math.ceil((expiresAt - now) / dayMs), 0)
  const foreseen = forecast(next, images, now, horizon)
  const before = next === today ? foreseen : forecast(today, images, now, horizon)
  const until = now + days * dayMs
  const going = foreseen.filter(({at}) => at <= until)
  const goingToday = before.filter(({at}) => at <= until)
  const stock = {images: inventory.images, contents, rates}
  const outlooks = outlooksOf(foreseen, stock, now, until)
  const unread = unreadIndexes(inventory.images, contents)
  return {
    registry: inventory.registry,
    repository: inventory.name,
    change,
    images: countImages(inventory.images),
    ...outlooks,
    today: before === foreseen ? outlooks : outlooksOf(before, stock, now, until),
    departures: plannedDepartures(going, {next, images, now, records: inventory.images}),
    parts: foreseen.filter(({at}) => at <= expiresAt).map(({fate, image}) => `${fate} ${image.digest}`),
    endangered: endangeredImages(going, goingToday, evidenceByImage(inventory, images, basis.protection)),
    preview: comparePreview(preview, next, images, unread.length > 0),
    warnings: going.length + goingToday.length > 0 ? unreadWarnings(unread) : [],
  }
}

function outlooksOf(foreseen: readonly Going[], stock: Stock, now: number, until: number) {
  return {now: outlookOf(foreseen, now, stock), within: outlookOf(foreseen, until, stock)}
}

function countImages(images: readonly ImageRecord[]): {standard: number; archived: number} {
  const archived = images.filter(({status}) => status === 'archived').length
  return {standard: images.length - archived, archived}
}

interface Told {
  readonly next: readonly LifecycleRule[]
  readonly images: readonly RepositoryImage[]
  readonly records: readonly ImageRecord[]
  readonly now: number
}

function plannedDepartures(
  going: readonly Going[],
  {next, images, records, now}: Told,
): readonly PlannedDeparture[] {
  if (going.length === 0) return []
  const judgement = judge(next, images, now)
  const imageOf = new Map(images.map(image => [image.digest, image]))
  const recordOf = new Map<string, ImageRecord>(records.map(record => [record.digest, record]))
  return going.flatMap(departure => {
    const {fate, rule, follows, at} = departure
    const [image, record] = [imageOf.get(departure.image.digest), recordOf.get(departure.image.digest)]
    if (image === undefined || record === undefined) return []
    return {
      digest: record.digest,
      tags: record.tags,
      fate,
      rulePriority: rule.rulePriority,
      at: timeOf(at),
      why: departureSentence(departure, judgement.verdictOf(image), now),
      pushedAt: timeOf(record.pushedAt),
      size: record.size,
      follows: follows === undefined ? null : (follows as Digest),
    }
  })
}

/** Once for an image: the first that happens to it, under the new policy where that takes it. */
function endangeredImages(
  going: readonly Going[],
  goingToday: readonly Going[],
  evidence: ReadonlyMap<string, readonly string[]>,
): readonly EndangeredImage[] {
  if (evidence.size === 0) return []
  const underNew = new Set(going.map(({image}) => image.digest))
  const underToday = new Set(goingToday.map(({image}) => image.digest))
  const told = new Set<string>()
  return [...going, ...goingToday].flatMap(({image: {digest, tags}, fate, rule, at}) => {
    const because = evidence.get(digest)
    if (because === undefined || told.has(digest)) return []
    told.add(digest)
    const under = !underNew.has(digest) ? 'today' : underToday.has(digest) ? 'both' : 'new'
    return {
      digest: digest as Digest,
      tags,
      under,
      fate,
      rulePriority: rule.rulePriority,
      at: timeOf(at),
      evidence: because,
    }
  })
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString()
}
