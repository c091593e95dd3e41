/** Where in a text a value is, or where the text stops being JSON; both as an index. */
export interface JsonPlaces {
  /** The value under these keys of objects, or what it is nearest in, where there is none. */
  of(path: readonly string[]): number
  /** Undefined for JSON. */
  readonly error: number | undefined
}

const maxDepth = 64
const space = /[ \t\r\n]*/y
const text = /"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\p{Cc}]*)*"/uy
const plain = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?|true|false|null/y
const sign = {open: /\{/y, close: /\}/y, openList: /\[/y, closeList: /\]/y, colon: /:/y, comma: /,/y}

/** Finds the places of a text, for messages about files that must not be quoted because there are secrets in them. */
export function placesOf(json: string): JsonPlaces {
  const places = new Map<string, number>()
  let position = 0

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = position
    const taken = pattern.exec(json)?.[0]
    position += taken?.length ?? 0
    return taken
  }

  function skipThen(pattern: RegExp): string | undefined {
    take(space)
    return take(pattern)
  }

  function value(path: readonly string[]): boolean {
    take(space)
    places.set(JSON.stringify(path), position)
    if (path.length > maxDepth) return false
    if (take(sign.open) !== undefined) return list(sign.close, () => member(path))
    if (take(sign.openList) !== undefined) return list(sign.closeList, () => value([...path, '']))
    return take(text) !== undefined || take(plain) !== undefined
  }

  function member(path: readonly string[]): boolean {
    const key = skipThen(text)
    if (key === undefined || skipThen(sign.colon) === undefined) return false
    return value([...path, String(JSON.parse(key))])
  }

  function list(end: RegExp, item: () => boolean): boolean {
    if (skipThen(end) !== undefined) return true
    while (item()) {
      if (skipThen(end) !== undefined) return true
      if (take(sign.comma) === undefined) return false
    }
    return false
  }

  const isWhole = value([])
  take(space)
  return {
    error: isWhole && position === json.length ? undefined : position,
    of(path) {
      const known = path.map((_, index) => places.get(JSON.stringify(path.slice(0, path.length - index))))
      return known.find(place => place !== undefined) ?? 0
    },
  }
}

/** `LINE:COLUMN` of an index, counted from 1. */
export function lineAndColumn(json: string, index: number): string {
  const before = json.slice(0, index)
  const lines = before.split('\n')
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`
}
