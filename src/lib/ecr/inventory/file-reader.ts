import {createHash} from 'node:crypto'
import {UsageError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import {
  contentOfLine,
  fromErrorLine,
  fromImageLine,
  type ImageLine,
  type InventoryHead,
  type InventoryLine,
  parseInventoryLine,
} from './file-lines.ts'
import type {
  Blob,
  ImageContent,
  ImageRecord,
  InventoryRegistry,
  RepositoryInventory,
  UnreadableRepository,
} from './model.ts'
import {sharedTexts} from './shared-texts.ts'
import {readLines} from './text-lines.ts'

/** A repository as the file has it; `contents` are those of its manifests that were recorded. */
export interface FileItem {
  readonly repository: RepositoryInventory | UnreadableRepository
  readonly contents: ReadonlyMap<Digest, ImageContent>
}

/**
 * Reads the first line of an inventory's file; `items` reads all of it, a repository at a time, and ends well only when
 * the file is whole.
 *
 * @throws {UsageError} INVENTORY_UNREADABLE, NOT_AN_INVENTORY, INVENTORY_DAMAGED; `items` the same.
 */
export async function readInventoryFile(
  file: string,
): Promise<{readonly head: InventoryHead; readonly items: () => AsyncGenerator<FileItem>}> {
  const lines = checkedLines(file)
  try {
    const {value: head} = await lines.next()
    if (head?.type !== 'inventory') throw notAnInventory(file)
    return {head, items: () => itemsOf(file)}
  } finally {
    await lines.return(undefined)
  }
}

/** A repository whose images are being read. */
interface Open {
  readonly registry: InventoryRegistry
  readonly name: string
  readonly policy: string | null
  readonly expected: number
  readonly images: ImageRecord[]
  readonly contents: Map<Digest, ImageContent>
  readonly blobs: Map<Digest, Blob>
  readonly share: (text: string) => string
}

async function* itemsOf(file: string): AsyncGenerator<FileItem> {
  let registries: readonly InventoryRegistry[] = []
  let open: Open | undefined
  let number = 0
  const damaged = (what: string): UsageError => damagedAt(file, number, what)
  const registryOf = (host: string): InventoryRegistry => {
    const registry = registries.find(each => each.host === host)
    if (registry === undefined) throw damaged('its registry is none of the first line')
    return registry
  }
  const closed = (): FileItem[] => {
    if (open === undefined) return []
    const {registry, name, policy, images, contents, expected} = open
    if (images.length !== expected) throw damaged(`the repository before has ${expected} images, not these`)
    open = undefined
    return [{repository: {registry, name, policy, images}, contents}]
  }
  for await (const line of checkedLines(file)) {
    number += 1
    if (line.type === 'image') {
      if (open === undefined) throw damaged('it is an image of no repository')
      addImage(open, line)
      continue
    }
    yield* closed()
    if (line.type === 'inventory') {
      registries = line.registries
    } else if (line.type === 'repository') {
      const {name, policy, images: expected} = line
      const registry = registryOf(line.registry)
      open = {
        registry,
        name,
        policy,
        expected,
        images: [],
        contents: new Map(),
        blobs: new Map(),
        share: sharedTexts(),
      }
    } else if (line.type === 'unreadable') {
      const {name, error} = line
      const repository = {registry: registryOf(line.registry), name, error: fromErrorLine(error)}
      yield {repository, contents: new Map()}
    }
  }
}

function addImage({images, contents, blobs, share}: Open, line: ImageLine): void {
  images.push(fromImageLine(line, share))
  const content = contentOfLine(line, blobs)
  if (content !== undefined) contents.set(line.digest, content)
}

/** The lines of a file that begins with its head and ends with its end, which says what all of them are. */
async function* checkedLines(file: string): AsyncGenerator<InventoryLine, undefined> {
  const hash = createHash('sha256')
  const counts = {repositories: 0, images: 0}
  let number = 0
  let last: InventoryLine | undefined
  try {
    for await (const text of readLines(file)) {
      number += 1
      if (last?.type === 'end') throw new SyntaxError('it comes after the end')
      last = number === 1 ? headOf(text, file) : parseInventoryLine(text)
      if (last.type === 'inventory' && number > 1) throw new SyntaxError('it begins another inventory')
      if (last.type === 'end') {
        const isWhole = last.repositories === counts.repositories && last.images === counts.images
        if (!isWhole || last.sha256 !== hash.digest('hex'))
          throw new SyntaxError('the lines before are not those that were written')
      } else {
        hash.update(`${text}\n`)
        if (last.type === 'image') counts.images += 1
        else if (last.type !== 'inventory') counts.repositories += 1
      }
      yield last
    }
  } catch (error) {
    throw readable(error, file, number)
  }
  if (last === undefined) throw notAnInventory(file)
  if (last.type !== 'end') throw damagedAt(file, number + 1, 'the end is missing: the file is cut')
  return undefined
}

function headOf(text: string, file: string): InventoryLine {
  try {
    return parseInventoryLine(text)
  } catch (cause) {
    throw notAnInventory(file, cause)
  }
}

/** Says of what goes wrong with a file where that is. */
function readable(error: unknown, file: string, number: number): unknown {
  if (error instanceof UsageError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof Error && 'syscall' in error)
    return new UsageError('INVENTORY_UNREADABLE', `${file} cannot be read: ${code}.`, {cause: error})
  if (code.startsWith('Z_'))
    return damagedAt(file, number + 1, 'its compressed bytes are cut or altered', error)
  if (error instanceof TypeError && code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return damagedAt(file, number + 1, 'it is no UTF-8 text', error)
  if (error instanceof RangeError) return damagedAt(file, number + 1, error.message, error)
  if (error instanceof SyntaxError) return damagedAt(file, number, error.message, error)
  return error
}

function damagedAt(file: string, line: number, what: string, cause?: unknown): UsageError {
  return new UsageError(
    'INVENTORY_DAMAGED',
    `${file}:${line}: ${what}. Record the inventory again: gantry inventory --out FILE.`,
    {cause},
  )
}

function notAnInventory(file: string, cause?: unknown): UsageError {
  return new UsageError(
    'NOT_AN_INVENTORY',
    `${file}:1: it is no inventory that this version reads. Record one: gantry inventory --out FILE.`,
    {cause},
  )
}
