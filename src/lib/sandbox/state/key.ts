/** Names one fact of the sandbox's state, for example `['tag', account, region, repository, tag]`. */
export type Key = readonly string[]

// What keeps the parts of a key apart, and what comes after all that begins with it. No part has either any more.
const separator = '\u0001'
const beyondSeparator = '\u0002'

const escapes = [
  ['\u0002', '\u0002c'],
  ['\u0001', '\u0002b'],
  ['\u0000', '\u0002a'],
] as const

/** The key as one text. Keys are in the order of their parts. */
export function nameOf(key: Key): string {
  return key.map(escape).join(separator)
}

/** The texts of all keys below `prefix`, from its next part `from` on: those from `start` to before `end`. */
export function rangeBelow(prefix: Key, from = ''): {readonly start: string; readonly end: string} {
  const name = nameOf(prefix)
  return {start: `${name}${separator}${escape(from)}`, end: `${name}${beyondSeparator}`}
}

/** The next part after `prefix` in the text of a key below it, and the text that comes after all that begin so. */
export function nextPart(prefix: Key, name: string): {readonly part: string; readonly after: string} {
  const {start} = rangeBelow(prefix)
  const [part = ''] = name.slice(start.length).split(separator)
  return {part: unescape(part), after: `${start}${part}${beyondSeparator}`}
}

function escape(part: string): string {
  // Hardly any part has one, and every access to the store comes by here.
  if (!escapes.some(([character]) => part.includes(character))) return part
  return escapes.reduce((text, [character, escaped]) => text.replaceAll(character, escaped), part)
}

function unescape(part: string): string {
  if (!part.includes('\u0002')) return part
  return escapes.reduceRight((text, [character, escaped]) => text.replaceAll(escaped, character), part)
}
