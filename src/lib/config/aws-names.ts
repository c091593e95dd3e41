/** The shapes of AWS names that `repos.yaml` holds, anchored, so that nothing rides behind a valid beginning. */

export const accountIdPattern = /^\d{12}$/
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/
/** IAM API reference, Role: a path of printable ASCII, a name of at most 64 characters. */
export const roleArnPattern =
  /^arn:(aws|aws-[a-z]+(?:-[a-z]+)?):iam::(\d{12}):role\/(?:[\x21-\x7e]{0,510}\/)?[\w+=,.@-]{1,64}$/
/** STS API reference, AssumeRole: ExternalId has 2 to 1224 characters, RoleSessionName 2 to 64. */
export const externalIdPattern = /^[\w+=,.@:/-]{2,1224}$/
export const sessionNamePattern = /^[\w+=,.@-]{2,64}$/

/** Partitions whose regions have a prefix of their own; every other region is in `aws` (SDK partitions data). */
const partitionPrefixes: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
]

export function partitionOfRegion(region: string): string {
  return partitionPrefixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'
}

/** The partition and account of a role's ARN; undefined when it is none. */
export function parseRoleArn(
  arn: string,
): {readonly partition: string; readonly account: string} | undefined {
  const [, partition, account] = roleArnPattern.exec(arn) ?? []
  return partition === undefined || account === undefined ? undefined : {partition, account}
}
