import type {Statement} from '../../../../src/lib/sandbox/access/document.ts'
import {evaluate} from '../../../../src/lib/sandbox/access/evaluate.ts'
import type {AccessRequest} from '../../../../src/lib/sandbox/access/request.ts'
import {rootOf, sessionCaller, userOf} from '../../../../src/lib/sandbox/identity/caller.ts'

export const dev = '111111111111'
export const prod = '222222222222'
export const repository = `arn:aws:ecr:eu-west-1:${prod}:repository/team/app`

export const user = userOf(dev, 'aws')
export const root = rootOf(dev, 'aws')
export const session = sessionCaller(dev, 'aws', {role: 'teams/release', session: 'ci'})

/** A user of dev who wants to read an image of prod, but for what the test says. */
export function asking(more: Partial<AccessRequest> = {}): AccessRequest {
  return {
    action: 'ecr:BatchGetImage',
    caller: user,
    principalTags: {},
    resource: {arn: repository, account: prod, tags: () => ({})},
    region: 'eu-west-1',
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
    sourceIp: '127.0.0.1',
    ...more,
  }
}

/** What a policy with one statement says: of everybody, about reading images, unless the statement says otherwise. */
export function says(
  statement: Partial<Statement>,
  request: Partial<AccessRequest> = {},
  Version: '2012-10-17' | '2008-10-17' = '2012-10-17',
): 'allowed' | 'denied' | 'silent' {
  const everybody = statement.NotPrincipal === undefined ? {Principal: '*' as const} : {}
  const everything = statement.NotAction === undefined ? {Action: 'ecr:*'} : {}
  const {denied, allowed} = evaluate(
    {Version, Statement: {Effect: 'Allow', ...everybody, ...everything, ...statement}},
    asking(request),
  )
  if (denied) return 'denied'
  return allowed === undefined ? 'silent' : 'allowed'
}
