import {type Account, roleOf} from '../identity/account.ts'
import type {Caller} from '../identity/caller.ts'
import {listOf, type PolicyDocument, type Principals, type Statement} from './document.ts'

/**
 * How closely a policy names a caller, loosest first: by its account, which leaves it to the identity policies of that
 * account; by its user or role, or as anybody; or by the very session, which session policies do not limit
 * (IAM user guide, "Policy evaluation logic").
 */
export const grants = ['account', 'identity', 'session'] as const

export type Grant = (typeof grants)[number]

/** How closely `Principal` names the caller; undefined when it does not. */
export function namedBy(principals: Principals, caller: Caller): Grant | undefined {
  return closest(awsPrincipals(principals).map(principal => nameOf(principal, caller)))
}

/**
 * Whether `NotPrincipal` spares the caller. It must name all that the caller is: the account, the user or role, and the
 * session (IAM user guide, "AWS JSON policy elements: NotPrincipal").
 */
export function sparedBy(principals: Principals, caller: Caller): boolean {
  const named = new Set(awsPrincipals(principals).map(principal => nameOf(principal, caller)))
  if (awsPrincipals(principals).includes('*')) return true
  return named.has('account') && named.has('identity') && (caller.role === undefined || named.has('session'))
}

/** A role that a policy names and that its account does not have. */
export function unknownPrincipal(
  policy: PolicyDocument,
  accountOf: (id: string) => Account,
): string | undefined {
  return listOf<Statement>(policy.Statement)
    .flatMap(({Principal, NotPrincipal}) => [Principal, NotPrincipal])
    .flatMap(principals => (principals === undefined ? [] : awsPrincipals(principals)))
    .find(principal => {
      const [, account = '', role] = /^arn:[^:]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principal) ?? []
      return role !== undefined && roleOf(accountOf(account), role) === undefined
    })
}

export function closest(named: readonly (Grant | undefined)[]): Grant | undefined {
  return grants.findLast(grant => named.includes(grant))
}

// The callers of the sandbox are never services, nor federated by anything but a role.
function awsPrincipals(principals: Principals): readonly string[] {
  return principals === '*' ? ['*'] : listOf(principals.AWS)
}

function nameOf(principal: string, caller: Caller): Grant | undefined {
  if (principal === '*') return 'identity'
  if (principal === caller.account) return 'account'
  if (principal === caller.arn) return caller.role === undefined ? 'identity' : 'session'
  const [, partition, service, , account, resource = ''] = principal.split(':')
  if (service !== 'iam' || account !== caller.account || partition !== caller.arn.split(':')[1])
    return undefined
  if (resource === 'root') return 'account'
  // A session's ARN has the role's name without its path.
  const [kind, ...path] = resource.split('/')
  return kind === 'role' && path.at(-1) === caller.role ? 'identity' : undefined
}
