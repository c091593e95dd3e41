import {createHash} from 'node:crypto'
import {GantryError, UsageError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import type {Caller} from '../../plan/document.ts'
import {type InventoryLine, inventoryVersion, isoTime, toErrorLine, toImageLine} from './file-lines.ts'
import {readInventoryFile} from './file-reader.ts'
import {warningsOf} from './find.ts'
import {
  type ImageContent,
  type InventoryRegistry,
  type InventorySource,
  isUnreadable,
  type RepositoryInventory,
  type UnreadableRepository,
} from './model.ts'
import {isSelected, readSelections} from './selection.ts'
import {surveyed} from './survey.ts'
import {writeLines} from './text-lines.ts'

export interface RecordingOptions {
  /** As whom it was taken. */
  readonly callers: readonly Caller[]
  /** All registries that were asked. */
  readonly registries: readonly InventoryRegistry[]
  /** Whether what the manifests say is recorded too. */
  readonly manifests: boolean
  /** Told of each repository, once it is recorded, and of what its manifests say. */
  readonly onRepository?: (
    repository: RepositoryInventory | UnreadableRepository,
    contents: ReadonlyMap<Digest, ImageContent>,
  ) => void
}

/**
 * Writes an inventory to a file of JSON lines, compressed when its name ends in `.gz`. The file is there when it is
 * whole; until then, and after an error, what was there stays.
 *
 * @throws {UsageError} INVENTORY_UNWRITABLE, and what the source throws.
 */
export async function recordInventory(
  source: InventorySource,
  file: string,
  options: RecordingOptions,
): Promise<void> {
  try {
    await writeLines(file, linesOf(source, options))
  } catch (cause) {
    if (cause instanceof GantryError || !(cause instanceof Error && 'syscall' in cause)) throw cause
    const reason = (cause as NodeJS.ErrnoException).code ?? cause.message
    throw new UsageError('INVENTORY_UNWRITABLE', `${file} cannot be written: ${reason}.`, {cause})
  }
}

async function* linesOf(
  source: InventorySource,
  {callers, registries, manifests, onRepository}: RecordingOptions,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const lineOf = (line: InventoryLine): string => {
    const text = JSON.stringify(line)
    hash.update(`${text}\n`)
    return text
  }
  const counts = {repositories: 0, images: 0}
  const takenAt = isoTime(source.takenAt)
  yield lineOf({
    type: 'inventory',
    schemaVersion: inventoryVersion,
    takenAt,
    callers: callers.map(({account, arn}) => ({account, arn})),
    registries: registries.map(registry => ({...registry})),
  })
  for await (const [repository, contents] of surveyed(source, manifests)) {
    const place = {registry: repository.registry.host, name: repository.name}
    counts.repositories += 1
    if (isUnreadable(repository)) {
      yield lineOf({type: 'unreadable', ...place, error: toErrorLine(repository.error)})
    } else {
      const {policy, images} = repository
      counts.images += images.length
      yield lineOf({type: 'repository', ...place, policy, images: images.length})
      for (const image of images) yield lineOf(toImageLine(image, contents.get(image.digest)))
    }
    onRepository?.(repository, contents)
  }
  yield JSON.stringify({type: 'end', ...counts, sha256: hash.digest('hex')} satisfies InventoryLine)
}

/** An inventory that was recorded earlier, and as whom. */
export interface RecordedInventory extends InventorySource {
  readonly callers: readonly Caller[]
  /** One line for each pattern that no repository fits. */
  readonly warnings: readonly string[]
}

/**
 * Opens an inventory that {@link recordInventory} wrote: the repositories that the words mean, as for `openRegistries`.
 * The file is read through first, so that nothing is taken from one that is cut or altered; then it is read again, a
 * repository at a time.
 *
 * @throws {UsageError} INVENTORY_UNREADABLE, NOT_AN_INVENTORY, INVENTORY_DAMAGED, and a word that means nothing;
 *   {FailureError} REPOSITORY_NOT_FOUND.
 */
export async function recordedInventory(
  file: string,
  words: readonly string[] = [],
): Promise<RecordedInventory> {
  const {head, items} = await readInventoryFile(file)
  const {callers, registries, takenAt} = head
  const selections = readSelections(words, [], {file, registries})
  const isMeant = ({registry, name}: RepositoryInventory | UnreadableRepository): boolean =>
    selections.some(selection => isSelected(selection, registry, name))
  const unmet = new Set(selections)
  for await (const {repository} of items()) {
    for (const selection of unmet) {
      if (isSelected(selection, repository.registry, repository.name)) unmet.delete(selection)
    }
  }
  const warnings = warningsOf([...unmet])

  const contentsOf = new WeakMap<RepositoryInventory, ReadonlyMap<Digest, ImageContent>>()
  return {
    takenAt: Date.parse(takenAt),
    callers,
    warnings,
    async *repositories() {
      for await (const {repository, contents} of items()) {
        if (!isMeant(repository)) continue
        if (!isUnreadable(repository)) contentsOf.set(repository, contents)
        yield repository
      }
    },
    async contents(repository, digests) {
      const known = contentsOf.get(repository)
      if (known === undefined) throw new TypeError(`${repository.name} is not of this inventory`)
      return new Map(
        digests.flatMap(digest => {
          const content = known.get(digest)
          return content === undefined ? [] : [[digest, content] as const]
        }),
      )
    },
  }
}
