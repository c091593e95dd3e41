/** Which level of `repos.yaml` says what: the way of `merge.ts` once more, with the places of values. */
import type {Estate, Origin} from './estate.ts'
import {isComposite, keyOf, type Merging, wayOf} from './merge.ts'
import {formatPath, type Path} from './problems.ts'
import type {SourcedValue} from './resolve.ts'

/** What one level says, and its path in the file. */
export interface Said {
  readonly path: Path
  readonly value: unknown
}

export interface Level<Settings> extends Said {
  readonly value: Settings
}

type Finding = Pick<SourcedValue, 'path' | 'origin' | 'value'>

/**
 * Where each part of merged values comes from, by its path in them.
 *
 * @param levels from the weakest to the strongest.
 * @param presets what a preset of policies says, by its name.
 */
export function sourcesOf(
  levels: readonly Said[],
  how: Merging,
  {origins}: Pick<Estate, 'origins'>,
  presets: (name: string) => Said,
): ReadonlyMap<string, SourcedValue> {
  const sources = new Map<string, SourcedValue>()

  const collect = (
    said: readonly Said[],
    way: Merging | undefined,
    at: Path,
    over: readonly Finding[],
  ): void => {
    const strongest = said.at(-1)
    if (strongest === undefined) return
    const last = said.findLastIndex(({value}) => !isComposite(value, way))
    const replaced = said[last]
    const parts = said.slice(last + 1)
    const below = replaced === undefined ? over : [findingOf(replaced), ...over]
    const children = parts.length === 0 ? [] : partsOf(withPresets(parts, way, presets), way)
    if (children.length === 0) {
      const [found, ...hidden] = said.toReversed().map(findingOf)
      if (found !== undefined) sources.set(formatPath(at), {...found, hidden: [...hidden, ...over]})
    }
    for (const {step, said: inner, way: inside} of children) collect(inner, inside, [...at, step], below)
  }
  const findingOf = ({path, value}: Said): Finding => ({path, origin: originOf(path, origins), value})

  collect(levels, how, [], [])
  return sources
}

interface Part {
  readonly step: string | number
  readonly said: Said[]
  readonly way: Merging | undefined
}

function partsOf(said: readonly Said[], way: Merging | undefined): readonly Part[] {
  const parts = new Map<unknown, Part>()
  for (const {path, value} of said) {
    for (const [key, part] of Object.entries(value as object)) {
      const isList = Array.isArray(value)
      const name = isList ? keyOf(way, part) : key
      const known = parts.get(name)
      const one = {path: [...path, isList ? Number(key) : key], value: part as unknown}
      if (name !== undefined && known !== undefined) known.said.push(one)
      else {
        // An element without a key is known by its place alone.
        parts.set(name ?? one, {
          step: name ?? parts.size,
          said: [one],
          way: isList ? undefined : wayOf(way, key),
        })
      }
    }
  }
  return [...parts.values()]
}

/** The presets in use first, as they are weaker; their names are no part of what holds. */
function withPresets(
  said: readonly Said[],
  way: Merging | undefined,
  presets: (name: string) => Said,
): readonly Said[] {
  if (way?.isPolicy !== true) return said
  const uses = said.map(({value}) => (value as {readonly use?: readonly string[]}).use)
  const used = uses.findLast(names => names !== undefined) ?? []
  return [
    ...used.map(presets),
    ...said.map(({path, value}) => {
      const {use: _, ...own} = value as {readonly use?: unknown}
      return {path, value: own}
    }),
  ]
}

/** Of the value, or of what it is part of where the file says it in a shorter form. */
function originOf(path: Path, origins: Estate['origins']): Origin | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(formatPath(path.slice(0, length)))
    if (origin !== undefined) return origin === 'default' ? undefined : origin
  }
  return undefined
}
