import {matchesWildcards} from '../../../config/match.ts'
import {type CheckedStatement, type Doubt, isNarrowing, isOfEverybody, type PolicyCheck} from './check.ts'

/** Who is meant by a statement. */
export const principalChecks: readonly PolicyCheck[] = [
  {
    code: 'open-to-everybody',
    severity: 'error',
    summary: 'A statement allows something to every AWS account, without a condition.',
    check: openToEverybody,
  },
  {
    code: 'everybody-by-condition',
    severity: 'warning',
    summary: 'A statement is for everybody, and none of its conditions says who.',
    check: everybodyByCondition,
  },
  {
    code: 'allowed-but-not-to',
    severity: 'error',
    summary: 'NotPrincipal with Allow: everybody but these is allowed.',
    check: allowedButNotTo,
  },
  {
    code: 'pattern-of-principals',
    severity: 'error',
    summary: 'A principal has a wildcard in it, where IAM takes whole names alone.',
    check: patternOfPrincipals,
  },
  {
    code: 'deleted-principal',
    severity: 'warning',
    summary: 'A principal is what IAM makes of a user or role that was deleted.',
    check: deletedPrincipal,
  },
  {
    code: 'service-without-source',
    severity: 'warning',
    summary: 'A service of AWS is allowed something whoever makes it act.',
    check: serviceWithoutSource,
  },
  {
    code: 'everybody-locked-out',
    severity: 'warning',
    summary: 'A statement denies everybody to set another policy.',
    check: everybodyLockedOut,
  },
]

function openToEverybody(statement: CheckedStatement): readonly Doubt[] {
  const {name, isAllow, conditions} = statement
  if (!isAllow || !isOfEverybody(statement) || conditions.length > 0) return []
  return [
    {
      message: `${name} allows every AWS account in the world what it says.`,
      fix: 'Name accounts as Principal, or add Condition: {StringEquals: {aws:PrincipalOrgID: o-...}}.',
    },
  ]
}

/** Keys that say who asks, or from where (IAM user guide, "AWS global condition context keys"). */
const keysOfWho: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
])

function everybodyByCondition(statement: CheckedStatement): readonly Doubt[] {
  const {name, isAllow, conditions} = statement
  if (!isAllow || !isOfEverybody(statement) || conditions.length === 0) return []
  if (conditions.some(each => isNarrowing(each) && keysOfWho.has(each.key) && !isAnything(each.values)))
    return []
  return [
    {
      message: `${name} is for every AWS account, and no condition of it says which ones.`,
      fix: 'Add StringEquals: {aws:PrincipalOrgID: o-...} to its Condition, or name accounts as Principal.',
    },
  ]
}

function isAnything(values: readonly string[]): boolean {
  return values.some(value => matchesWildcards(value, 'anything'))
}

function allowedButNotTo({name, isAllow, notPrincipals}: CheckedStatement): readonly Doubt[] {
  if (!isAllow || Object.keys(notPrincipals).length === 0) return []
  return [
    {
      message: `${name} allows everybody but those that NotPrincipal names, of every AWS account.`,
      fix: 'Say who is allowed, as Principal; or deny with NotPrincipal.',
    },
  ]
}

/** IAM user guide, "AWS JSON policy elements: Principal". */
function patternOfPrincipals({name, principals, notPrincipals}: CheckedStatement): readonly Doubt[] {
  const all = [...(principals['AWS'] ?? []), ...(notPrincipals['AWS'] ?? [])]
  return all
    .filter(each => each !== '*' && /[*?]/.test(each))
    .map(each => ({
      message: `${name} has ${each} as a principal: IAM refuses wildcards within a name.`,
      fix: 'Name the account as Principal, and add Condition: {ArnLike: {aws:PrincipalArn: ...}} with the pattern.',
    }))
}

function deletedPrincipal({name, principals, notPrincipals}: CheckedStatement): readonly Doubt[] {
  const all = [...(principals['AWS'] ?? []), ...(notPrincipals['AWS'] ?? [])]
  return all
    .filter(each => /^A(?:ID|RO)A[A-Z0-9]+$/.test(each))
    .map(each => ({
      message: `${name} is for ${each}, which is what IAM makes of a user or role that was deleted: nobody can act as it.`,
      fix: 'Name the ARN of the user or role that there is now, or take it out.',
    }))
}

const keysOfSource: ReadonlySet<string> = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
])

/** IAM user guide, "The confused deputy problem". */
function serviceWithoutSource({name, isAllow, principals, conditions}: CheckedStatement): readonly Doubt[] {
  const services = principals['Service'] ?? []
  if (!isAllow || services.length === 0) return []
  if (conditions.some(each => isNarrowing(each) && keysOfSource.has(each.key))) return []
  return [
    {
      message: `${name} lets ${services.join(' and ')} in whoever makes it act, from whichever account.`,
      fix: 'Add Condition: {StringEquals: {aws:SourceAccount: "ACCOUNT"}}, or ArnLike: {aws:SourceArn: ...}.',
    },
  ]
}

/** API reference, SetRepositoryPolicy: ECR refuses such a policy unless it is forced, and Gantry does not. */
function everybodyLockedOut(statement: CheckedStatement): readonly Doubt[] {
  const {name, isAllow, actions, conditions} = statement
  const denied = actions.find(action => matchesWildcards(action.toLowerCase(), 'ecr:setrepositorypolicy'))
  if (isAllow || denied === undefined || conditions.length > 0 || !isOfEverybody(statement)) return []
  return [
    {
      message: `${name} denies ${denied} to everybody, so that nobody could set another policy.`,
      fix: 'Leave ecr:SetRepositoryPolicy out of its actions, or add a Condition that spares who keeps policies.',
    },
  ]
}
