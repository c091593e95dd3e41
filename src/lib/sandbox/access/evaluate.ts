import {hold} from './conditions.ts'
import {valuesOf} from './context.ts'
import {listOf, type PolicyDocument, type Statement} from './document.ts'
import {matches, type Variables} from './pattern.ts'
import {closest, type Grant, namedBy, sparedBy} from './principal.ts'
import type {AccessRequest} from './request.ts'
import {allOf, anyOf, not, type Truth} from './truth.ts'

/** What one policy says of a request. A deny beats an allow. */
export interface Verdict {
  readonly denied: boolean
  /** How closely the statements that allow it name the caller; undefined when none allows it. */
  readonly allowed: Grant | undefined
}

/** @param policy one that `isPolicy` takes */
export function evaluate(policy: PolicyDocument, request: AccessRequest): Verdict {
  const variables = policy.Version === '2012-10-17' ? (name: string) => valuesOf(request, name) : undefined
  const applying = listOf<Statement>(policy.Statement).map(statement => ({
    statement,
    applies: applies(statement, request, variables),
  }))
  return {
    denied: applying.some(({statement, applies}) => statement.Effect === 'Deny' && applies !== false),
    allowed: closest(
      applying
        .filter(({statement, applies}) => statement.Effect === 'Allow' && applies === true)
        .map(({statement}) => grantOf(statement, request)),
    ),
  }
}

function applies(statement: Statement, request: AccessRequest, variables: Variables | undefined): Truth {
  const {Condition = {}} = statement
  const named = concerns(statement, request) && namesAction(statement, request.action)
  return named && allOf([namesResource(statement, request, variables), hold(Condition, request, variables)])
}

function concerns({Effect, Principal, NotPrincipal}: Statement, {caller}: AccessRequest): boolean {
  if (Principal !== undefined) return namedBy(Principal, caller) !== undefined
  // IAM supports NotPrincipal with Deny alone. A policy of an identity has neither.
  return NotPrincipal === undefined || (Effect === 'Deny' && !sparedBy(NotPrincipal, caller))
}

function grantOf({Principal}: Statement, {caller}: AccessRequest): Grant | undefined {
  return Principal === undefined ? 'identity' : namedBy(Principal, caller)
}

function namesAction({Action, NotAction}: Statement, action: string): boolean {
  const among = (patterns: readonly string[]) =>
    patterns.some(pattern => matches(pattern, action, {wildcards: true, ignoreCase: true}) === true)
  return NotAction === undefined ? among(listOf(Action)) : !among(listOf(NotAction))
}

function namesResource(
  {Resource, NotResource}: Statement,
  {resource}: AccessRequest,
  variables: Variables | undefined,
): Truth {
  const among = (patterns: readonly string[]) =>
    anyOf(patterns.map(pattern => matches(pattern, resource.arn, {wildcards: true, variables})))
  if (NotResource !== undefined) return not(among(listOf(NotResource)))
  // A policy without it is about the resource that it is attached to.
  return Resource === undefined || among(listOf(Resource))
}
