import type {InventoryRegistry} from '../../../../src/lib/ecr/inventory/model.ts'
import type {LifecycleRule, Selection} from '../../../../src/lib/lifecycle/policy.ts'
import type {RepositorySettings} from '../../../../src/lib/oci/registry.ts'
import {statementFor} from '../../../../src/lib/replication/lint/grants.ts'
import {lintRepository} from '../../../../src/lib/replication/lint/lint.ts'
import type {
  CreationTemplate,
  LintedImages,
  LintedRepository,
  LintedRoute,
  SizedImage,
} from '../../../../src/lib/replication/lint/route.ts'

const registry = (alias: string, account: string, region: string): InventoryRegistry => {
  const host = `${account}.dkr.ecr.${region}.amazonaws.com`
  return {label: `${alias}@${region}`, host, account, region, alias}
}

export const source = registry('dev', '111111111111', 'eu-west-1')
export const other = registry('prod', '222222222222', 'us-east-1')
export const near = registry('dev', '111111111111', 'eu-central-1')

export const mutable: RepositorySettings = {tagMutability: 'MUTABLE', exclusions: []}
export const immutable: RepositorySettings = {tagMutability: 'IMMUTABLE', exclusions: []}

const granted = JSON.stringify({
  Version: '2012-10-17',
  Statement: [statementFor({source, destination: other})],
})

/** A route with nothing wrong, but for what is given. */
export const route = (more: Partial<LintedRoute> = {}): LintedRoute => ({
  source,
  destination: other,
  policy: granted,
  templates: [],
  ...more,
})

/** A repository with nothing wrong. */
export const repository = (more: Partial<LintedRepository> = {}): LintedRepository => ({
  name: 'team/app',
  isThere: true,
  source: mutable,
  destination: mutable,
  ...more,
})

export const template = (prefix: string, more: Partial<CreationTemplate> = {}): CreationTemplate => ({
  prefix,
  appliedFor: ['REPLICATION'],
  settings: mutable,
  lifecyclePolicy: null,
  hasResourceTags: false,
  hasRole: false,
  ...more,
})

export const now = Date.UTC(2026, 10, 21)
export const day = 24 * 3_600_000

/** An image that was pushed so many days ago. */
export const image = (digest: string, daysAgo: number, ...tags: readonly string[]): SizedImage => ({
  digest,
  tags,
  storageClass: 'standard',
  pushedAt: now - daysAgo * day,
  size: 1000,
})

export const images = (more: Partial<LintedImages>): LintedImages => ({
  source: [],
  sourceRules: [],
  destination: [],
  destinationRules: [],
  now,
  ...more,
})

export const rule = (selection: Partial<Selection>, rulePriority = 1): LifecycleRule => ({
  rulePriority,
  selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1, ...selection},
  action: {type: 'expire'},
})

/** `error no-replicate-grant`, and so on: what is found. */
export function found(way: Partial<LintedRoute>, linted: Partial<LintedRepository>): string[] {
  return lintRepository(route(way), repository(linted)).map(({severity, code}) => `${severity} ${code}`)
}
