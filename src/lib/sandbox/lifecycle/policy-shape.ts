import {
  type Action,
  countTypes,
  type LifecyclePolicy,
  type LifecycleRule,
  type Selection,
  storageClasses,
  tagStatuses,
} from '../../lifecycle/policy.ts'
import {type EcrError, invalidParameter} from '../ecr-error.ts'

/**
 * Reads a policy as far as its JSON schema goes, refusing in the words of the schema validator that ECR seems to use. The
 * wordings that reports of users and other emulators have are theirs; those marked so are unconfirmed.
 *
 * @throws {EcrError} InvalidParameterException.
 */
export function readPolicy(text: string): LifecyclePolicy {
  const {rules} = fieldsOf(parse(text), ['rules'])
  return {rules: listOf(rules, 1, 50).map(readRule)}
}

export function policyRefused(detail: string): EcrError {
  return invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${detail}`)
}

type Fields = Readonly<Record<string, unknown>>

function parse(text: string): unknown {
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document
  } catch {
    // Not JSON: the same answer.
  }
  throw policyRefused('Could not map policyString into LifecyclePolicy.')
}

function readRule(value: unknown): LifecycleRule {
  const rule = fieldsOf(value, ['rulePriority', 'selection', 'action'], ['description'])
  const {description} = rule
  return {
    rulePriority: countOf(rule['rulePriority']),
    ...(description === undefined ? {} : {description: textOf(description)}),
    selection: readSelection(rule['selection']),
    action: readAction(rule['action']),
  }
}

function readSelection(value: unknown): Selection {
  const selection = fieldsOf(
    value,
    ['tagStatus', 'countType', 'countNumber'],
    ['tagPatternList', 'tagPrefixList', 'storageClass', 'countUnit'],
  )
  refuseNulls(selection)
  const {tagPatternList, tagPrefixList, storageClass, countUnit} = selection
  const countType = countTypes.find(known => known === selection['countType'])
  if (countType === undefined) throw noSchemaMatches()
  const unit = countUnit === undefined ? undefined : oneOf(['days'], countUnit)
  // Whether a missing unit, or one too many, has this wording is unconfirmed.
  if ((unit === undefined) !== (countType === 'imageCountMoreThan')) throw noSchemaMatches()
  return {
    tagStatus: oneOf(tagStatuses, selection['tagStatus']),
    ...(tagPatternList === undefined ? {} : {tagPatternList: textsOf(tagPatternList)}),
    ...(tagPrefixList === undefined ? {} : {tagPrefixList: textsOf(tagPrefixList)}),
    ...(storageClass === undefined ? {} : {storageClass: oneOf(storageClasses, storageClass)}),
    countType,
    ...(unit === undefined ? {} : {countUnit: unit}),
    countNumber: countOf(selection['countNumber']),
  }
}

function readAction(value: unknown): Action {
  const action = fieldsOf(value, ['type'], ['targetStorageClass'])
  refuseNulls(action)
  const type = oneOf(['expire', 'transition'], action['type'])
  const target = action['targetStorageClass']
  if (type === 'expire' && target === undefined) return {type}
  // The wording is unconfirmed where the target is missing, or one too many.
  if (type === 'expire' || target === undefined) throw noSchemaMatches()
  return {type, targetStorageClass: oneOf(['archive'], target)}
}

function noSchemaMatches(): EcrError {
  return policyRefused('instance failed to match exactly one schema (matched 0 out of 2)')
}

function refuseNulls(fields: Fields): void {
  if (Object.values(fields).includes(null)) throw noSchemaMatches()
}

function fieldsOf(value: unknown, required: readonly string[], optional: readonly string[] = []): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, 'object')
  const missing = required.filter(name => !Object.hasOwn(value, name))
  if (missing.length > 0) {
    throw policyRefused(`object has missing required properties (${print(missing.toSorted())})`)
  }
  const unknown = Object.keys(value).filter(name => !required.includes(name) && !optional.includes(name))
  if (unknown.length > 0) {
    throw policyRefused(
      `object instance has properties which are not allowed by the schema: (${print(unknown.toSorted())})`,
    )
  }
  return value as Fields
}

function oneOf<const T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find(known => known === value)
  if (found !== undefined) return found
  throw policyRefused(
    `instance value (${String(value)}) not found in enum :(possible values: ${print(values.toSorted())})`,
  )
}

function countOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(value, 'integer')
  if (value >= 1) return value
  throw policyRefused(
    `numeric instance is lower than the required minimum (minimum: 1, found: ${String(value)})`,
  )
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw wrongType(value, 'string')
  return value
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value, 1, Number.POSITIVE_INFINITY).map(textOf)
}

// Both wordings are unconfirmed.
function listOf(value: unknown, least: number, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, 'array')
  const has = `elements but instance has ${value.length} elements`
  if (value.length < least) throw policyRefused(`array is too short: must have at least ${least} ${has}`)
  if (value.length > most) throw policyRefused(`array is too long: must have at most ${most} ${has}`)
  return value
}

// What the types are called is unconfirmed, objects aside.
function wrongType(value: unknown, allowed: string): EcrError {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return policyRefused(
    `instance type (${type}) does not match any allowed primitive type (allowed: ${print([allowed])})`,
  )
}

function print(names: readonly string[]): string {
  return `[${names.map(name => JSON.stringify(name)).join(', ')}]`
}
