/** What statements mean, in one form (IAM user guide, "IAM JSON policy elements reference"). */
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import {canonicalAction} from './actions.ts'
import type {PolicyDocument, Statement} from './document.ts'
import {isMapping, type Members, statementMembers} from './shape.ts'

/** The version that a policy without one has (IAM user guide, "IAM JSON policy elements: Version"). */
export const defaultVersion = '2008-10-17'

/**
 * A statement in the form in which all that mean the same are equal as canonical JSON: what is a set is sorted and unique
 * whether it was one text or a list, a root's ARN is its account's id, case of actions does not count, values of conditions
 * are texts. What this version does not know is as it was. Members are in the usual order.
 */
export function canonicalStatement(statement: Statement): Statement {
  const before = canonical.get(statement)
  if (before !== undefined) return before
  const others = Object.keys(statement).filter(name => !statementMembers.includes(name))
  const members = [...statementMembers, ...others.toSorted()].flatMap(name => {
    const value = statement[name]
    if (value === undefined || saysNothing(name, value)) return []
    return [[name, formOf.get(name)?.(value) ?? value] as const]
  })
  const made = Object.fromEntries(members)
  canonical.set(statement, made)
  return made
}

/** Equal for statements that mean the same. */
export function meaningOf(statement: Statement): string {
  const before = meanings.get(statement)
  if (before !== undefined) return before
  const made = canonicalJson(canonicalStatement(statement))
  meanings.set(statement, made)
  return made
}

/** `Version`, `Id` and what this version does not know. */
export function canonicalHead({head}: PolicyDocument): Members {
  return {...head, Version: head['Version'] ?? defaultVersion}
}

/** Whether a statement has a variable, which is plain text in a policy of {@link defaultVersion} (IAM user guide, "IAM policy elements: Variables and tags"). */
export function hasVariable({Condition, Resource}: Readonly<Record<string, unknown>>): boolean {
  return /\$\{[^}]*:/.test(JSON.stringify([Condition, Resource]))
}

/** Undefined for a statement without one. */
export function sidOf({Sid: sid}: Readonly<Record<string, unknown>>): string | undefined {
  return typeof sid === 'string' && sid !== '' ? sid : undefined
}

/** Statements never change, and many policies are compared with the same ones. */
const canonical = new WeakMap<Statement, Statement>()
const meanings = new WeakMap<Statement, string>()

const formOf = new Map<string, (value: Json) => Json>([
  ['Principal', canonicalPrincipal],
  ['NotPrincipal', canonicalPrincipal],
  ['Action', value => setOf(value, canonicalAction)],
  ['NotAction', value => setOf(value, canonicalAction)],
  ['Resource', value => setOf(value)],
  ['NotResource', value => setOf(value)],
  ['Condition', canonicalCondition],
])

/**
 * An empty Sid is none (unconfirmed; tools write it where they have no name), and a condition that compares nothing holds
 * always (unconfirmed; IAM user guide, "Condition": all of its operators must be met).
 */
function saysNothing(name: string, value: Json): boolean {
  if (name === 'Sid') return value === ''
  return name === 'Condition' && isMapping(value) && Object.values(value).every(isEmptyMapping)
}

function isEmptyMapping(value: Json | undefined): boolean {
  return isMapping(value) && Object.keys(value).length === 0
}

function canonicalCondition(value: Json): Json {
  if (!isMapping(value)) return value
  const operators = Object.entries(value).filter(([, operator]) => !isEmptyMapping(operator))
  return mapMembers(Object.fromEntries(operators), operator => mapMembers(operator, values => setOf(values)))
}

/** `*` is everybody, and so is `{AWS: "*"}` (IAM user guide, "AWS JSON policy elements: Principal"). */
function canonicalPrincipal(value: Json): Json {
  if (value === '*') return {AWS: ['*']}
  if (!isMapping(value)) return value
  const entries = Object.entries(value).map(([type, names]) => {
    return [type, setOf(names ?? [], type === 'AWS' ? canonicalIdentity : undefined)] as const
  })
  return Object.fromEntries(entries)
}

function canonicalIdentity(identity: string): string {
  return /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(identity)?.[1] ?? identity
}

function setOf(value: Json, form: (text: string) => string = text => text): readonly string[] {
  const values: readonly Json[] = Array.isArray(value) ? value : [value]
  return [
    ...new Set(values.map(each => form(typeof each === 'string' ? each : canonicalJson(each)))),
  ].toSorted()
}

function mapMembers(value: Json, form: (member: Json) => Json): Json {
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, form(member ?? null)]))
}
