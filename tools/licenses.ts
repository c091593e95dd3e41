/**
 * The licences of what is bundled: their texts have to come with the copies. Packages with the same text share it.
 */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Metafile} from 'esbuild'

interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/**
 * One document for all packages of which the build contains code.
 *
 * @throws {Error} when a package says neither in a file nor in its package.json what its licence is.
 */
export function licensesOf({outputs}: Metafile): string {
  const packagesOfText = new Map<string, string[]>()
  for (const folder of bundledPackages(outputs)) {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package
    const text = textOf(folder) ?? license
    if (text === undefined) throw new Error(`${name} has no licence; it cannot be bundled`)
    packagesOfText.set(text, [...(packagesOfText.get(text) ?? []), `${name} ${version}`])
  }
  const chapters = Array.from(packagesOfText, ([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return ['Gantry contains code of these packages.\n', ...chapters].join(`\n${'-'.repeat(80)}\n\n`)
}

/** The folders, below `node_modules`, of the packages of which at least a byte is in an output. */
function bundledPackages(outputs: Metafile['outputs']): string[] {
  const files = Object.values(outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([file, {bytesInOutput}]) => (bytesInOutput > 0 ? [file] : [])),
  )
  const folders = files.flatMap(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [])
  return [...new Set(folders)].toSorted()
}

function textOf(folder: string): string | undefined {
  const files = readdirSync(folder).filter(name => /^(licen[cs]e|notice|copying)/i.test(name))
  const texts = files
    .toSorted()
    .map(name => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
  return texts.length > 0 ? texts.join('\n\n') : undefined
}
