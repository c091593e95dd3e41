/**
 * What checks of values as they were read, right or wrong, are made of; a value of the wrong type is the schema's to
 * refuse.
 */
import {type Entry, entryAt} from './document.ts'
import {type Path, type Problem, show} from './problems.ts'

export type Mapping = Readonly<Record<string, unknown>>
export type Place = 'key' | 'value'
/** @param missing the key that is missing from the mapping at `path`. */
export type Report = (path: Path, text: string, place?: Place, missing?: string) => void

/** Adds to `problems` what is reported, each with its place. */
export function reporter(root: Entry, problems: Problem[]): Report {
  return (path, text, place = 'value', missing) => {
    const position = (entryAt(root, path) ?? root)[place]
    problems.push({position, path, text, ...(missing === undefined ? {} : {missing})})
  }
}

export function checkUnique(list: unknown, path: Path, report: Report): void {
  const seen = new Set<unknown>()
  for (const [index, item] of elementsOf(list).entries()) {
    if (typeof item !== 'string') continue
    if (seen.has(item)) report([...path, index], `${show(item)} is given twice. Keep one.`)
    seen.add(item)
  }
}

/** The value; without keys when it is no mapping. */
export function mappingOf(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
}

/** The value; without elements when it is no list. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
