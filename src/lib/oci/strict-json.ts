const maxDepth = 64

/**
 * Parses JSON that will be trusted by its digest, so that every reader must see the same document: valid UTF-8, no
 * byte order mark, no key twice in one object (RFC 8259 leaves open which one counts), at most 64 levels.
 *
 * @throws {SyntaxError} saying which of these does not hold.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  if (text.startsWith('\u{feff}')) throw new SyntaxError('it starts with a byte order mark')
  const value = parse(text)
  checkStructure(text)
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    throw new SyntaxError('it is not UTF-8 text')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SyntaxError('it is not JSON')
  }
}

const colon = /\s*:/y

/** Walks over text that is known to be JSON, so brackets and strings are all there is to look at. */
function checkStructure(text: string): void {
  const keysOfOpen: Set<string>[] = []
  for (let position = 0; position < text.length; position++) {
    const character = text[position]
    if (character === '{' || character === '[') {
      if (keysOfOpen.push(new Set()) > maxDepth) throw new SyntaxError(`it is nested over ${maxDepth} levels`)
    } else if (character === '}' || character === ']') {
      keysOfOpen.pop()
    } else if (character === '"') {
      const end = endOfString(text, position)
      colon.lastIndex = end
      if (colon.test(text)) addKey(keysOfOpen.at(-1), text.slice(position, end))
      position = end - 1
    }
  }
}

/** The index after the closing quote. A loop, since a pattern's backtracking stack does not survive 8 MiB strings. */
function endOfString(text: string, start: number): number {
  let position = start + 1
  while (text[position] !== '"') position += text[position] === '\\' ? 2 : 1
  return position + 1
}

function addKey(keys: Set<string> | undefined, raw: string): void {
  const key = String(JSON.parse(raw))
  if (keys?.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} is there twice`)
  keys?.add(key)
}
