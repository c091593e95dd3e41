import {readFileSync} from 'node:fs'
import {join} from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

interface Manifest {
  readonly commands: Readonly<Record<string, {readonly flags: Readonly<Record<string, Flag>>}>>
}

interface Flag {
  readonly allowNo?: boolean
}

export const {commands} = JSON.parse(read('oclif.manifest.json')) as Manifest

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** All blocks between fences, with the word after the first one. */
export function blocksOf(page: string): {language: string; text: string}[] {
  return Array.from(read(page).matchAll(/^```(\w*)\n(.*?)^```$/gms), ([, language = '', text = '']) => ({
    language,
    text,
  }))
}

export function withoutBlocks(page: string): string {
  return read(page).replaceAll(/^```.*?^```$/gms, '')
}

export function flagsIn(text: string): string[] {
  return Array.from(text.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g), ([, flag = '']) => flag)
}

/** What is below a heading, up to the next of its level or above. */
export function sectionOf(page: string, heading: string): string {
  const [, level = '#'] = new RegExp(`^(#+) ${heading}$`, 'm').exec(read(page)) ?? []
  const [, below = ''] = read(page).split(`\n${level} ${heading}\n`)
  return below.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0] ?? ''
}

/** Each span of code in the first cell of the rows of a section's tables. */
export function rowsOf(page: string, heading: string): string[] {
  const cells = Array.from(sectionOf(page, heading).matchAll(/^\| (`.*?) \| /gm), ([, cell = '']) => cell)
  return cells.flatMap(cell => Array.from(cell.matchAll(/`([^`]+)`/g), ([, span = '']) => span))
}
