import type {Caller} from '../identity/caller.ts'
import {matchesWildcard} from './wildcard.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What a repository policy says of a caller and an action such as `ecr:PutImage`. A deny beats an allow.
 *
 * Conditions are not evaluated (unconfirmed what they would say): a statement that has one allows nothing and denies
 * all that it names, so that the sandbox never allows what AWS would not.
 */
export function decide(
  policy: object | undefined,
  caller: Caller,
  action: string,
): 'allowed' | 'denied' | 'silent' {
  const statements = policy === undefined ? [] : statementsOf(policy)
  const matching = statements.filter(
    statement => namesAction(statement, action) && namesPrincipal(statement, caller),
  )
  if (matching.some(({Effect}) => Effect === 'Deny')) return 'denied'
  return matching.some(({Effect, Condition}) => Effect === 'Allow' && Condition === undefined)
    ? 'allowed'
    : 'silent'
}

/** Whether this is a policy that ECR takes: `Resource` may be left out, and statement ids may repeat. */
export function isPolicy(document: unknown): document is object {
  if (typeof document !== 'object' || document === null) return false
  const {Version, Statement} = document as Fields
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') return false
  if (typeof Statement !== 'object' || Statement === null) return false
  const statements = statementsOf(document)
  return statements.length > 0 && statements.every(isStatement)
}

function isStatement(statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null) return false
  const {Effect, Action, NotAction, Principal, NotPrincipal} = statement as Fields
  return (
    (Effect === 'Allow' || Effect === 'Deny') &&
    (Action ?? NotAction) !== undefined &&
    textsOf(Action ?? NotAction).every(action => action === '*' || action.toLowerCase().startsWith('ecr:')) &&
    (Principal ?? NotPrincipal) !== undefined
  )
}

function statementsOf(policy: object): readonly Fields[] {
  const {Statement} = policy as Fields
  return (Array.isArray(Statement) ? Statement : [Statement]) as readonly Fields[]
}

function namesAction({Action, NotAction}: Fields, action: string): boolean {
  const matches = (pattern: string) => matchesWildcard(pattern.toLowerCase(), action.toLowerCase())
  return NotAction === undefined ? textsOf(Action).some(matches) : !textsOf(NotAction).some(matches)
}

function namesPrincipal({Effect, Principal, NotPrincipal}: Fields, caller: Caller): boolean {
  if (NotPrincipal === undefined)
    return principalsOf(Principal).some(principal => isPrincipal(principal, caller))
  return Effect === 'Deny' && !principalsOf(NotPrincipal).some(principal => isPrincipal(principal, caller))
}

function principalsOf(principal: unknown): readonly string[] {
  return typeof principal === 'object' && principal !== null
    ? textsOf((principal as Fields)['AWS'])
    : textsOf(principal)
}

/**
 * Whether `principal`, as policies write it, is or contains the caller: `*`, an account id, an account's root ARN, or
 * the ARN of a user, a role or a role's session.
 */
export function isPrincipal(principal: string, caller: Caller): boolean {
  if (principal === '*' || principal === caller.account || principal === caller.arn) return true
  const [, partition, service, , account, resource = ''] = principal.split(':')
  if (service !== 'iam' || account !== caller.account || partition !== caller.arn.split(':')[1]) return false
  // A session's ARN has the role's name without its path.
  return (
    resource === 'root' ||
    (resource.startsWith('role/') && resource.slice(resource.lastIndexOf('/') + 1) === caller.role)
  )
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter(item => typeof item === 'string')
}
