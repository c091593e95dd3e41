import type {Estate, RepositorySettings} from './estate.ts'
import {matchesRepository} from './match.ts'

/**
 * What `repos.yaml` says of a repository under one key: it wins over what the last entry of `match` that names it says,
 * that over the entries before, and those over the defaults. Undefined when nobody says anything: not managed.
 */
export function settingOf<Key extends keyof RepositorySettings>(
  {defaults, match, repositories}: Pick<Estate, 'defaults' | 'match' | 'repositories'>,
  repository: string,
  key: Key,
): RepositorySettings[Key] | undefined {
  const matching = match.filter(({names}) => names.some(pattern => matchesRepository(pattern, repository)))
  const levels = [defaults, ...matching.map(({set}) => set), repositories.get(repository)]
  return levels.findLast(level => level?.[key] !== undefined)?.[key]
}
