import {nearest} from '../config/nearest.ts'
import {UsageError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import * as look from './look-needs.ts'
import type {Need} from './need.ts'
import {promoteNeeds, rollbackNeeds} from './promote-needs.ts'
import {reposApplyNeeds, reposExportNeeds, reposPlanNeeds} from './repos-needs.ts'

/** What every command that asks a registry needs: the one table of permissions. */
export const commandNeeds: ReadonlyMap<string, readonly Need[]> = new Map([
  ['promote', promoteNeeds],
  ['rollback', rollbackNeeds],
  ['login', look.loginNeeds],
  ['inventory', look.inventoryNeeds],
  ['lifecycle plan', look.lifecyclePlanNeeds],
  ['lifecycle explain', look.lifecycleExplainNeeds],
  ['lifecycle lint', look.lifecycleLintNeeds],
  ['lifecycle apply', look.lifecycleApplyNeeds],
  ['scan-gate', look.scanGateNeeds],
  ['scan-diff', look.scanDiffNeeds],
  ['replicate-status', look.replicateStatusNeeds],
  ['replicate-lint', look.replicateLintNeeds],
  ['backfill start', look.backfillStartNeeds],
  ['backfill watch', look.backfillWatchNeeds],
  ['backfill stop', look.backfillStopNeeds],
  ['backfill results', look.backfillResultsNeeds],
  ['repos plan', reposPlanNeeds],
  ['repos apply', reposApplyNeeds],
  ['repos export', reposExportNeeds],
])

/** The commands that need a permission in some way, those of a topic under its name: `promote`, `lifecycle`. */
export function topicsNeeding(action: string): readonly string[] {
  const names = [...commandNeeds].filter(([, needs]) => needs.some(need => need.action === action))
  return [...new Set(names.map(([name]) => name.split(' ')[0] ?? name))]
}

/** Commands whose images go by the routes of repos.yaml; all others are for any account. */
export const routedCommands: ReadonlySet<string> = new Set(['promote', 'rollback'])

/** A command, and those of its flags that change what it needs. */
export interface ChosenCommand {
  readonly name: string
  readonly flags: ReadonlySet<string>
}

/**
 * Reads `promote --create-repositories lifecycle plan`: commands, each with its flags behind it, as words or in one word.
 *
 * @throws {UsageError} UNKNOWN_COMMAND; UNKNOWN_FLAG for one that changes nothing about what the command needs.
 */
export function readCommands(words: readonly string[]): ChosenCommand[] {
  const rest = words.flatMap(word => word.split(/\s+/)).filter(word => word !== '')
  const chosen = new Map<string, Set<string>>()
  let current: {name: string; flags: Set<string>} | undefined
  for (let at = 0; at < rest.length; ) {
    const word = rest[at] ?? ''
    if (word.startsWith('--') && current !== undefined) {
      current.flags.add(knownFlag(current.name, word))
      at += 1
      continue
    }
    const name = nameAt(rest, at)
    current = {name, flags: chosen.get(name) ?? new Set()}
    chosen.set(name, current.flags)
    at += name.split(' ').length
  }
  if (chosen.size === 0)
    throw new UsageError('NO_COMMAND', 'Say which commands the policy is for: gantry iam policy promote')
  return [...chosen].map(([name, flags]) => ({name, flags}))
}

function nameAt(words: readonly string[], at: number): string {
  for (const length of [2, 1]) {
    const name = words.slice(at, at + length).join(' ')
    if (commandNeeds.has(name)) return name
  }
  const word = oneLine(words[at] ?? '', 80)
  const topic = [...commandNeeds.keys()].filter(name => name.startsWith(`${word} `))
  if (topic.length > 0) {
    throw new UsageError('UNKNOWN_COMMAND', `"${word}" is several commands. Name one: ${topic.join(', ')}.`)
  }
  const near = nearest(word, [...commandNeeds.keys()])
  const advice =
    near === undefined ? `These do: ${[...commandNeeds.keys()].join(', ')}.` : `Did you mean "${near}"?`
  throw new UsageError('UNKNOWN_COMMAND', `"${word}" is no command that asks a registry. ${advice}`)
}

function knownFlag(name: string, flag: string): string {
  const flags = flagsOf(name)
  if (flags.includes(flag)) return flag
  const known = flags.length === 0 ? 'none of its flags does' : `those that do: ${flags.join(', ')}`
  throw new UsageError('UNKNOWN_FLAG', `${oneLine(flag, 80)} does not change what ${name} needs; ${known}.`)
}

/** The flags of a command that change what it needs. */
function flagsOf(name: string): string[] {
  const found = (commandNeeds.get(name) ?? []).flatMap(({flags = [], unless}) =>
    unless === undefined ? flags : [...flags, unless],
  )
  return [...new Set(found)].toSorted()
}

/** What a command needs when it is run so. */
export function neededBy({name, flags: given}: ChosenCommand): readonly Need[] {
  return (commandNeeds.get(name) ?? []).filter(
    ({flags, unless}) =>
      (flags === undefined || flags.some(flag => given.has(flag))) &&
      (unless === undefined || !given.has(unless)),
  )
}
