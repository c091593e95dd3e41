import {matchesWildcards} from '../../config/match.ts'

/** Who wants to do what with which repository of a registry. */
export interface GrantQuestion {
  /** Account of the source, 12 digits. */
  readonly account: string
  /** For example `aws`. */
  readonly partition: string
  /** For example `ecr:ReplicateImage`. */
  readonly action: string
  /** ARN of the repository. */
  readonly resource: string
}

/**
 * What a registry's policy says: `silent` when no statement is about it, `unclear` when that depends on what only ECR
 * knows, with the reason.
 */
export type Grant =
  | {readonly kind: 'allowed' | 'denied' | 'silent'}
  | {readonly kind: 'unclear'; readonly reason: string}

/** Whether a statement is about the question; a text says why that cannot be told. */
type Applies = boolean | {readonly unclear: string}

/**
 * What the policy of a registry says about replication from another account, which ECR asks as the root of that account
 * (ECR user guide, registry-permissions-create-replication). A deny beats an allow, and what cannot be told beats both but a
 * certain deny (IAM user guide, policy evaluation logic). Pure.
 *
 * @param text the policy as ECR gives it back; null when there is none.
 */
export function grantOf(text: string | null, question: GrantQuestion): Grant {
  if (text === null) return {kind: 'silent'}
  const statements = statementsOf(text)
  if (statements === undefined) return {kind: 'unclear', reason: 'it is no policy that Gantry understands'}
  const judged = statements.map(statement => ({
    effect: statement['Effect'],
    applies: appliesTo(statement, question),
  }))
  const strange = judged.find(({effect}) => effect !== 'Allow' && effect !== 'Deny')
  if (strange !== undefined)
    return {kind: 'unclear', reason: 'a statement has neither Allow nor Deny as its Effect'}
  const of = (wanted: string) => judged.flatMap(({effect, applies}) => (effect === wanted ? [applies] : []))
  const [denies, allows] = [of('Deny'), of('Allow')]
  if (denies.includes(true)) return {kind: 'denied'}
  const doubt = reasonIn(denies)
  if (doubt !== undefined) return {kind: 'unclear', reason: doubt}
  if (allows.includes(true)) return {kind: 'allowed'}
  const hope = reasonIn(allows)
  return hope === undefined ? {kind: 'silent'} : {kind: 'unclear', reason: hope}
}

type Statement = Readonly<Record<string, unknown>>

function statementsOf(text: string): readonly Statement[] | undefined {
  try {
    const policy: unknown = JSON.parse(text)
    if (!isRecord(policy)) return undefined
    const {Statement: statement} = policy
    const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement]
    return statements.every(isRecord) ? statements : undefined
  } catch {
    return undefined
  }
}

function appliesTo(statement: Statement, question: GrantQuestion): Applies {
  const parts = [
    listed(statement, 'Action', pattern =>
      matchesWildcards(pattern.toLowerCase(), question.action.toLowerCase()),
    ),
    listed(statement, 'Resource', pattern =>
      pattern.includes('${')
        ? {unclear: 'it names resources by variables'}
        : matchesWildcards(pattern, question.resource),
    ),
    names(statement, question),
    isUnconditional(statement),
  ]
  if (parts.includes(false)) return false
  return parts.find(part => part !== true) ?? true
}

/** `Action` and `Resource`, or their opposites `NotAction` and `NotResource`. */
function listed(statement: Statement, element: string, matches: (pattern: string) => Applies): Applies {
  const [wanted, spared] = [statement[element], statement[`Not${element}`]]
  if ((wanted === undefined) === (spared === undefined))
    return {unclear: `a statement has not one of ${element} and Not${element}`}
  const patterns = textsOf(wanted ?? spared)
  if (patterns === undefined) return {unclear: `its ${element} is no list of texts`}
  const matched = anyOf(patterns.map(matches))
  return spared === undefined || typeof matched === 'object' ? matched : !matched
}

function names({Principal: principal, NotPrincipal: spared}: Statement, question: GrantQuestion): Applies {
  if (spared !== undefined) return {unclear: 'it has NotPrincipal'}
  if (principal === '*') return true
  if (!isRecord(principal)) return {unclear: 'its Principal is not known'}
  return anyOf(
    Object.entries(principal).map(([kind, value]): Applies => {
      const texts = textsOf(value)
      if (texts === undefined) return {unclear: 'its Principal is not known'}
      return kind === 'AWS' ? anyOf(texts.map(text => namesAccount(text, question))) : isService(kind, texts)
    }),
  )
}

function namesAccount(principal: string, {account, partition}: GrantQuestion): Applies {
  if (principal === '*' || principal === account || principal === `arn:${partition}:iam::${account}:root`)
    return true
  // Whether ECR acts as its service-linked role in another account, too, is unconfirmed.
  if (/AWSServiceRoleForECRReplication/.test(principal) && principal.includes(`::${account}:`))
    return {unclear: 'it names the service-linked role of replication, and ECR documents the account'}
  return false
}

function isService(kind: string, texts: readonly string[]): Applies {
  if (kind !== 'Service' || !texts.some(text => text.startsWith('replication.ecr.'))) return false
  return {unclear: 'it names the service of replication, and ECR documents the account'}
}

function isUnconditional({Condition: condition}: Statement): Applies {
  const isEmpty = condition === undefined || (isRecord(condition) && Object.keys(condition).length === 0)
  return isEmpty ? true : {unclear: 'it has a Condition'}
}

function anyOf(all: readonly Applies[]): Applies {
  if (all.includes(true)) return true
  return all.find(each => each !== false) ?? false
}

function reasonIn(all: readonly Applies[]): string | undefined {
  for (const each of all) if (typeof each === 'object') return each.unclear
  return undefined
}

function textsOf(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.every(each => typeof each === 'string') ? list : undefined
}

function isRecord(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
