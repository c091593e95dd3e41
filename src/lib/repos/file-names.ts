import type {Estate} from '../config/estate.ts'
import type {SettingsPlace} from '../config/resolve.ts'

/** The repositories that repos.yaml names where this registry is meant: in `repositories`, of the file and of overlays. */
export function namesInFile(
  {repositories, overlays}: Pick<Estate, 'repositories' | 'overlays'>,
  {alias, region}: SettingsPlace,
): ReadonlySet<string> {
  const names = new Set(repositories.keys())
  if (alias === undefined) return names
  for (const place of [alias, `${alias}@${region}`]) {
    for (const name of overlays.get(place)?.repositories.keys() ?? []) names.add(name)
  }
  return names
}
