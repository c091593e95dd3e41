/** What can only be told of all levels together: what a place is told by the file, its account and its region. */
import {partitionOfRegion} from './aws-names.ts'
import type {Estate} from './estate.ts'
import {replicationKey} from './merge.ts'
import {formatPath, type Path, type Problem, show} from './problems.ts'
import {resolveRegistry, type SettingsPlace, type SourcedValue} from './resolve.ts'
import type {RegistrySettings} from './settings.ts'
import {checkSharedRegistries} from './shared-registries.ts'
import {templatePrefix} from './template-levels.ts'
import {checkTombstones} from './tombstone-checks.ts'

/** What is wrong with what the places of the file are told, one fault for each value of the file. */
export function checkEstate(estate: Estate): readonly Problem[] {
  const problems = new Map<string, Problem>()
  for (const {id, alias, regions} of estate.accounts.values()) {
    for (const region of regions) {
      const place = {account: id, region, alias}
      const {settings, sources} = resolveRegistry(estate, place)
      for (const {at, text} of faultsOf(settings, place, estate)) {
        const path = pathOf(at, sources())
        const origin = estate.origins.get(formatPath(path))
        const {line, column} = origin === undefined || origin === 'default' ? {line: 1, column: 1} : origin
        problems.set(formatPath(path), {position: {line, column}, path, text})
      }
    }
  }
  return [...problems.values(), ...checkSharedRegistries(estate), ...checkTombstones(estate)]
}

/** Where the strongest level says it, or the first of its parts: below `registries` and its key. */
function pathOf(at: Path, sources: ReadonlyMap<string, Pick<SourcedValue, 'path'>>): Path {
  const wanted = formatPath(at)
  const part = [...sources].find(([name]) => name === wanted || name.startsWith(`${wanted}.`))
  return part?.[1].path.slice(0, at.length + 2) ?? at
}

interface Fault {
  /** In the settings. */
  readonly at: Path
  readonly text: string
}

function faultsOf(settings: RegistrySettings, place: SettingsPlace, estate: Estate): readonly Fault[] {
  const {scanning, replication} = settings
  const faults: Fault[] = [
    ...twinsIn(settings, 'pullThroughCache'),
    ...twinsIn(settings, 'creationTemplates'),
  ]
  if (scanning?.type === 'BASIC' && (scanning.continuous ?? []).length > 0) {
    const text =
      'needs ENHANCED: basic scanning looks at images when they are pushed. Write type: ENHANCED, or onPush.'
    faults.push({at: ['scanning', 'continuous'], text})
  }
  for (const rule of replication?.rules ?? []) {
    for (const to of rule.to) {
      const text = faultOf(to, place, estate)
      if (text !== undefined) faults.push({at: ['replication', 'rules', replicationKey(rule)], text})
    }
  }
  return faults
}

/** `prod` and `prod/` are the same, and levels that write them in two ways do not merge. */
function twinsIn(settings: RegistrySettings, name: 'pullThroughCache' | 'creationTemplates'): Fault[] {
  const byPrefix = Map.groupBy(Object.keys(settings[name] ?? {}), templatePrefix)
  return [...byPrefix.values()].flatMap(([twin = '', ...others]) =>
    others.map(key => ({
      at: [name, key],
      text: `means the same as ${show(twin)} of another level. Write ${twin}.`,
    })),
  )
}

/** ECR refuses a destination that is the registry itself, and copies within a partition alone (user guide, replication). */
function faultOf(
  to: string,
  {account, region, alias}: SettingsPlace,
  {accounts}: Estate,
): string | undefined {
  const [first = '', second] = to.split('@')
  const destination = second ?? first
  const owner = second === undefined ? account : (accounts.get(first)?.id ?? first)
  const self = `${alias}@${region}`
  if (owner === account && destination === region) {
    return `${show(to)} is ${self} itself, where the images come from. Name another region, or say it of the other registries alone.`
  }
  const [from, into] = [partitionOfRegion(region), partitionOfRegion(destination)]
  if (from === into) return undefined
  return `${show(to)} is in the partition ${into}, ${self} in ${from}. ECR copies within a partition.`
}
