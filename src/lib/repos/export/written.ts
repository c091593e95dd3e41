/** Settings as repos.yaml writes them: the shortest form that is read as the same setting. */
import type {PlacedSetting} from '../../config/lifecycle/readable.ts'
import type {
  CreationTemplateSetting,
  EncryptionSetting,
  RepositorySettings,
  TagMutabilitySetting,
} from '../../config/settings.ts'
import {escapeVariables} from '../../config/variables.ts'
import {BugError} from '../../errors.ts'
import type {Json} from '../../plan/canonical.ts'
import type {Said} from './world.ts'

type Writer<Setting> = (setting: Setting) => Json

/** Of keys whose settings are not written as they are. */
const writers: Readonly<Record<string, Writer<never>>> = {
  encryption: ({type, key}: EncryptionSetting) => (key === undefined ? type : {type, key}),
  tagMutability: ({mode, except}: TagMutabilitySetting) => (except.length === 0 ? mode : {mode, except}),
  lifecycle({value}: PlacedSetting) {
    if (value === null) return null
    if (value.rules === undefined)
      throw new BugError('a lifecycle policy of ECR is exported without its rules.')
    return {rules: value.rules}
  },
  creationTemplates: (template: CreationTemplateSetting) =>
    Object.fromEntries(Object.entries(template).map(([key, setting]) => [key, written(key, setting)])),
}

/** Keys whose entries stand for themselves, whatever the resource has as one. */
const mappings: ReadonlySet<string> = new Set<keyof RepositorySettings>(['tags'])

/** @param entry of a keyed resource; else `''`. */
export function sayingsOf(
  key: string,
  entry: string,
  setting: unknown,
): readonly (readonly [string, Json])[] {
  if (entry !== '') return [[`${key}.${entry}`, written(key, setting)]]
  if (!mappings.has(key)) return [[key, written(key, setting)]]
  return Object.entries(setting as Readonly<Record<string, Json>>).map(([name, value]) => [
    `${key}.${name}`,
    value,
  ])
}

/** With texts that look like variables as texts. */
export function escaped(value: Json): Json {
  if (typeof value === 'string') return escapeVariables(value)
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      escapeVariables(key),
      member === undefined ? member : escaped(member),
    ]),
  )
}

export function escapedSaid(said: Said): Said {
  return new Map([...said].map(([path, value]) => [escapeVariables(path), escaped(value)]))
}

/** Puts what `sayingsOf` took apart together again. */
export function nested(said: Said): Map<string, Json | Map<string, Json>> {
  const made = new Map<string, Json | Map<string, Json>>()
  for (const [path, value] of said) {
    const dot = path.indexOf('.')
    if (dot === -1) {
      made.set(path, value)
      continue
    }
    const key = path.slice(0, dot)
    const known = made.get(key)
    const entries = known instanceof Map ? known : new Map<string, Json>()
    made.set(key, entries.set(path.slice(dot + 1), value))
  }
  return made
}

function written(key: string, setting: unknown): Json {
  const writer = writers[key]
  return writer === undefined ? (setting as Json) : writer(setting as never)
}
