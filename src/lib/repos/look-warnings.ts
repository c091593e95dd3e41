/** What is to be thought of although it is no change. */
import type {Estate} from '../config/estate.ts'
import {formatPath} from '../config/problems.ts'
import {resolveRepository} from '../config/resolve.ts'
import type {OpenRegistries} from '../ecr/inventory/registries.ts'
import {isSelected} from '../ecr/inventory/selection.ts'
import {namesInFile} from './file-names.ts'
import type {Findings} from './findings.ts'
import type {RegistryLook} from './look.ts'

/** What was noted of what does not change, each note once. */
export function noteWarnings({notes}: Pick<Findings, 'notes'>): string[] {
  const times = new Map<string, number>()
  for (const note of notes) times.set(note, (times.get(note) ?? 0) + 1)
  return [...times].map(([note, number]) => (number === 1 ? note : `${note} (${number} times)`))
}

/** Registries of which repos.yaml says nothing, as far as was looked. */
export function unmanagedWarnings(looks: readonly RegistryLook[]): string[] {
  return looks
    .filter(
      ({findings, repositories, warnings}) =>
        isNothing(findings) && isNothing(repositories) && warnings.length === 0,
    )
    .map(({at, isWhole}) => {
      const what = isWhole ? 'there' : 'of what was asked for there'
      return `${at.registry.label}: repos.yaml manages nothing ${what}.`
    })
}

function isNothing({compared, unread}: Findings): boolean {
  return compared === 0 && unread.length === 0
}

/** Who names no repository may not have thought of it: what holds for all holds for those that others made, too. */
export function unlistedWarnings(looks: readonly RegistryLook[]): string[] {
  return looks.flatMap(({at, repositories: {unlisted, changes}}) => {
    const changing = new Set(changes.map(({repository}) => repository))
    const number = unlisted.filter(name => changing.has(name)).length
    if (number === 0) return []
    const what = number === 1 ? '1 repository that' : `${number} repositories that`
    return [
      `${at.registry.label}: ${what} repos.yaml does not name would change, for defaults, match and templates hold for all. Write in: [ALIAS] beside what is not meant for all registries.`,
    ]
  })
}

/**
 * Repositories that repos.yaml names without saying where they are to be, and that are nowhere. That can be told only
 * where every registry of the file was looked at.
 */
export function goneWarnings(open: OpenRegistries, estate: Estate): string[] {
  if (!isEverywhere(open, estate)) return []
  const there = new Set(open.repositories.map(({name}) => name))
  const missing = new Set<string>()
  for (const {registry} of open.registries) {
    for (const name of namesInFile(estate, registry)) {
      if (there.has(name) || !open.selections.some(each => isSelected(each, registry, name))) continue
      const {settings} = resolveRepository(estate, registry, name)
      if (settings.in === undefined && settings.state === undefined) missing.add(name)
    }
  }
  return [...missing].toSorted().map(name => {
    const origin = estate.origins.get(formatPath(['repositories', name]))
    const place = origin === undefined || origin === 'default' ? '' : `${origin.file}:${origin.line}: `
    return `${place}There is no repository ${name} in any registry. Say in: [ALIAS] for it to be made, or state: absent once it is gone for good.`
  })
}

function isEverywhere({registries, unlisted}: OpenRegistries, {accounts}: Estate): boolean {
  if (unlisted.size > 0) return false
  const open = new Set(registries.map(({registry: {account, region}}) => `${account}/${region}`))
  return [...accounts.values()].every(({id, regions}) => regions.every(region => open.has(`${id}/${region}`)))
}
