import type {Account, Estate} from '../config/estate.ts'
import {partitionOf} from '../ecr/hosts.ts'
import {type GeneratedPolicy, identityOf, policyOf, type Use} from './model.ts'
import {withoutResource} from './need.ts'
import {everyRepository, placesOf, type RegistryPlace, repositoryArns} from './resources.ts'

/**
 * What the owners of accounts have to add that are asked `via` another account: across accounts the caller's policy and the
 * repository's must both allow (ECR user guide, "Private repository policies"). What concerns no repository that is there,
 * which is making one and listing them, is for the registry's policy; that ECR lets it do so is unconfirmed.
 */
export function ownersPolicies(uses: readonly Use[], {accounts}: Estate): GeneratedPolicy[] {
  return [...accounts.values()].flatMap(account => {
    const caller = accounts.get(identityOf(account))
    if (caller === undefined || caller.id === account.id) return []
    const own = uses.filter(use => use.account === account && !withoutResource.has(use.need.action))
    return placesOf(account).flatMap(place => [
      ...repositoryPolicies(own, account, place, caller),
      ...registryPolicy(own, account, place, caller),
    ])
  })
}

function ofRegistry({need: {action, wide}}: Use): boolean {
  return wide === true || action === 'ecr:CreateRepository'
}

function repositoryPolicies(
  uses: readonly Use[],
  {alias}: Account,
  {region}: RegistryPlace,
  caller: Account,
): GeneratedPolicy[] {
  const inRepositories = uses.filter(use => !ofRegistry(use))
  const byPattern = new Map<string, Set<string>>()
  for (const {need, patterns} of inRepositories) {
    for (const pattern of patterns)
      byPattern.set(pattern, (byPattern.get(pattern) ?? new Set()).add(need.action))
  }
  return [...byPattern].map(([pattern, actions]) =>
    policyOf('repository', `${alias}@${region}/${pattern}`, `repositories ${pattern} of ${alias}@${region}`, [
      {
        Sid: sidOf(caller),
        Effect: 'Allow',
        Principal: {AWS: principalOf(caller)},
        Action: [...actions].toSorted(),
      },
    ]),
  )
}

function registryPolicy(
  uses: readonly Use[],
  {alias}: Account,
  place: RegistryPlace,
  caller: Account,
): GeneratedPolicy[] {
  const byAction = Map.groupBy(uses.filter(ofRegistry), ({need}) => need.action)
  if (byAction.size === 0) return []
  const statements = [...byAction].map(([action, group]) => {
    const patterns = group.flatMap(use => (use.need.wide ? [everyRepository] : use.patterns))
    const Resource = [...new Set(patterns.flatMap(pattern => repositoryArns(place, pattern)))].toSorted()
    return {
      Sid: `${sidOf(caller)}${action.slice('ecr:'.length)}`,
      Effect: 'Allow',
      Principal: {AWS: principalOf(caller)},
      Action: [action],
      Resource,
    } as const
  })
  const name = `${alias}@${place.region}`
  return [policyOf('registry', name, `the registry ${name}`, statements)]
}

function principalOf({id, role, regions}: Account): string {
  return role?.arn ?? `arn:${partitionOf(regions[0])}:iam::${id}:root`
}

/** A Sid has letters and digits alone (IAM user guide, "IAM JSON policy elements: Sid"). */
function sidOf({alias}: Account): string {
  return `Gantry${alias.replaceAll(/[^A-Za-z0-9]/g, '')}`
}
