import type {Account} from '../../config/estate.ts'
import {ConfigError} from '../../config/problems.ts'
import {maxSize} from '../../config/text.ts'
import {FailureError} from '../../errors.ts'
import {repositoryResources} from '../resources.ts'
import {type Factored, factor} from './factor.ts'
import {factorRegistries} from './factor-registries.ts'
import type {Sayings} from './factor-tree.ts'
import {type Places, placesByName, usualPlaces} from './meant-places.ts'
import {findPresets, type Presets} from './presets.ts'
import type {ExportedWorld} from './world.ts'
import {escapedSaid, nested} from './written.ts'
import {type Content, toYamlText} from './yaml-text.ts'

type Mapping = ReadonlyMap<string, Content>

const header = [
  'What gantry repos export found: a plan with this file changes nothing.',
  'What is absent is not managed, and null is what is not to be there.',
]

/**
 * The text of a repos.yaml that says what there is, and nothing else: a plan with it changes nothing. What most
 * repositories share is said once. The same world gives the same text, in which a terminal sees nothing but letters.
 *
 * @throws {FailureError} NOT_IN_REPOS_YAML when something has a value that repos.yaml has no words for; EXPORT_TOO_LARGE
 *   when all of it is more than a repos.yaml may be.
 */
export async function toReposYaml(world: ExportedWorld): Promise<string> {
  const text = toYamlText(fileOf(world), header)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxSize) throw tooLarge(bytes)
  const {parseEstate} = await import('../../config/parse.ts')
  try {
    parseEstate(text, 'repos.yaml')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const message = `There is something that repos.yaml cannot say. As it would have to be written: ${error.message}`
    const hints = [...error.hints, 'To leave it out, name what is exported instead: --only KEY,...']
    throw new FailureError('NOT_IN_REPOS_YAML', message, {hints, cause: error})
  }
  return text
}

function tooLarge(bytes: number): FailureError {
  const mebibytes = (size: number) => `${(size / 1024 / 1024).toFixed(1)} MiB`
  const message = `The export has ${mebibytes(bytes)}, and a repos.yaml has at most ${mebibytes(maxSize)}. Export accounts apart, with --account.`
  return new FailureError('EXPORT_TOO_LARGE', message)
}

function fileOf(world: ExportedWorld): Mapping {
  const factored = factor(world)
  const presets = findPresets(factored)
  const levels = levelsOf(world, factored, presets)
  const overlays = [...factored.own.keys(), ...factored.shared.defaults.keys()].filter(name => name !== '')
  return section([
    ['version', 1],
    ['accounts', new Map(world.accounts.map(account => [account.alias, accountOf(account)]))],
    [
      'registries',
      new Map([...factorRegistries(world)].map(([name, said]) => [name, nested(escapedSaid(said))])),
    ],
    ['presets', section([...presets.named].map(([key, named]) => [key, new Map(named)]))],
    ...levels(''),
    ['overlays', new Map([...new Set(overlays)].toSorted().map(name => [name, levels(name)]))],
  ])
}

/** What the file itself says of repositories (`''`), or an overlay. */
function levelsOf(
  world: ExportedWorld,
  {shared, own}: Factored,
  presets: Presets,
): (overlay: string) => Mapping {
  const places = placesByName(world)
  const usual = world.isWhole ? usualPlaces(places) : undefined
  return overlay => {
    const isFile = overlay === ''
    const said = own.get(overlay)
    const names = isFile ? [...places.keys()] : [...(said?.keys() ?? [])].toSorted()
    const inOf = (name: string) => (isFile && places.get(name) !== usual ? places.get(name) : undefined)
    const match = (isFile ? shared.match : []).map(({prefix, set}) =>
      section([
        ['names', [`${prefix}/**`]],
        ['set', settingsOf(set, presets)],
      ]),
    )
    return section([
      ['defaults', settingsOf(shared.defaults.get(overlay), presets, isFile ? usual : undefined)],
      ['match', match],
      ['repositories', new Map(names.map(name => [name, settingsOf(said?.get(name), presets, inOf(name))]))],
    ])
  }
}

/** In the order of the resources. */
function settingsOf(said: Sayings = new Map(), presets: Presets, places?: Places): Mapping {
  const values = [...said].map(([key, value]) => [key, presets.said(key, value)] as const)
  const settings = nested(new Map(values.toSorted(([a], [b]) => (a < b ? -1 : 1))))
  const inOrder = repositoryResources.flatMap(({key}) => {
    const value = settings.get(key)
    return value === undefined ? [] : [[key, value] as const]
  })
  return new Map<string, Content>([...(places === undefined ? [] : [['in', places] as const]), ...inOrder])
}

/** Without what says nothing. */
function section(entries: readonly (readonly [string, Content])[]): Mapping {
  return new Map(
    entries.filter(
      ([, value]) =>
        !((value instanceof Map && value.size === 0) || (Array.isArray(value) && value.length === 0)),
    ),
  )
}

function accountOf({id, regions, profile, role, via}: Account): Content {
  const [region, ...others] = regions
  return new Map<string, Content>([
    ['id', id],
    ...(others.length === 0 ? [['region', region] as const] : [['regions', regions] as const]),
    ...(profile === undefined ? [] : [['profile', profile] as const]),
    ...(role === undefined ? [] : [['role', {...role}] as const]),
    ...(via === undefined ? [] : [['via', via] as const]),
  ])
}
