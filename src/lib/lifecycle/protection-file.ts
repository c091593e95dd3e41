/** The words of a file that says which images something needs: text, or JSON. */
import {oneLine} from '../oci/one-line.ts'
import {parseStrictJson} from '../oci/strict-json.ts'

/** A word of a file. */
export interface PlacedWord {
  readonly word: string
  /** `FILE:LINE:COLUMN`. */
  readonly place: string
  /** Whether it is a value of JSON, and so cannot be a word of prose. */
  readonly isValue: boolean
}

/** Members of JSON objects that name an image, as kubectl and the AWS CLI print them. */
const members: ReadonlySet<string> = new Set([
  'image',
  'images',
  'imageDigest',
  'imageID',
  'ImageUri',
  'ResolvedImageUri',
  'digest',
])

/**
 * All words of a file. Text: separated by white space and commas, `#` begins a comment. JSON: strings in lists, and the
 * members `image`, `imageDigest`, `digest` and their like of objects, however deep.
 *
 * @param name of the file, for the places.
 * @throws {SyntaxError} `FILE:LINE:COLUMN: what is wrong`.
 */
export function wordsOf(bytes: Uint8Array, name: string): PlacedWord[] {
  const text = decode(bytes, name)
  return /^\s*[[{]/.test(text) ? wordsOfJson(text, name) : wordsOfText(text, name)
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw new SyntaxError(`${name}:1:1: it is not UTF-8 text.`)
  }
}

function wordsOfText(text: string, name: string): PlacedWord[] {
  return text.split('\n').flatMap((line, index) =>
    Array.from(line.replace(/(?:^|[\s,])#.*$/, '').matchAll(/[^\s,]+/g), match => ({
      word: match[0],
      place: `${name}:${index + 1}:${match.index + 1}`,
      isValue: false,
    })),
  )
}

function wordsOfJson(text: string, name: string): PlacedWord[] {
  const root = parse(text, name)
  if (Array.isArray(root)) checkItems(root, name)
  const places = placesOf(text, name)
  return stringsOf(text)
    .filter(({word}) => word !== '')
    .map(({word, index}) => ({word, place: places(index), isValue: true}))
}

function parse(text: string, name: string): unknown {
  try {
    return parseStrictJson(new TextEncoder().encode(text))
  } catch (error) {
    throw new SyntaxError(`${name}:1:1: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** Whatever stands in a list was meant to name an image. */
function checkItems(items: readonly unknown[], name: string): void {
  for (const item of items) {
    if (Array.isArray(item)) checkItems(item, name)
    else if (!namesImage(item, true)) {
      const shown = oneLine(JSON.stringify(item), 80)
      throw new SyntaxError(
        `${name}:1:1: ${shown} names no image. Give a string, or an object with image, imageDigest or digest.`,
      )
    }
  }
}

function namesImage(value: unknown, isNamed: boolean): boolean {
  if (typeof value === 'string') return isNamed && value !== ''
  if (Array.isArray(value)) return value.some(each => namesImage(each, isNamed))
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, member]) => namesImage(member, members.has(key)))
}

/** The strings that name images, of text that is known to be JSON, with their indexes. */
function stringsOf(json: string): {word: string; index: number}[] {
  const found: {word: string; index: number}[] = []
  // Whether strings count, for each list and object that is open: in a list as before it, in an object as the key says.
  const open: boolean[] = [true]
  for (let position = 0; position < json.length; position++) {
    const character = json[position]
    if (character === '[') open.push(open.at(-1) ?? true)
    else if (character === '{') open.push(false)
    else if (character === ']' || character === '}') open.pop()
    else if (character === '"') {
      const end = endOfString(json, position)
      const word = String(JSON.parse(json.slice(position, end)))
      if (isKey(json, end)) open[open.length - 1] = members.has(word)
      else if (open.at(-1) === true) found.push({word, index: position + 1})
      position = end - 1
    }
  }
  return found
}

/** The index after the closing quote. A loop, since a pattern's backtracking stack does not survive long strings. */
function endOfString(json: string, start: number): number {
  let position = start + 1
  while (json[position] !== '"') position += json[position] === '\\' ? 2 : 1
  return position + 1
}

const colon = /\s*:/y

function isKey(json: string, end: number): boolean {
  colon.lastIndex = end
  return colon.test(json)
}

/** Tells the places of ever larger indexes. */
function placesOf(text: string, name: string): (index: number) => string {
  let line = 1
  let start = 0
  return index => {
    for (let end = text.indexOf('\n', start); end !== -1 && end < index; end = text.indexOf('\n', start)) {
      line += 1
      start = end + 1
    }
    return `${name}:${line}:${index - start + 1}`
  }
}
