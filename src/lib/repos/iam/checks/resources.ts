import {matchesWildcards} from '../../../config/match.ts'
import type {CheckedStatement, Doubt, PolicyCheck, PolicyPlace} from './check.ts'

/** What a statement is about, and how it is told from others. */
export const resourceChecks: readonly PolicyCheck[] = [
  {
    code: 'resource-in-repository-policy',
    severity: 'error',
    summary: 'The policy of a repository names a resource, which ECR refuses.',
    check: resourceInRepository,
  },
  {
    code: 'no-resource',
    severity: 'error',
    summary: 'The policy of a registry names no resource, which ECR refuses.',
    check: noResource,
  },
  {
    code: 'resource-elsewhere',
    severity: 'error',
    summary: 'The policy of a registry is about repositories of another account or region.',
    check: resourceElsewhere,
  },
  {
    code: 'no-sid',
    severity: 'note',
    summary: 'A statement has no Sid, so that a change of it cannot be told from what others wrote.',
    check: noSid,
  },
]

/** aws/aws-cdk#24314, awsdocs/amazon-ecr-user-guide#20. */
function resourceInRepository(
  {name, resources, notResources}: CheckedStatement,
  {kind}: PolicyPlace,
): readonly Doubt[] {
  if (kind !== 'repository' || resources.length + notResources.length === 0) return []
  return [
    {
      message: `${name} names a resource, and ECR refuses that in the policy of a repository.`,
      fix: 'Take Resource out: the repository is what it is about.',
    },
  ]
}

/** pulumi/pulumi-aws#2326. */
function noResource(
  {name, resources, notResources}: CheckedStatement,
  {kind, account, region}: PolicyPlace,
): readonly Doubt[] {
  if (kind !== 'registry' || resources.length + notResources.length > 0) return []
  return [
    {
      message: `${name} names no resource, and ECR refuses that in the policy of a registry.`,
      fix: `Add Resource: arn:aws:ecr:${region}:${account}:repository/*.`,
    },
  ]
}

function resourceElsewhere(
  {name, resources}: CheckedStatement,
  {kind, account, region}: PolicyPlace,
): readonly Doubt[] {
  if (kind !== 'registry') return []
  return resources
    .filter(resource => !isHere(resource, account, region))
    .map(resource => ({
      message: `${name} is about ${resource}, which is not in this registry, ${account} in ${region}.`,
      fix: `Write arn:aws:ecr:${region}:${account}:repository/..., with variables where the file is for several: \${region}, \${account}.`,
    }))
}

/** Whether an ARN, or a pattern of some, may name a repository of the registry. */
function isHere(resource: string, account: string, region: string): boolean {
  if (resource === '*') return true
  const [arn, partition, service = '', itsRegion = '', itsAccount = '', ...rest] = resource.split(':')
  const name = rest.join(':')
  return (
    arn === 'arn' &&
    partition !== undefined &&
    matchesWildcards(service, 'ecr') &&
    matchesWildcards(itsRegion, region) &&
    matchesWildcards(itsAccount, account) &&
    (name.startsWith('repository/') || name.startsWith('*'))
  )
}

function noSid({name, hasSid}: CheckedStatement): readonly Doubt[] {
  if (hasSid) return []
  return [
    {
      message: `${name} can be told from others by what it says alone: when it changes here, the one that is there stays beside it.`,
      fix: 'Give it a Sid.',
    },
  ]
}
