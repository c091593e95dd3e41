import type {ImageContent, InventorySource, RepositoryInventory} from '../ecr/inventory/model.ts'
import {GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {isIndexType} from '../oci/media-types.ts'
import {dayMs} from './clocks.ts'
import {judge} from './judge.ts'
import {lifecycleImages} from './lifecycle-images.ts'
import {countsPulls, type PolicyPair} from './plan-policies.ts'
import type {PreviewLook} from './preview-comparison.ts'

/** How much a look may ask for. */
export interface LookOptions {
  /** Whether ECR's preview is compared. */
  readonly preview: boolean
  /** Whether all manifests are read, to tell which bytes go; undefined: unless that may count as pulls that a rule counts. */
  readonly bytes: boolean | undefined
  readonly days: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Whether reading a manifest may count as a pull. */
  readonly countsAsPull: () => Promise<boolean>
}

export interface Look {
  readonly contents: ReadonlyMap<Digest, ImageContent>
  readonly preview: PreviewLook
  readonly warnings: readonly string[]
}

/**
 * Asks what a plan needs besides the inventory, and no more: manifests only where something goes, a preview only where
 * there are a policy and images.
 *
 * @throws whatever reading manifests throws; a preview that fails is skipped, and the reason is told.
 */
export async function lookAt(
  source: InventorySource,
  inventory: RepositoryInventory,
  policies: PolicyPair,
  options: LookOptions,
): Promise<Look> {
  // First, because reading manifests may count as pulls (unconfirmed), and the preview would see those.
  const {preview, failed} = await lookAtPreview(source, inventory, policies, options)
  if (!mayGo(source.takenAt, inventory, policies, options))
    return {contents: new Map(), preview, warnings: failed}
  const delays = countsPulls(policies) && (await options.countsAsPull())
  if (delays && options.bytes !== true) return {contents: new Map(), preview, warnings: [...failed, notRead]}
  const contents = await readContents(source, inventory, options.bytes ?? true)
  return {contents, preview, warnings: delays ? [...failed, readAllTheSame] : failed}
}

const notRead =
  'A rule counts pulls, and reading manifests may count as one (unconfirmed): none was read, so bytes are not known, and images that an index keeps may be among what is told to go. Exclude your role from pull times (aws ecr register-pull-time-update-exclusion), or give --bytes.'
const readAllTheSame =
  'A rule counts pulls, and manifests were read, which may count as one (unconfirmed). Exclude your role from pull times (aws ecr register-pull-time-update-exclusion), or give --no-bytes.'

/** Without what indexes list, so that at most too much seems to go; and the more the later, for only ages change. */
function mayGo(
  now: number,
  {images}: RepositoryInventory,
  {today, next}: PolicyPair,
  {days}: LookOptions,
): boolean {
  if (images.length === 0) return false
  const plain = lifecycleImages(images, new Map())
  const time = now + Math.max(days, 1) * dayMs
  return [...new Set([today, next])].some(rules => judge(rules, plain, time).departures.length > 0)
}

/** What every index lists; and of all others what they consist of, when that can be known of all. */
async function readContents(
  source: InventorySource,
  inventory: RepositoryInventory,
  bytes: boolean,
): Promise<ReadonlyMap<Digest, ImageContent>> {
  const {images} = inventory
  const indexes = images.filter(({mediaType}) => isIndexType(mediaType))
  const others = images.filter(({mediaType}) => !isIndexType(mediaType))
  const read = async (some: typeof images) =>
    some.length === 0
      ? new Map<Digest, ImageContent>()
      : await source.contents(
          inventory,
          some.map(({digest}) => digest),
        )
  const lists = await read(indexes)
  if (!bytes) return lists
  // One archived image whose manifest cannot be read leaves all bytes unknown: then the others need not be read.
  const archived = others.filter(({status}) => status === 'archived')
  const kept = await read(archived)
  if (archived.some(({digest}) => !kept.has(digest))) return lists
  const rest = await read(others.filter(({status}) => status !== 'archived'))
  return new Map([...lists, ...kept, ...rest])
}

/** @returns the preview, and what is to be said of one that was wanted and could not be had. */
async function lookAtPreview(
  source: InventorySource,
  inventory: RepositoryInventory,
  {change: {after}}: PolicyPair,
  {preview, now, signal}: LookOptions,
): Promise<{readonly preview: PreviewLook; readonly failed: readonly string[]}> {
  const skipped = (reason: string, failed: readonly string[] = []) =>
    ({preview: {kind: 'skipped', reason}, failed}) as const
  if (!preview) return skipped('not asked for')
  if (source.preview === undefined) return skipped('a recorded inventory has none')
  if (after === null) return skipped('there is no policy')
  if (inventory.images.length === 0) return skipped('there are no images')
  const from = now()
  try {
    const seen = await source.preview(inventory, after)
    return {preview: {kind: 'seen', preview: seen, from, to: now()}, failed: []}
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GantryError) || error.exitCode === 1) throw error
    return skipped(error.message, [`ECR's own preview was not compared: ${error.message}`])
  }
}
