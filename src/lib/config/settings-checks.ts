/** What ties the values of repositories' settings to each other and to the rest of the file. */
import {partitionsAt, unknownPlace} from './account-names.ts'
import {checkUnique, elementsOf, type Mapping, mappingOf, type Report} from './check-parts.ts'
import {type Entry, entryAt} from './document.ts'
import {checkPolicy} from './policy-setting-checks.ts'
import {formatPath, type Path, show} from './problems.ts'
import {type Holder, holdersOf} from './setting-holders.ts'

/** What checks know of the file. */
export interface FileData {
  readonly data: Mapping
  readonly root: Entry
  readonly accounts: Mapping
  /** Of policies, by name. */
  readonly presets: Mapping
}

export function checkSettings(file: FileData, report: Report): void {
  const {root, accounts} = file
  for (const holder of holdersOf(file.data)) {
    const {path, value, kind, scope} = holder
    if (kind === 'repository') {
      checkTombstone(value, path, report)
      checkWeakerTombstone(holder, file.data, report)
    }
    checkPlaces(value['in'], [...path, 'in'], accounts, report)
    checkEncryption(holder, accounts, report)
    checkMutability(value['tagMutability'], [...path, 'tagMutability'], report)
    checkTags(value['tags'], [...path, 'tags'], root, report)
    checkEmpty(value, 'policy', path, root, report)
    checkPolicy(value['policy'], [...path, 'policy'], file, report)
    if (kind === 'template') checkArn(value['role'], [...path, 'role'], scope, accounts, report)
  }
}

/** Doubt removes nothing: YAML reads a key without a value as null. */
export function checkEmpty(holder: Mapping, key: string, path: Path, root: Entry, report: Report): void {
  if (holder[key] !== null || entryAt(root, [...path, key])?.source !== '') return
  report([...path, key], 'is empty. Write null to remove it, say what it should be, or take the key out.')
}

/** That an ARN is of a partition that the registries are in. */
export function checkArn(
  arn: unknown,
  path: Path,
  scope: string | undefined,
  accounts: Mapping,
  report: Report,
  place: 'key' | 'value' = 'value',
): void {
  const [, partition] = typeof arn === 'string' ? (/^arn:([a-z-]+):/.exec(arn) ?? []) : []
  const partitions = [...partitionsAt(scope, accounts)]
  if (partition === undefined || partitions.length === 0 || partitions.includes(partition)) return
  const wanted = partitions.join(' or ')
  report(
    path,
    `is of the partition ${partition}, the registry is in ${wanted}. Write arn:${partitions[0]}:.`,
    place,
  )
}

function checkTombstone(settings: Mapping, path: Path, report: Report): void {
  if (!('state' in settings)) {
    if ('images' in settings) {
      report(
        [...path, 'images'],
        'needs state: absent beside it: it says what becomes of images when the repository goes.',
        'key',
      )
    }
    return
  }
  const beside = Object.keys(settings).find(key => !['in', 'state', 'images'].includes(key))
  if (beside !== undefined) {
    report(
      [...path, beside],
      'stands beside state: absent, which removes the repository. Keep one of the two.',
      'key',
    )
  }
}

/** Doubt deletes nothing: an overlay that says what a repository should be does not go with a weaker tombstone. */
function checkWeakerTombstone({path, value, scope}: Holder, data: Mapping, report: Report): void {
  // Whether `in` alone means where it goes or where it stays is doubtful, too.
  const setting = 'state' in value ? undefined : Object.keys(value)[0]
  if (scope === undefined || setting === undefined) return
  const name = String(path.at(-1))
  const [alias = ''] = scope.split('@')
  const overlays = mappingOf(data['overlays'])
  const weaker: readonly [Path, Mapping][] = [
    [['repositories', name], data],
    ...(alias === scope
      ? []
      : [[['overlays', alias, 'repositories', name], mappingOf(overlays[alias])] as [Path, Mapping]]),
  ]
  for (const [where, levels] of weaker) {
    if (!('state' in mappingOf(mappingOf(levels['repositories'])[name]))) continue
    const text = `says what the repository should be, and ${formatPath(where)} says that it is to go. Keep one of the two.`
    report([...path, setting], text, 'key')
  }
}

function checkPlaces(places: unknown, path: Path, accounts: Mapping, report: Report): void {
  checkUnique(places, path, report)
  for (const [index, place] of elementsOf(places).entries()) {
    const wrong = typeof place === 'string' ? unknownPlace(place, accounts) : undefined
    if (wrong !== undefined) report([...path, index], wrong)
  }
}

function checkEncryption({path, value, scope}: Holder, accounts: Mapping, report: Report): void {
  const {type, key} = mappingOf(value['encryption'])
  const at = [...path, 'encryption', 'key']
  if (key !== undefined && type === 'AES256') {
    report(at, 'does not go with AES256, which has no keys. Write type: KMS, or take the key out.', 'key')
  }
  checkArn(key, at, scope, accounts, report)
}

function checkMutability(setting: unknown, path: Path, report: Report): void {
  const {mode = setting, except} = mappingOf(setting)
  if (typeof mode !== 'string') return
  checkUnique(except, [...path, 'except'], report)
  const excepts = mode.endsWith('_WITH_EXCLUSION')
  if (excepts && (except === undefined || (Array.isArray(except) && except.length === 0))) {
    const plain = mode.slice(0, -'_WITH_EXCLUSION'.length)
    report(path, `excepts no tags. Write {mode: ${mode}, except: ["dev-*"]}, or ${plain}.`)
  }
  if (!excepts && elementsOf(except).length > 0) {
    report(
      [...path, 'except'],
      `does not go with ${mode}. Write mode: ${mode}_WITH_EXCLUSION, or take it out.`,
      'key',
    )
  }
}

/** ECR API reference, Tag and TagResource. */
const maxTags = 50

function checkTags(value: unknown, path: Path, root: Entry, report: Report): void {
  const tags = mappingOf(value)
  const keys = Object.keys(tags)
  for (const key of keys) {
    checkEmpty(tags, key, path, root, report)
    if (key.toLowerCase().startsWith('aws:')) {
      report(
        [...path, key],
        `${show(key)} is a tag of AWS's own, which nobody else sets. Take it out.`,
        'key',
      )
    }
  }
  if (keys.filter(key => tags[key] !== null).length > maxTags) {
    report(path, `has more than ${maxTags} tags, the most that ECR takes. Leave some out.`)
  }
}
