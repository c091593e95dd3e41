/** What can only be told of all levels together: what a place is told by the file, its account and its region. */
import {partitionOfRegion} from './aws-names.ts'
import type {Estate} from './estate.ts'
import {replicationKey} from './merge.ts'
import {formatPath, type Path, type Problem, show} from './problems.ts'
import {resolveRegistry, type SettingsPlace} from './resolve.ts'
import type {RegistrySettings} from './settings.ts'
import {checkSharedRegistries} from './shared-registries.ts'
import {checkTombstones} from './tombstone-checks.ts'

/** What is wrong with what the places of the file are told, one fault for each value of the file. */
export function checkEstate(estate: Estate): readonly Problem[] {
  const problems = new Map<string, Problem>()
  for (const {id, alias, regions} of estate.accounts.values()) {
    for (const region of regions) {
      const place = {account: id, region, alias}
      const {settings, sources} = resolveRegistry(estate, place)
      for (const {at, text} of faultsOf(settings, place, estate)) {
        const source = sources().get(formatPath(at))
        const {path, origin} = source ?? {path: at, origin: undefined}
        const {line, column} = origin ?? {line: 1, column: 1}
        problems.set(formatPath(path), {position: {line, column}, path, text})
      }
    }
  }
  return [...problems.values(), ...checkSharedRegistries(estate), ...checkTombstones(estate)]
}

interface Fault {
  /** In the settings. */
  readonly at: Path
  readonly text: string
}

function faultsOf(
  {scanning, replication}: RegistrySettings,
  place: SettingsPlace,
  estate: Estate,
): readonly Fault[] {
  const faults: Fault[] = []
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
