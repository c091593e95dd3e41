import type {Account} from '../config/estate.ts'
import {type Grant, statementsOf} from './document.ts'
import {type GeneratedPolicy, identityOf, policyOf, type Use} from './model.ts'
import {withoutResource} from './need.ts'
import {everyRepository, placesOf, repositoryArns} from './resources.ts'

/** The policy of an account's identity, for its own registries and for those that are asked `via` it; none where it needs none. */
export function identityPolicy(account: Account, uses: readonly Use[]): GeneratedPolicy[] {
  const grants = uses.filter(use => identityOf(use.account) === account.alias).flatMap(grantsOf)
  if (grants.length === 0) return []
  return [policyOf('identity', account.alias, identityWords(account), statementsOf(grants))]
}

/** What ECR tells of a registry to its own account alone is not asked of another's. */
function grantsOf({need: {action, wide}, account, patterns}: Use): Grant[] {
  if (withoutResource.has(action)) {
    const isAsked = account.via === undefined || action === 'ecr:GetAuthorizationToken'
    return isAsked ? [{action, resource: '*'}] : []
  }
  return placesOf(account).flatMap(place =>
    (wide ? [everyRepository] : patterns).flatMap(pattern =>
      repositoryArns(place, pattern).map(resource => ({action, resource})),
    ),
  )
}

function identityWords({alias, id, profile, role}: Account): string {
  if (role !== undefined) return role.arn
  return profile === undefined ? `the identity of ${id} that is ${alias}` : `profile ${profile}`
}

/** For the credentials that assume the roles of accounts; roles of web identities need their trust policy alone. */
export function assumeRolePolicies(accounts: readonly Account[], uses: readonly Use[]): GeneratedPolicy[] {
  const used = new Set(uses.map(({account}) => identityOf(account)))
  const assumed = accounts.filter(
    ({alias, role}) => used.has(alias) && role !== undefined && role.webIdentityTokenFile === undefined,
  )
  const byProfile = Map.groupBy(assumed, ({profile}) => profile)
  return [...byProfile].map(([profile, group]) => {
    const grants = group.flatMap(({role}) =>
      role === undefined ? [] : [{action: 'sts:AssumeRole', resource: role.arn}],
    )
    const words = profile === undefined ? 'the default credentials' : `profile ${profile}`
    return policyOf('assume-role', profile ?? 'default', words, statementsOf(grants))
  })
}
