/** Release files: the images that belong to one release, with the digests that were tested. */
import * as z from 'zod/mini'
import {readChecked} from '../config/checked.ts'
import {type Entry, entryAt} from '../config/document.ts'
import {configError, type Path, type Problem, show} from '../config/problems.ts'
import {checkText} from '../config/text.ts'
import {GantryError} from '../errors.ts'
import {isDigest} from '../oci/digest.ts'
import {isValidTag, parseReference} from '../oci/reference.ts'
import type {NamedImage} from './route.ts'

/** Tens of thousands of images, in UTF-16 units. */
const maxSize = 8 * 1024 * 1024

const mapping = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: issue => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : undefined),
  })

const textThat = (isRight: (text: string) => boolean, wrong: string) =>
  z.string().check(z.refine(isRight, {error: issue => `${show(String(issue.input))} ${wrong}`}))

const entry = mapping({
  image: z.string(),
  digest: z.exactOptional(textThat(isDigest, 'is not a digest. Write sha256: and 64 of 0-9 a-f.')),
  tags: z.exactOptional(
    z
      .array(textThat(isValidTag, 'is not a tag: 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . or -.'))
      .check(z.minLength(1, {error: 'is an empty list. Write at least one tag.'})),
  ),
})

const releaseSchema = mapping({
  version: z.literal(1, {error: 'must be the number 1.'}),
  images: z
    .array(z.union([z.string(), entry]))
    .check(z.minLength(1, {error: 'is an empty list. Write at least one image.'})),
})

/**
 * Reads a release file: YAML or JSON with `version: 1` and `images`, or, when its name ends with `.txt`, an image a line.
 * The tag of an image that has a digest besides must hold that digest still when it is promoted.
 *
 * @param file its name, also for messages.
 * @throws {ConfigError} INVALID_CONFIG with all that is wrong, each as `file:line:column`.
 */
export function readRelease(text: string, file: string): NamedImage[] {
  if (file.endsWith('.txt')) return readLines(checkText(text, file, maxSize), file)
  const {data} = readChecked(text, file, {schema: releaseSchema, crossCheck: checkImages}, maxSize)
  return data.images.map(image => {
    if (typeof image === 'string') return pin(image)
    const {image: name, digest, tags} = image
    return {...pin(digest === undefined ? name : `${name}@${digest}`), ...(tags === undefined ? {} : {tags})}
  })
}

function pin(text: string): NamedImage {
  const {tag, digest} = parseReference(text)
  return {text, isPinned: tag !== undefined && digest !== undefined}
}

function readLines(text: string, file: string): NamedImage[] {
  const images: NamedImage[] = []
  const problems: Problem[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const name = line.trim()
    if (name === '' || name.startsWith('#')) continue
    const wrong = problemOf(name)
    if (wrong === undefined) images.push(pin(name))
    else problems.push({position: {line: index + 1, column: line.indexOf(name) + 1}, path: [], text: wrong})
  }
  if (images.length === 0 && problems.length === 0) {
    problems.push({
      position: {line: 1, column: 1},
      path: [],
      text: 'the file names no image. Write one a line.',
    })
  }
  if (problems.length > 0) throw configError(file, problems)
  return images
}

/** Looks at references that are text; what else is there is the schema's to refuse. */
function checkImages(data: unknown, root: Entry): Problem[] {
  const {images} = data as {readonly images?: unknown}
  if (!Array.isArray(images)) return []
  return images.flatMap((image: unknown, index) => {
    if (typeof image === 'string') return problemAt(root, ['images', index], problemOf(image))
    const {image: name, digest} = (image ?? {}) as {readonly image?: unknown; readonly digest?: unknown}
    if (typeof name !== 'string') return []
    return problemAt(root, ['images', index, 'image'], problemOf(name, digest))
  })
}

function problemAt(root: Entry, path: Path, text: string | undefined): Problem[] {
  return text === undefined ? [] : [{position: (entryAt(root, path) ?? root).value, path, text}]
}

/** What is wrong with an image's name; `digest` is what stands beside it. */
function problemOf(name: string, digest?: unknown): string | undefined {
  try {
    const reference = parseReference(name)
    if (digest !== undefined && reference.digest !== undefined)
      return `${show(name)} has a digest, and another stands beside it. Keep one of the two.`
    if (reference.tag === undefined && reference.digest === undefined && digest === undefined)
      return `${show(name)} names no image of the repository. Add :TAG or a digest.`
    return undefined
  } catch (error) {
    if (error instanceof GantryError) return error.message
    throw error
  }
}
