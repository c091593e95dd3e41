import {BugError} from '../errors.ts'
import {type Entry, entryAt} from './document.ts'
import type {Account, Estate, Origin, Promotion} from './estate.ts'
import {buildGate} from './gates-build.ts'
import {buildRules} from './lifecycle/readable-build.ts'
import {formatPath, type Path, type Position} from './problems.ts'
import type {EstateFile} from './schema.ts'
import {buildLevels, buildRegistry, policyOf} from './settings-build.ts'

/** The estate that a checked file describes, with the place of each of its values. */
export function buildEstate(
  content: EstateFile,
  root: Entry,
  file: string,
  usedVars: ReadonlySet<string>,
): Estate {
  const originOf = (...path: string[]): Origin => ({file, ...(entryAt(root, path) ?? root).key})
  const {promote, ...settings} = content.defaults
  const {defaults, ...levels} = buildLevels({...content, defaults: settings}, [], {root, file})
  return {
    file,
    accounts: mapOf(
      content.accounts,
      (alias, {region, regions, role, ...identity}): Account => ({
        alias,
        ...identity,
        regions: nonEmpty(regions ?? (region === undefined ? [] : [region])),
        ...(role === undefined ? {} : {role: typeof role === 'string' ? {arn: role} : role}),
        origin: originOf('accounts', alias),
      }),
    ),
    promotions: mapOf(
      content.promotions,
      (name, {to, ...route}): Promotion => ({
        name,
        ...route,
        to: nonEmpty(to),
        origin: originOf('promotions', name),
      }),
    ),
    gates: mapOf(content.gates, (name, gate) => buildGate(name, gate, originOf('gates', name))),
    defaults: {promote, ...defaults},
    ...levels,
    presets: {
      lifecycle: mapOf(content.presets.lifecycle, (name, rules) =>
        buildRules(rules, entryAt(root, ['presets', 'lifecycle', name]) ?? root, file),
      ),
      policy: mapOf(content.presets.policy, (_, policy) => policyOf(policy)),
    },
    registries: mapOf(content.registries, (name, registry) =>
      buildRegistry(registry, ['registries', name], {root, file}),
    ),
    overlays: mapOf(content.overlays, (name, overlay) =>
      buildLevels(overlay, ['overlays', name], {root, file}),
    ),
    vars: mapOf(content.vars, (_, text) => text),
    usedVars,
    prices: content.prices,
    origins: originsOf(content, root, file),
  }
}

function originsOf({promotions, gates, defaults}: EstateFile, root: Entry, file: string): Estate['origins'] {
  const origins = new Map<string, Origin | 'default'>()
  const addWritten = (entry: Entry, path: Path): void => {
    if (path.length > 0) origins.set(formatPath(path), {file, ...placeOf(entry)})
    for (const [step, child] of entry.children) addWritten(child, [...path, step])
  }
  const addDefaults = (values: object, path: Path): void => {
    for (const key of Object.keys(values)) {
      const where = formatPath([...path, key])
      if (!origins.has(where)) origins.set(where, 'default')
    }
  }
  addWritten(root, [])
  for (const [name, promotion] of Object.entries(promotions)) addDefaults(promotion, ['promotions', name])
  for (const [name, gate] of Object.entries(gates)) addDefaults(gate, ['gates', name])
  addDefaults(defaults.promote, ['defaults', 'promote'])
  return origins
}

/** Of a value that begins below its key, the key. */
function placeOf({key, value}: Entry): Position {
  return value.line > key.line ? key : value
}

function mapOf<Value, Built>(
  record: Readonly<Record<string, Value>>,
  build: (name: string, value: Value) => Built,
): Map<string, Built> {
  return new Map(Object.entries(record).map(([name, value]) => [name, build(name, value)]))
}

function nonEmpty([first, ...others]: readonly string[]): [string, ...string[]] {
  if (first === undefined)
    throw new BugError('repos.yaml: a list that must have an element passed the checks empty.')
  return [first, ...others]
}
