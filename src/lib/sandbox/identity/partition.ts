/** Names that AWS gives to things in one of its partitions. */
export interface Partition {
  readonly name: string
  readonly suffix: string
  /** Suffix of dual-stack API names. */
  readonly apiSuffix: string
  /** Suffix of dual-stack registry names, where they exist. */
  readonly registrySuffix?: string
}

const aws: Partition = {
  name: 'aws',
  suffix: 'amazonaws.com',
  apiSuffix: 'api.aws',
  registrySuffix: 'on.aws',
}

// Region prefixes and suffixes of the SDK's partition data.
const others: readonly (readonly [prefix: string, partition: Partition])[] = [
  [
    'cn-',
    {
      name: 'aws-cn',
      suffix: 'amazonaws.com.cn',
      apiSuffix: 'api.amazonwebservices.com.cn',
      registrySuffix: 'on.amazonwebservices.com.cn',
    },
  ],
  ['us-gov-', {...aws, name: 'aws-us-gov'}],
  ['us-iso-', {name: 'aws-iso', suffix: 'c2s.ic.gov', apiSuffix: 'api.aws.ic.gov'}],
  ['us-isob-', {name: 'aws-iso-b', suffix: 'sc2s.sgov.gov', apiSuffix: 'api.aws.scloud'}],
  ['eu-isoe-', {name: 'aws-iso-e', suffix: 'cloud.adc-e.uk', apiSuffix: 'api.cloud-aws.adc-e.uk'}],
  ['us-isof-', {name: 'aws-iso-f', suffix: 'csp.hci.ic.gov', apiSuffix: 'api.aws.hci.ic.gov'}],
  ['eusc-', {name: 'aws-eusc', suffix: 'amazonaws.eu', apiSuffix: 'api.amazonwebservices.eu'}],
]

export function partitionOf(region: string): Partition {
  return others.find(([prefix]) => region.startsWith(prefix))?.[1] ?? aws
}

/** What the names of AWS's hosts end with, in all partitions; ECR Public has a domain of its own. */
export const domains: readonly string[] = [
  ...new Set(
    [aws, ...others.map(([, partition]) => partition)].flatMap(({suffix, apiSuffix, registrySuffix}) =>
      registrySuffix === undefined ? [suffix, apiSuffix] : [suffix, apiSuffix, registrySuffix],
    ),
  ),
  'ecr.aws',
]

const regionPattern = /^[a-z]{2,5}(-[a-z]+)+-\d{1,2}$/
const accountPattern = /^\d{12}$/

export function isRegion(text: string): boolean {
  return regionPattern.test(text)
}

export function isAccount(text: string): boolean {
  return accountPattern.test(text)
}

export function registryHost(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.${partitionOf(region).suffix}`
}

export function repositoryArn(account: string, region: string, name: string): string {
  return `arn:${partitionOf(region).name}:ecr:${region}:${account}:repository/${name}`
}

/** What an ARN names, if it is a repository's. */
export function parseRepositoryArn(
  arn: string,
): {readonly account: string; readonly region: string; readonly name: string} | undefined {
  const [, region = '', account = '', name = ''] =
    /^arn:[a-z-]+:ecr:([a-z0-9-]+):(\d{12}):repository\/(.+)$/.exec(arn) ?? []
  return isRegion(region) && repositoryArn(account, region, name) === arn
    ? {account, region, name}
    : undefined
}
