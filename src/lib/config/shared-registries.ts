/** Registries that are in the file under several accounts: one of them is that by whose name all else is looked up. */
import type {Account, Estate, Origin, RepositoryLevels} from './estate.ts'
import {formatPath, type Path, type Problem, show} from './problems.ts'
import type {SettingsPlace} from './resolve.ts'

/** The first account that has a registry; undefined for one that the file has not. */
export function ownerOf(
  {accounts}: Pick<Estate, 'accounts'>,
  {account, region}: SettingsPlace,
): Account | undefined {
  return [...accounts.values()].find(({id, regions}) => id === account && regions.includes(region))
}

/** What is said of registries by another name than their owner's, which nobody would look up. */
export function checkSharedRegistries(estate: Estate): readonly Problem[] {
  const others = otherNames(estate)
  if (others.size === 0) return []
  const keys = (['registries', 'overlays'] as const).flatMap(section =>
    [...estate[section].keys()].map(key => ({path: [section, key] as Path, name: key})),
  )
  return [...keys, ...placesIn(estate)].flatMap(({path, name}) => {
    const owner = others.get(name)
    if (owner === undefined) return []
    const {line, column} = originOf(path, estate)
    const text = `${show(name)} is in this file as ${show(owner)} before, by whose name it is looked up. Write ${owner}, or put ${name.split('@', 1).join('')} first under accounts.`
    return [{position: {line, column}, path, text}]
  })
}

/** `ALIAS` and `ALIAS@REGION`, and by what name the same registry is known. */
function otherNames(estate: Estate): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const {alias, id, regions} of estate.accounts.values()) {
    for (const region of regions) {
      const owner = ownerOf(estate, {account: id, region})
      if (owner === undefined || owner.alias === alias) continue
      names.set(alias, owner.alias)
      names.set(`${alias}@${region}`, `${owner.alias}@${region}`)
    }
  }
  return names
}

/** Where settings of repositories say that they are meant. */
function placesIn(estate: Estate): readonly {readonly path: Path; readonly name: string}[] {
  const levels: readonly (readonly [Path, RepositoryLevels])[] = [
    [[], estate],
    ...[...estate.overlays].map(([key, overlay]) => [['overlays', key], overlay] as const),
  ]
  return levels.flatMap(([path, {defaults, match, repositories}]) => {
    const said = [
      {at: [...path, 'defaults'], places: defaults.in},
      ...match.map(({set}, index) => ({at: [...path, 'match', index, 'set'], places: set.in})),
      ...[...repositories].map(([name, own]) => ({at: [...path, 'repositories', name], places: own.in})),
    ]
    return said.flatMap(({at, places = []}) =>
      places.map((name, index) => ({path: [...at, 'in', index], name})),
    )
  })
}

function originOf(path: Path, {origins}: Estate): Pick<Origin, 'line' | 'column'> {
  const origin = origins.get(formatPath(path))
  return origin === undefined || origin === 'default' ? {line: 1, column: 1} : origin
}
