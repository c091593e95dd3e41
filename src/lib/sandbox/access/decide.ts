import type {PolicyDocument} from './document.ts'
import {evaluate} from './evaluate.ts'
import {closest} from './principal.ts'
import type {AccessRequest} from './request.ts'

/** The policies that a request is held to. */
export interface Policies {
  /** Of the caller's user or role. Absent: it may do everything. */
  readonly identity?: PolicyDocument | undefined
  /** Of the caller's session. Absent: it does not limit the session. */
  readonly session?: PolicyDocument | undefined
  /** Of what the request is about. */
  readonly resource: readonly PolicyDocument[]
  /** A resource's policy must allow within an account too: a role's trust policy. */
  readonly mustBeGranted?: boolean
}

/**
 * Why a request is denied, in the words that end AWS's message; undefined when it is allowed.
 *
 * Within an account the identity policy or a resource's policy must allow, across accounts both; a session policy limits
 * what both allow, unless the resource's policy names the very session. A deny anywhere wins (IAM user guide, "Policy
 * evaluation logic"; ECR user guide, "Private repository policies"). Which of several reasons AWS gives is unconfirmed.
 */
export function whyDenied(request: AccessRequest, policies: Policies): string | undefined {
  const {action, caller, resource} = request
  const everything = {denied: false, allowed: 'identity'} as const
  const identity = policies.identity === undefined ? everything : evaluate(policies.identity, request)
  const session = policies.session === undefined ? everything : evaluate(policies.session, request)
  const resources = policies.resource.map(policy => evaluate(policy, request))
  if (identity.denied) return explicitly('an identity-based')
  if (session.denied) return explicitly('a session')
  if (resources.some(({denied}) => denied)) return explicitly('a resource-based')

  const grant = closest(resources.map(({allowed}) => allowed))
  const own = caller.account === resource.account
  if (own && grant === 'session') return undefined
  const delegated = own && grant === 'identity'
  if (identity.allowed === undefined && !delegated) return silently('identity-based', action)
  if (session.allowed === undefined) return silently('session', action)
  if (own && policies.mustBeGranted !== true) return undefined
  return grant !== undefined ? undefined : silently('resource-based', action)
}

function explicitly(kind: string): string {
  return `with an explicit deny in ${kind} policy`
}

function silently(kind: string, action: string): string {
  return `because no ${kind} policy allows the ${action} action`
}
