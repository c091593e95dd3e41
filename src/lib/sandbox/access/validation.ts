import * as z from 'zod/mini'
import {isOperator} from './conditions.ts'
import {listOf, type PolicyDocument} from './document.ts'

/** What a policy is attached to: a repository, a registry, or a role, user or session. */
export type PolicyKind = 'repository' | 'public repository' | 'registry' | 'identity'

/** Whether AWS takes this as a policy of that kind; statement ids may repeat. */
export function isPolicy(document: unknown, kind: PolicyKind): document is PolicyDocument {
  return schemas[kind].safeParse(document).success
}

const principalPattern =
  /^(?:\*|\d{12}|arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role|federated-user)\/[\w+=,.@/-]+)|A[A-Z0-9]{15,})$/
const texts = z.union([z.string(), z.array(z.string()).check(z.minLength(1))])
const principals = z.union([
  z.literal('*'),
  z.partial(
    z.strictObject({
      AWS: texts.check(z.refine(names => listOf<string>(names).every(name => principalPattern.test(name)))),
      Service: texts,
      Federated: texts,
      CanonicalUser: texts,
    }),
  ),
])
const value = z.union([z.string(), z.number(), z.boolean()])
const conditions = z.record(
  z.string().check(z.refine(isOperator)),
  z.record(z.string(), z.union([value, z.array(value)])),
)

const statement = z.strictObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.optional(principals),
  NotPrincipal: z.optional(principals),
  Action: z.optional(texts),
  NotAction: z.optional(texts),
  Resource: z.optional(texts),
  NotResource: z.optional(texts),
  Condition: z.optional(conditions),
})

// A repository policy with a Resource is refused: aws/aws-cdk#24314, awsdocs/amazon-ecr-user-guide#20; a registry policy
// without one as well: pulumi/pulumi-aws#2326.
const schemas = {
  repository: policyOf({principal: 1, resource: 0, action: /^(?:\*|ecr:[a-z*?]+)$/i}),
  'public repository': policyOf({principal: 1, resource: 0, action: /^(?:\*|ecr-public:[a-z*?]+)$/i}),
  registry: policyOf({principal: 1, resource: 1, action: /^(?:\*|ecr:[a-z*?]+)$/i}),
  identity: policyOf({principal: 0, resource: 1, action: /^(?:\*|[a-z0-9-]+:[a-z0-9*?]+)$/i}),
}

/** How many of `Principal` and `NotPrincipal`, and of `Resource` and `NotResource`, a statement has; and its actions. */
function policyOf(rule: {readonly principal: 0 | 1; readonly resource: 0 | 1; readonly action: RegExp}) {
  const fitting = statement.check(
    z.refine(
      ({Principal, NotPrincipal, Action, NotAction, Resource, NotResource}) =>
        count(Principal, NotPrincipal) === rule.principal &&
        count(Resource, NotResource) === rule.resource &&
        count(Action, NotAction) === 1 &&
        listOf<string>(Action ?? NotAction).every(action => rule.action.test(action)),
    ),
  )
  return z.strictObject({
    Version: z.optional(z.enum(['2012-10-17', '2008-10-17'])),
    Id: z.optional(z.string()),
    Statement: z.union([fitting, z.array(fitting).check(z.minLength(1))]),
  })
}

function count(...elements: readonly unknown[]): number {
  return elements.filter(element => element !== undefined).length
}
