/**
 * Which registries of a run a permission is for: those that it takes from, those that it brings to, and those that replication
 * leads on to, which repos.yaml does not tell. What a command only looks at is a source.
 */
export type Side = 'source' | 'destination' | 'replica'

/** A permission that a command needs of registries. */
export interface Need {
  /** As policies name it: `ecr:BatchGetImage`. */
  readonly action: string
  readonly side: Side
  /** What it does with it. */
  readonly why: string
  /** Only for this it is needed; always without. */
  readonly when?: string
  /** Flags of the command: without any of them it is not needed at all. */
  readonly flags?: readonly string[]
  /** A flag of the command with which it is not needed. */
  readonly unless?: string
  /** What it does without it, where that is no error: it goes on. */
  readonly without?: string
  /** On every repository of the registry, whatever the names: lists of repositories know no narrower resource. */
  readonly wide?: true
}

/** Permissions of one side, as rows of action, reason and what else there is to say of it. */
type Row = readonly [operation: string, why: string, more?: Omit<Need, 'action' | 'side' | 'why'>]

export function needs(side: Side, rows: readonly Row[]): readonly Need[] {
  return rows.map(([operation, why, more = {}]) => ({action: `ecr:${operation}`, side, why, ...more}))
}

/**
 * Actions that know no resource: a policy allows them on `*` (AWS service authorization reference, "Amazon Elastic Container
 * Registry"; of the operations on backfills unconfirmed).
 */
export const withoutResource: ReadonlySet<string> = new Set([
  'ecr:CreatePullThroughCacheRule',
  'ecr:CreateRepositoryCreationTemplate',
  'ecr:DeletePullThroughCacheRule',
  'ecr:DeleteRegistryPolicy',
  'ecr:DeleteRepositoryCreationTemplate',
  'ecr:DeleteSigningConfiguration',
  'ecr:DeregisterPullTimeUpdateExclusion',
  'ecr:DescribePullThroughCacheRules',
  'ecr:DescribeRegistry',
  'ecr:DescribeReplicationBackfillResults',
  'ecr:DescribeRepositoryCreationTemplates',
  'ecr:GetAccountSetting',
  'ecr:GetAuthorizationToken',
  'ecr:GetRegistryPolicy',
  'ecr:GetRegistryScanningConfiguration',
  'ecr:GetSigningConfiguration',
  'ecr:ListPullTimeUpdateExclusions',
  'ecr:ListReplicationBackfills',
  'ecr:PutAccountSetting',
  'ecr:PutRegistryPolicy',
  'ecr:PutRegistryScanningConfiguration',
  'ecr:PutReplicationConfiguration',
  'ecr:PutSigningConfiguration',
  'ecr:RegisterPullTimeUpdateExclusion',
  'ecr:StartReplicationBackfill',
  'ecr:StopReplicationBackfill',
  'ecr:UpdatePullThroughCacheRule',
  'ecr:UpdateRepositoryCreationTemplate',
  'ecr:ValidatePullThroughCacheRule',
])
