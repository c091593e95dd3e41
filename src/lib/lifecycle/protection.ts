/** Which images something needs, whatever a policy says. */
import {open} from 'node:fs/promises'
import {RefusalError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import type {Protection} from './plan-model.ts'
import {type Protected, readProtectedWord, registryKey} from './protected-word.ts'
import {type PlacedWord, wordsOf} from './protection-file.ts'

/** A file that names needed images, or standard input. */
export interface ProtectionSource {
  /** The file as it was named; `-` for standard input. */
  readonly name: string
  /** Words that protect something. */
  readonly words: number
  /** Tags of other registries than ECR's: they protect nothing here. */
  readonly ignored: number
}

/** A word that protects, as plans keep it. */
export type ProtectedWord = Pick<PlacedWord, 'word' | 'place' | 'isValue'>

/** Protection with what it was made of. */
export interface NamedProtection extends Protection {
  readonly sources: readonly ProtectionSource[]
  readonly words: readonly ProtectedWord[]
}

export interface ProtectionOptions {
  /** Reads all of standard input, which is the source `-`. */
  readonly readStdin: (maximumBytes: number) => Promise<Uint8Array>
  /** A source that names no image is taken for one that has none to name. */
  readonly allowEmpty?: boolean | undefined
}

/** The largest source, in bytes: hundreds of thousands of references. */
const maxSize = 64 * 1024 * 1024

/** Places that are told of one digest or tag: every pod of a cluster may name the same. */
const maxEvidence = 5

/**
 * Reads the files that say which images are needed: digests or references, or the output of a command that has them.
 * Nothing is protected when there are no files.
 *
 * @throws {RefusalError} PROTECTION_UNREADABLE, PROTECTION_INVALID, PROTECTION_EMPTY (exit 7): doubt never deletes.
 */
export async function readProtection(
  files: readonly string[],
  options: ProtectionOptions,
): Promise<NamedProtection> {
  const read = []
  for (const name of new Set(files)) read.push(await readSource(name, options))
  return {
    ...protectionOf(read.flatMap(({words}) => words)),
    sources: read.map(({source}) => source),
  }
}

/**
 * Protection by words that were read before.
 *
 * @throws {RefusalError} PROTECTION_INVALID (exit 7).
 */
export function protectionOf(words: readonly ProtectedWord[]): NamedProtection {
  const byDigest = new Map<Digest, string[]>()
  const byTag = new Map<string, string[]>()
  for (const word of words) {
    const {digest, tag} = meaningOf(word)
    const evidence = `${word.place}: ${word.word}`
    if (digest !== undefined) add(byDigest, digest, evidence)
    if (tag !== undefined) add(byTag, tagKey(tag.registry ?? '', tag.repository, tag.name), evidence)
  }
  return {
    words,
    sources: [],
    evidenceOf: ({registry, repository, digest, tags}) => [
      ...(byDigest.get(digest) ?? []),
      ...tags.flatMap(tag => [
        ...(byTag.get(tagKey(registryKey(registry), repository, tag)) ?? []),
        ...(byTag.get(tagKey('', repository, tag)) ?? []),
      ]),
    ],
  }
}

/** Everything that any of them protects. */
export function joinProtection(parts: readonly NamedProtection[]): NamedProtection {
  return {
    ...protectionOf(parts.flatMap(({words}) => words)),
    sources: parts.flatMap(({sources}) => sources),
  }
}

async function readSource(
  name: string,
  {readStdin, allowEmpty = false}: ProtectionOptions,
): Promise<{source: ProtectionSource; words: ProtectedWord[]}> {
  const label = name === '-' ? 'standard input' : name
  const bytes = name === '-' ? await readStdin(maxSize) : await readCapped(name)
  const all = wordsIn(bytes, label)
  if (all.length === 0 && !allowEmpty)
    throw new RefusalError(
      'PROTECTION_EMPTY',
      `${label} names no image; is the command that wrote it broken? If nothing is in use give --allow-empty-protect.`,
    )
  const words = all.filter(word => {
    const {digest, tag} = meaningOf(word)
    return digest !== undefined || tag !== undefined
  })
  return {source: {name, words: words.length, ignored: all.length - words.length}, words}
}

function wordsIn(bytes: Uint8Array, label: string): PlacedWord[] {
  return refusing(() => wordsOf(bytes, label))
}

function meaningOf(word: ProtectedWord): Protected {
  return refusing(() => readProtectedWord(word))
}

function refusing<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RefusalError('PROTECTION_INVALID', error.message, {cause: error})
    throw error
  }
}

/** Not `readFile`: what is named may be a device without end, and the size of a file may change. */
async function readCapped(name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    const handle = await open(name)
    for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxSize) break
      chunks.push(chunk)
    }
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new RefusalError(
      'PROTECTION_UNREADABLE',
      `${name} cannot be read (${reason}), so nobody knows which images are needed. Nothing was done.`,
      {cause},
    )
  }
  if (bytes <= maxSize) return Buffer.concat(chunks)
  throw new RefusalError(
    'PROTECTION_UNREADABLE',
    `${name} is larger than ${maxSize / 1024 / 1024} MiB. Is it the right file?`,
  )
}

function tagKey(registry: string, repository: string, tag: string): string {
  return `${registry} ${repository}:${tag}`
}

function add(map: Map<string, string[]>, key: string, evidence: string): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [evidence])
  else if (list.length < maxEvidence && !list.includes(evidence)) list.push(evidence)
}
