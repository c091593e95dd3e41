import {globSync} from 'node:fs'
import {parse as parseYaml} from 'yaml'
import {read, root} from './pages.ts'

/** The manifests that a pattern means, from the root. */
export function manifests(pattern: string): string[] {
  return globSync(pattern, {cwd: root})
    .map(file => file.replaceAll('\\', '/'))
    .toSorted()
}

export function documentOf(file: string): unknown {
  return parseYaml(read(file), {strict: true, uniqueKeys: true})
}

/** Every text in a document, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/**
 * What a system makes of a text with its expressions and variables.
 *
 * @throws {Error} for one that nobody sets.
 */
export function filled(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ ([\w.-]+) \}\}|\$(\w+)/g, (_, expression?: string, name?: string) => {
    const value = variables[expression ?? name ?? '']
    if (value === undefined) throw new Error(`${expression ?? name} is set by nobody`)
    return value
  })
}

/** The words of a command line, as the shell would hand them over. */
export function shellWords(line: string): string[] {
  return Array.from(
    line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g),
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  )
}

/** The words of each gantry command that a manifest runs, those after `gantry`. */
export function commandsOf(file: string, variables: Readonly<Record<string, string>> = {}): string[][] {
  return textsIn(documentOf(file))
    .flatMap(text =>
      Array.from(text.matchAll(/(?:^|\n| )gantry ([a-z][^\n|;&>]*)/g), ([, words = '']) => words),
    )
    .map(words => shellWords(filled(words.trim(), variables)))
}

/** The keys that a part of a document has and its documentation, whose words are given, does not. */
export function unknownKeys(value: unknown, known: string): string[] {
  const words = known.split(/\s+/)
  return Object.keys(value as object).filter(key => !words.includes(key))
}

/** The versions of Gantry that a manifest installs. */
export function versionsInstalled(file: string): string[] {
  return Array.from(read(file).matchAll(/ecr-gantry@([\w.-]+)/g), ([, found = '']) => found)
}

/** The version that is developed. */
export function ownVersion(): string {
  return (JSON.parse(read('package.json')) as {version: string}).version
}
