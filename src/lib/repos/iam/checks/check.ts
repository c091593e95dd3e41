import type {Severity} from '../../../lifecycle/lint/finding.ts'
import type {Json} from '../../../plan/canonical.ts'
import {canonicalStatement, sidOf} from '../canonical.ts'
import type {Statement} from '../document.ts'
import {isMapping} from '../shape.ts'

/** What a policy is of. */
export interface PolicyPlace {
  readonly kind: 'repository' | 'registry'
  /** 12 digits. */
  readonly account: string
  readonly region: string
}

/** A statement as checks see it: sets are lists, in one form. */
export interface CheckedStatement {
  /** What messages call it: `The statement OrgPull`. */
  readonly name: string
  readonly isAllow: boolean
  readonly hasSid: boolean
  /** By their kind: `AWS`, `Service`. */
  readonly principals: Readonly<Record<string, readonly string[]>>
  readonly notPrincipals: Readonly<Record<string, readonly string[]>>
  readonly actions: readonly string[]
  readonly notActions: readonly string[]
  /** Those of both kinds, in the case of the file. */
  readonly actionsAsWritten: readonly string[]
  readonly resources: readonly string[]
  readonly notResources: readonly string[]
  /** Each operator with a key and its values. */
  readonly conditions: readonly Condition[]
}

export interface Condition {
  /** `StringEquals` */
  readonly operator: string
  /** In lower case, for case does not count: `aws:principalorgid`. */
  readonly key: string
  readonly values: readonly string[]
}

export interface Doubt {
  /** One line: what is wrong. */
  readonly message: string
  /** One line: what to do. */
  readonly fix: string
}

/** One thing that may be doubtful about a statement. */
export interface PolicyCheck {
  readonly code: string
  readonly severity: Severity
  /** One line: what it finds. */
  readonly summary: string
  readonly check: (statement: CheckedStatement, place: PolicyPlace) => readonly Doubt[]
}

export function checkedStatement(statement: Statement): CheckedStatement {
  const {Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition} =
    canonicalStatement(statement)
  const sid = sidOf(statement)
  return {
    name: sid === undefined ? 'A statement without a Sid' : `The statement ${sid}`,
    isAllow: Effect === 'Allow',
    hasSid: sid !== undefined,
    principals: setsOf(Principal),
    notPrincipals: setsOf(NotPrincipal),
    actions: textsOf(Action),
    notActions: textsOf(NotAction),
    actionsAsWritten: textsOf([statement['Action'] ?? [], statement['NotAction'] ?? []].flat()),
    resources: textsOf(Resource),
    notResources: textsOf(NotResource),
    conditions: Object.entries(isMapping(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
      Object.entries(setsOf(keys)).map(([key, values]) => ({operator, key: key.toLowerCase(), values})),
    ),
  }
}

/** Whether it is about everybody, of whichever account. */
export function isOfEverybody({principals}: CheckedStatement): boolean {
  return principals['AWS']?.includes('*') === true
}

/**
 * Whether a condition holds only where the key has one of its values: not where it has none, and not where it has others
 * (IAM user guide, "IAM JSON policy elements: Condition operators").
 */
export function isNarrowing({operator}: Condition): boolean {
  return /^(?:ForAnyValue:)?(?:String(?:Equals|EqualsIgnoreCase|Like)|Arn(?:Equals|Like)|IpAddress)$/.test(
    operator,
  )
}

function setsOf(value: Json | undefined): Readonly<Record<string, readonly string[]>> {
  if (!isMapping(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, texts]) => [name, textsOf(texts)]))
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : []
}
