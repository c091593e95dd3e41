import type {Account} from '../config/estate.ts'
import {partitionOf} from '../ecr/hosts.ts'

/** A registry, as ARNs name it. */
export interface RegistryPlace {
  readonly account: string
  readonly region: string
}

export function placesOf({id, regions}: Account): RegistryPlace[] {
  return regions.map(region => ({account: id, region}))
}

/** All repositories of a registry, as lists of them are allowed. */
export const everyRepository = '**'

/**
 * The ARNs of the repositories that a pattern of repos.yaml means. `*` of an ARN stands for slashes, too (IAM user guide,
 * "IAM JSON policy elements: Resource"); {@link isWider} tells where that is more than the pattern means.
 */
export function repositoryArns({account, region}: RegistryPlace, pattern: string): string[] {
  const prefix = `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/`
  return names(pattern.replace(/^\//, '').split('/')).map(name => prefix + name)
}

/** A `**` in the middle is any number of segments, none included: `a/**\/b` is `a/b` and `a/*\/b`. */
function names(segments: readonly string[]): string[] {
  const [first = '', ...rest] = segments
  if (rest.length === 0) return [first === '**' ? '*' : first]
  const behind = names(rest)
  if (first !== '**') return behind.map(name => `${first}/${name}`)
  return [...new Set(behind.flatMap(name => (name === '*' ? ['*'] : [name, `*/${name}`])))]
}

/** Whether the ARNs of a pattern mean more than the pattern: its `*` ends at a slash, that of an ARN does not. */
export function isWider(pattern: string): boolean {
  return pattern.split('/').some(segment => segment !== '**' && segment.includes('*'))
}
