/** Whether a policy has the shape that IAM's grammar gives it (IAM user guide, grammar of the IAM JSON policy language). */
import type {Json} from '../../plan/canonical.ts'

export type Members = {readonly [key: string]: Json | undefined}

/** Says what is wrong with a value at a path; undefined when nothing is. */
type Check = (value: Json, path: string) => string | undefined

/** Members of a statement whose meaning is known. */
const statementChecks: Readonly<Record<string, Check>> = {
  Sid: isText,
  Effect: (value, path) =>
    value === 'Allow' || value === 'Deny' ? undefined : `${path} is neither Allow nor Deny`,
  Principal: isPrincipal,
  NotPrincipal: isPrincipal,
  Action: isTexts,
  NotAction: isTexts,
  Resource: isTexts,
  NotResource: isTexts,
  Condition: ofMembers(ofMembers(isValues)),
}

/** In the order in which statements are usually written. */
export const statementMembers: readonly string[] = Object.keys(statementChecks)

const documentChecks: Readonly<Record<string, Check>> = {
  Version: isText,
  Id: isText,
  Statement: (value, path) =>
    Array.isArray(value)
      ? firstOf(value.map((each: Json, index) => isStatement(each, `${path}[${index}]`)))
      : isStatement(value, path),
}

/** What is not as IAM's grammar has it: `Statement[1].Effect is neither Allow nor Deny`; undefined when all is. */
export function shapeFault(document: Json): string | undefined {
  if (!isMapping(document)) return 'it is not a JSON object'
  if (document['Statement'] === undefined) return 'it has no Statement'
  return checkMembers(document, documentChecks, '')
}

function isStatement(value: Json, path: string): string | undefined {
  if (!isMapping(value)) return `${path} is not a JSON object`
  if (value['Effect'] === undefined) return `${path} has no Effect`
  return checkMembers(value, statementChecks, `${path}.`)
}

function checkMembers(
  members: Members,
  checks: Readonly<Record<string, Check>>,
  prefix: string,
): string | undefined {
  return firstOf(
    Object.entries(checks).map(([name, check]) => {
      const value = members[name]
      return value === undefined ? undefined : check(value, `${prefix}${name}`)
    }),
  )
}

function ofMembers(check: Check): Check {
  return (value, path) =>
    isMapping(value)
      ? firstOf(Object.entries(value).map(([name, each]) => check(each ?? null, `${path}.${name}`)))
      : `${path} is not a JSON object`
}

function isPrincipal(value: Json, path: string): string | undefined {
  return typeof value === 'string' ? isWildcard(value, path) : ofMembers(isTexts)(value, path)
}

function isWildcard(value: string, path: string): string | undefined {
  return value === '*' ? undefined : `${path} is a text other than *`
}

function isText(value: Json, path: string): string | undefined {
  return typeof value === 'string' ? undefined : `${path} is not a text`
}

function isTexts(value: Json, path: string): string | undefined {
  const isOne = typeof value === 'string'
  const isMany = Array.isArray(value) && value.every(each => typeof each === 'string')
  return isOne || isMany ? undefined : `${path} is neither a text nor a list of texts`
}

function isValues(value: Json, path: string): string | undefined {
  const isMany = Array.isArray(value) && value.every(isScalar)
  return isScalar(value) || isMany
    ? undefined
    : `${path} is neither a text, an exact number or a boolean nor a list of them`
}

/** A whole number that is not safe was not read exactly. */
function isScalar(value: Json): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value)
  return typeof value === 'string' || typeof value === 'boolean'
}

export function isMapping(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function firstOf(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find(fault => fault !== undefined)
}
