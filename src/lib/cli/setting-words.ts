/** Values of settings as people write them in repos.yaml: YAML in one line, with its short forms. */
import type {Json} from '../plan/canonical.ts'
import {inReadingOrder} from '../repos/reading-order.ts'

/** Characters of a value that people are shown; programs get all of it. */
const mostOfValue = 400

/**
 * `IMMUTABLE`, `{team: payments}`, `{Sid: OrgPull, Effect: Allow, Principal: "*"}`; what is too long ends after a member.
 *
 * @param path of the value: its last part tells which short form there is.
 */
export function settingWords(value: Json, path = ''): string {
  return cut(flow(value, path.slice(path.lastIndexOf('.') + 1)))
}

function flow(value: Json, key: string): string {
  const short = shortForm(value, key)
  if (typeof short === 'string') return text(short)
  if (typeof short !== 'object' || short === null) return String(short)
  if (isList(short)) return `[${short.map(item => flow(item, '')).join(', ')}]`
  const members = inReadingOrder(Object.entries(short)).flatMap(([name, member]) =>
    member === undefined || saysNothing(name, member) ? [] : [`${text(name)}: ${flow(member, name)}`],
  )
  return `{${members.join(', ')}}`
}

/** What stands for a mapping of one member, or for a list of one text of IAM. */
function shortForm(value: Json, key: string): Json {
  if (isList(value)) return iamLists.test(key) && value.length === 1 ? (value[0] ?? null) : value
  if (typeof value !== 'object' || value === null) return value
  if (key === 'tagMutability' && isAlone(value, 'mode')) return value['mode'] ?? null
  if (key === 'encryption' && isAlone(value, 'type')) return value['type'] ?? null
  if (/^(?:Not)?Principal$/.test(key)) return principal(value)
  return key === 'Condition' ? condition(value) : value
}

/** IAM reads a text and a list of it alike. */
const iamLists = /^(?:Not)?(?:Action|Resource)$/

type Mapping = {readonly [key: string]: Json | undefined}

function principal(value: Mapping): Json {
  const kinds = mapMembers(value, unlisted)
  return isAlone(kinds, 'AWS') && kinds['AWS'] === '*' ? '*' : kinds
}

function condition(value: Mapping): Json {
  return mapMembers(value, operator => (isMapping(operator) ? mapMembers(operator, unlisted) : operator))
}

function unlisted(value: Json): Json {
  return isList(value) && value.length === 1 ? (value[0] ?? null) : value
}

function mapMembers(value: Mapping, change: (member: Json) => Json): Mapping {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member ?? null)]))
}

function isAlone(value: Mapping, name: string): boolean {
  const said = Object.entries(value).filter(([key, member]) => !saysNothing(key, member ?? null))
  return said.length === 1 && said[0]?.[0] === name
}

/** Whether repos.yaml means the same without it. */
function saysNothing(name: string, value: Json): boolean {
  if (name === 'deletions') return value === false
  if (name === 'key') return value === null
  return isList(value) && value.length === 0 && ['except', 'prefixes', 'repositories'].includes(name)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isMapping(value: Json): value is Mapping {
  return typeof value === 'object' && value !== null && !isList(value)
}

/** Letters and signs that mean nothing to YAML at their place, in lists and mappings of one line too. */
const plain = /^[\w./$+-](?:[\w./*@+=$()-]|:(?=\S)| (?=[\w./*@+=$(]))*$/
/** What YAML 1.1 or 1.2 reads as a number, a date, a truth value or nothing. */
const otherThanText =
  /^(?:[-+._]*\d[\da-fox_.:tz+-]*|[-+._\d]*e[-+]?\d+|[-+]?\.(?:inf|nan)|true|false|yes|no|on|off|y|n|null|[-+._:]+)$/i

function text(value: string): string {
  return plain.test(value) && !otherThanText.test(value) && !value.startsWith('- ')
    ? value
    : JSON.stringify(value)
}

function cut(words: string): string {
  if (words.length <= mostOfValue) return words
  const start = words.slice(0, mostOfValue)
  const member = start.lastIndexOf(', ')
  return member > mostOfValue / 2 ? `${start.slice(0, member)}, …` : `${start}…`
}
