/**
 * `${name}` in texts; `$${name}` is the text `${name}` itself. Names with a colon, `${aws:username}`, are variables of IAM
 * and stay.
 */

import {ConfigError, show} from './problems.ts'

export const variableNamePattern = /^[a-z][A-Za-z0-9_-]{0,63}$/
/** Those of the registry that a value is for. */
export const builtIns = ['account', 'region', 'alias'] as const

/** Paths of the sections of the file whose texts may have variables. */
export const variableSections: readonly (readonly string[])[] = [
  ['defaults'],
  ['match'],
  ['presets', 'policy'],
  ['repositories'],
  ['registries'],
  ['overlays'],
]

/** Texts by name. */
export type Variables = Pick<ReadonlyMap<string, string>, 'get'>

/** One that stands anywhere in a text. */
export const referencePattern = /(\$?)\$\{([a-z][A-Za-z0-9_-]*)\}/g

/** The names that a text refers to. */
export function referencesIn(text: string): readonly string[] {
  if (!text.includes('${')) return []
  return [...text.matchAll(referencePattern)].flatMap(([, escape, name = '']) =>
    escape === '' ? [name] : [],
  )
}

/** The text that stands for this one, whatever looks like a variable in it. */
export function escapeVariables(text: string): string {
  return text.includes('${') ? text.replaceAll(referencePattern, written => `$${written}`) : text
}

/** The text with the variables in place; those that are not given stay as they are written, and so do escaped ones. */
export function fillText(text: string, variables: Variables): string {
  return replaceIn(text, variables, escaped => escaped)
}

/**
 * A plain value with the variables in place in all its texts, keys as well; the same value where there is nothing to
 * fill in. Nothing is filled in after this: escaped variables become the texts that they stand for. Where something was
 * written (`origin`) is no text of the user's.
 */
export function fill<Value>(value: Value, variables: Variables): Value {
  return filled(value, variables) as Value
}

function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return fillLast(value, variables)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map(item => filled(item, variables))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const entries = Object.entries(value).map(([key, item]) => {
    const isPlace = key === 'origin' && typeof item === 'object'
    const name = fillLast(key, variables)
    const made = isPlace ? (item as unknown) : filled(item, variables)
    return {name, made, isSame: name === key && made === item}
  })
  if (entries.every(({isSame}) => isSame)) return value
  requireUnique(Object.keys(value), variables)
  return Object.fromEntries(entries.map(({name, made}) => [name, made]))
}

/** Neither of two keys that are one somewhere may win in silence. @throws {ConfigError} TWIN_KEYS. */
function requireUnique(keys: readonly string[], variables: Variables): void {
  const seen = new Map<string, string>()
  for (const key of keys) {
    const name = fillLast(key, variables)
    const twin = seen.get(name)
    if (twin !== undefined) {
      const place = `account ${variables.get('account')} in ${variables.get('region')}`
      const message = `repos.yaml says ${show(twin)} and ${show(key)} side by side, and both are ${show(name)} in ${place}. Keep one.`
      throw new ConfigError('TWIN_KEYS', message)
    }
    seen.set(name, key)
  }
}

function fillLast(text: string, variables: Variables): string {
  return replaceIn(text, variables, escaped => escaped.slice(1))
}

function replaceIn(text: string, variables: Variables, unescape: (escaped: string) => string): string {
  if (!text.includes('${')) return text
  return text.replaceAll(referencePattern, (written, escape: string, name: string) =>
    escape === '' ? (variables.get(name) ?? written) : unescape(written),
  )
}
