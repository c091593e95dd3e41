/**
 * Holds the floors of `docs/architecture.md`: imports run downwards, and rooms of one floor do not know each other but
 * for the doors listed here. Ends with 1 and a line for each import that breaks the rule.
 */
import {globSync, readFileSync} from 'node:fs'
import {dirname, join, relative, sep} from 'node:path'
import process from 'node:process'

const floors: Readonly<Record<string, number>> = {
  errors: 1,
  config: 1,
  plan: 1,
  oci: 2,
  ecr: 2,
  promote: 3,
  lifecycle: 3,
  login: 3,
  sandbox: 3,
  scan: 3,
  replication: 3,
  access: 3,
  doctor: 3,
  repos: 3,
  cli: 4,
  commands: 4,
  main: 5,
  'credential-helper': 5,
}

/** Imports between rooms of one floor that are part of the design. */
const doors = new Set([
  'ecr > oci',
  'sandbox > lifecycle',
  'promote > scan',
  'promote > replication',
  'replication > lifecycle',
  'repos > lifecycle',
  'repos > replication',
  'doctor > login',
  'doctor > access',
  'commands > cli',
  'config > errors',
  'plan > errors',
])

/** `src/lib/oci/digest.ts` is in room `oci`, `src/commands/login.ts` in `commands`, `src/main.ts` in `main`. */
function roomOf(file: string): string {
  const [, first = '', second = ''] = file.split(sep)
  return (first === 'lib' ? second : first).replace(/\.ts$/, '')
}

function allowed(from: string, to: string): boolean {
  if (from === to || doors.has(`${from} > ${to}`)) return true
  // An emulator that shares its client's code proves nothing.
  if (from === 'sandbox') return to === 'errors'
  return (floors[to] ?? Infinity) < (floors[from] ?? 0)
}

const importPattern = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)['"](\.{1,2}\/[^'"]+)['"]/gm
const broken: string[] = []
for (const file of globSync('src/**/*.ts')) {
  const from = roomOf(file)
  if (floors[from] === undefined)
    broken.push(`${file}: the room "${from}" has no floor in tools/check-layers.ts`)
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(importPattern)) {
    const to = roomOf(relative('.', join(dirname(file), target)))
    if (!allowed(from, to)) broken.push(`${file}: ${from} may not import ${to} (${target})`)
  }
}
for (const line of broken) process.stderr.write(`${line}\n`)
if (broken.length > 0) process.exitCode = 1
