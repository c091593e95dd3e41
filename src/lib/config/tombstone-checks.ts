import type {Estate, RepositorySettings} from './estate.ts'
import {formatPath, type Problem, show} from './problems.ts'
import {isMeantAt, resolveRepository, type SettingsPlace} from './resolve.ts'

/** Tombstones of overlays that hold nowhere, since `in` of another level names other places. */
export function checkTombstones(estate: Estate): readonly Problem[] {
  return [...estate.overlays].flatMap(([key, {repositories}]) =>
    [...repositories].flatMap(([name, own]) => faultOf(own, name, key, estate) ?? []),
  )
}

function faultOf({state}: RepositorySettings, name: string, key: string, estate: Estate): Problem | null {
  if (state === undefined) return null
  const isMeant = (place: SettingsPlace) => isMeantAt(resolveRepository(estate, place, name).settings, place)
  if (placesOf(key, estate).some(isMeant)) return null
  const path = ['overlays', key, 'repositories', name, 'state']
  const origin = estate.origins.get(formatPath(path))
  return {
    position: origin === undefined || origin === 'default' ? {line: 1, column: 1} : origin,
    path,
    text: `removes nothing: in, as it holds here, does not name ${show(key)}. Write in: [${key}] beside it.`,
  }
}

function placesOf(key: string, {accounts}: Estate): readonly SettingsPlace[] {
  const [alias = '', only] = key.split('@')
  const account = accounts.get(alias)
  if (account === undefined) return []
  const regions = only === undefined ? account.regions : [only]
  return regions.map(region => ({account: account.id, region, alias}))
}
