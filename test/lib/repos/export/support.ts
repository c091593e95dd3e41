import type {Account} from '../../../../src/lib/config/estate.ts'
import type {Json} from '../../../../src/lib/plan/canonical.ts'
import type {ExportedPlace, ExportedWorld} from '../../../../src/lib/repos/export/world.ts'

/** What was read of a place: `registry`, and repositories by name. */
export interface Place {
  readonly registry?: Readonly<Record<string, Json>>
  readonly repositories?: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

/** A world of places by `ALIAS@REGION`. */
export function worldOf(
  places: Readonly<Record<string, Place>>,
  {isWhole = true}: {readonly isWhole?: boolean} = {},
): ExportedWorld {
  const made = Object.entries(places).map(([label, {registry = {}, repositories = {}}]): ExportedPlace => {
    const [alias = '', region = ''] = label.split('@')
    return {
      alias,
      region,
      registry: new Map(Object.entries(registry)),
      repositories: new Map(
        Object.entries(repositories).map(([name, said]) => [name, new Map(Object.entries(said))]),
      ),
    }
  })
  const byAlias = [...Map.groupBy(made, ({alias}) => alias)]
  return {accounts: byAlias.map(([alias, of], index) => accountOf(alias, index, of)), places: made, isWhole}
}

function accountOf(alias: string, index: number, places: readonly ExportedPlace[]): Account {
  const [first = '', ...others] = places.map(({region}) => region)
  const origin = {file: 'repos.yaml', line: 1, column: 1}
  return {alias, id: String(index + 1).repeat(12), regions: [first, ...others], origin}
}

/** What stands after the accounts. */
export function afterAccounts(text: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex(line =>
    /^(?:registries|presets|defaults|match|repositories|overlays):/.test(line),
  )
  return start === -1 ? '' : lines.slice(start).join('\n')
}
