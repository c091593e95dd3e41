/** Policies that are said more than once, or that others take the place of, get a name. */
import {BugError} from '../../errors.ts'
import type {Json} from '../../plan/canonical.ts'
import type {Factored} from './factor.ts'
import type {Value} from './factor-tree.ts'
import {escaped} from './written.ts'

/** What is said under `policy` and `lifecycle`: a name, or the value itself. */
export interface Presets {
  /** By name, under each of the two keys. */
  readonly named: ReadonlyMap<string, ReadonlyMap<string, Json>>
  /** The value as a level of the file says it. */
  readonly said: (key: string, value: Value) => Json
}

const keys = ['policy', 'lifecycle'] as const

type PresetKey = (typeof keys)[number]

/**
 * Lists of statements merge from level to level, so that a stronger level only takes the place of a policy whose statements
 * have a name. A lifecycle policy is one value and needs one only to be said once.
 */
export function findPresets(factored: Factored): Presets {
  const namesOf = new Map<string, ReadonlyMap<string, string>>(
    keys.map(key => [key, namesFor(key, valuesToName(key, factored))]),
  )
  const isShared = sharedSayings(factored).some(said => typeof said.get('policy') === 'string')
  return {
    named: new Map(
      [...namesOf].map(([key, names]) => [
        key,
        new Map([...names].map(([value, name]) => [name, writtenPreset(key, value)])),
      ]),
    ),
    said(key, value) {
      if (value === null) return null
      const name = namesOf.get(key)?.get(value)
      if (name !== undefined) return {use: key === 'policy' ? [name] : name}
      const own = escaped(parsed(value))
      return key === 'policy' && isShared ? {use: [], ...(own as object)} : own
    },
  }
}

/** The most used first, then in the order of their texts. */
function valuesToName(key: PresetKey, factored: Factored): string[] {
  const uses = new Map<string, number>()
  const mustHave = new Set<string>()
  const add = (value: Value | undefined): void => {
    if (typeof value === 'string') uses.set(value, (uses.get(value) ?? 0) + 1)
  }
  for (const said of sharedSayings(factored)) {
    const value = said.get(key)
    add(value)
    if (key === 'policy' && typeof value === 'string') mustHave.add(value)
  }
  const ownOf = new Map<string, string[]>()
  for (const byName of factored.own.values()) {
    for (const [name, said] of byName) {
      const value = said.get(key)
      add(value)
      if (typeof value === 'string') ownOf.set(name, [...(ownOf.get(name) ?? []), value])
    }
  }
  if (key === 'policy')
    for (const values of ownOf.values()) if (values.length > 1) values.forEach(value => mustHave.add(value))
  return [...uses]
    .filter(([value, count]) => count > 1 || mustHave.has(value))
    .toSorted(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
    .map(([value]) => value)
}

function sharedSayings({shared}: Factored): readonly ReadonlyMap<string, Value>[] {
  return [...shared.defaults.values(), ...shared.match.map(({set}) => set)]
}

/** Names after what the author called the first part; else after the key. */
function namesFor(key: PresetKey, values: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set<string>()
  return new Map(
    values.map(value => {
      const plain = plainName(titleOf(parsed(value))) || key
      for (let count = 1; ; count++) {
        const name = count === 1 ? plain : `${plain}-${count}`
        if (used.has(name)) continue
        used.add(name)
        return [value, name]
      }
    }),
  )
}

/** The Sid of the first statement that has one, or the description of the first rule that has one. */
function titleOf(policy: Json): string {
  const {statements = [], rules = []} = policy as {
    readonly statements?: readonly {readonly Sid?: unknown}[]
    readonly rules?: readonly {readonly description?: unknown}[]
  }
  const titles = [...statements.map(({Sid}) => Sid), ...rules.map(({description}) => description)]
  return titles.find(title => typeof title === 'string') ?? ''
}

/** `OrgPull` becomes `org-pull`: what may be the name of a preset, with room for a number; may be nothing. */
function plainName(title: string): string {
  return title
    .slice(0, 60)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-|-$/g, '')
}

/** Lifecycle presets are the one place where nothing is a variable. */
function writtenPreset(key: string, value: string): Json {
  return key === 'lifecycle' ? parsed(value) : escaped(parsed(value))
}

function parsed(value: string): Json {
  try {
    return JSON.parse(value) as Json
  } catch (cause) {
    throw new BugError('a value of an export is no JSON.', {cause})
  }
}
