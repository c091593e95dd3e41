import {describe, expect, test} from 'vitest'
import {ecrHost, isAccountId, isRegion, parseEcrHost, partitionOf} from '../../../src/lib/ecr/hosts.ts'

const account = '012345678901'

/** From the service endpoints that AWS publishes, one region per partition. */
const partitions = [
  {name: 'aws', region: 'eu-west-1', suffix: 'amazonaws.com', dual: 'on.aws'},
  {name: 'aws-cn', region: 'cn-north-1', suffix: 'amazonaws.com.cn', dual: 'on.amazonwebservices.com.cn'},
  {name: 'aws-us-gov', region: 'us-gov-west-1', suffix: 'amazonaws.com', dual: 'on.aws'},
  {name: 'aws-eusc', region: 'eusc-de-east-1', suffix: 'amazonaws.eu', dual: 'on.amazonwebservices.eu'},
  {name: 'aws-iso', region: 'us-iso-east-1', suffix: 'c2s.ic.gov', dual: 'on.aws.ic.gov'},
  {name: 'aws-iso-b', region: 'us-isob-east-1', suffix: 'sc2s.sgov.gov', dual: 'on.aws.scloud'},
  {name: 'aws-iso-e', region: 'eu-isoe-west-1', suffix: 'cloud.adc-e.uk', dual: 'on.cloud-aws.adc-e.uk'},
  {name: 'aws-iso-f', region: 'us-isof-south-1', suffix: 'csp.hci.ic.gov', dual: 'on.aws.hci.ic.gov'},
]

describe.each(partitions)('$name', ({name, region, suffix, dual}) => {
  test.each([
    {fips: false, dualStack: false, host: `${account}.dkr.ecr.${region}.${suffix}`},
    {fips: true, dualStack: false, host: `${account}.dkr.ecr-fips.${region}.${suffix}`},
    {fips: false, dualStack: true, host: `${account}.dkr-ecr.${region}.${dual}`},
    {fips: true, dualStack: true, host: `${account}.dkr-ecr-fips.${region}.${dual}`},
  ])('$host is written and read', ({fips, dualStack, host}) => {
    expect(ecrHost({account, region, fips, dualStack})).toBe(host)
    expect(parseEcrHost(host)).toEqual({kind: 'private', account, region, partition: name, fips, dualStack})
  })

  test('has the region', () => {
    expect(isRegion(region)).toBe(true)
    expect(partitionOf(region)).toBe(name)
  })
})

const plain = `${account}.dkr.ecr.eu-west-1.amazonaws.com`

test.each([plain.toUpperCase(), `${plain}.`, `${plain}:443`, `${account}.DKR.ecr.eu-west-1.AmazonAWS.com`])(
  '%s is the same registry',
  host => {
    expect(parseEcrHost(host)).toMatchObject({kind: 'private', account, region: 'eu-west-1'})
  },
)

test.each(['public.ecr.aws', 'ecr-public.aws.com', 'PUBLIC.ECR.AWS', 'public.ecr.aws.'])(
  '%s is ECR Public',
  host => {
    expect(parseEcrHost(host)).toEqual({kind: 'public'})
  },
)

test('a region that is newer than the SDK data belongs to the partition of its shape', () => {
  expect(parseEcrHost(`${account}.dkr.ecr.eu-south-9.amazonaws.com`)).toMatchObject({partition: 'aws'})
  expect(parseEcrHost(`${account}.dkr.ecr.us-gov-north-1.amazonaws.com`)).toMatchObject({
    partition: 'aws-us-gov',
  })
})

const attackers = ['evil.com', 'evil.com.', 'amazonaws.com.evil.com', 'co', '127.0.0.1']
const characters = [
  '@',
  '/',
  '\\',
  '?',
  '#',
  ':',
  '%2e',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '。',
  '․',
  ',',
  ';',
  '*',
  '..',
]

const lookAlikes = [
  ...attackers.map(evil => `${plain}.${evil}`),
  ...attackers.map(evil => `${plain}${evil}`),
  ...characters.map(character => `${plain}${character}evil.com`),
  ...characters.map(character => `evil.com${character}${plain}`),
  ...characters.slice(0, 16).map(character => `${account}.dkr${character}ecr.eu-west-1.amazonaws.com`),
  ...partitions.slice(1).map(({region}) => `${account}.dkr.ecr.${region}.amazonaws.com.evil`),
  ...partitions.slice(1).map(({suffix}) => `${account}.dkr.ecr.eu-west-1.${suffix}x`),
  'amazonaws.com',
  'ecr.eu-west-1.amazonaws.com',
  'dkr.ecr.eu-west-1.amazonaws.com',
  'api.ecr.eu-west-1.amazonaws.com',
  `x${plain}`,
  `x.${plain}`,
  `-${plain}`,
  `1${plain}`,
  plain.slice(1),
  `${account}.dkr.ecr.amazonaws.com`,
  `${account}.dkr.ecr..amazonaws.com`,
  `${account}.dkr.ecr.*.amazonaws.com`,
  `${account}.dkr.ecr.evil.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1.evil.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1x.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1-.amazonaws.com`,
  `${account}.dkr.ecr-.eu-west-1.amazonaws.com`,
  `${account}.dkr.ecr-fipsx.eu-west-1.amazonaws.com`,
  `${account}.dkr.ecrr.eu-west-1.amazonaws.com`,
  `${account}.dkrxecr.eu-west-1.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.comx`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.co`,
  `${account}.dkr.ecr.eu-west-1.amazonaws-com`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.com:8443`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.com:80`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.com..`,
  `https://${plain}`,
  `${plain}/`,
  `user@${plain}`,
  ` ${plain}`,
  `${plain} `,
  `${plain}\n`,
  `[${plain}]`,
  // The right words of another partition or form.
  `${account}.dkr.ecr.cn-north-1.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.com.cn`,
  `${account}.dkr.ecr.eu-west-1.amazonaws.eu`,
  `${account}.dkr.ecr.eusc-de-east-1.amazonaws.com`,
  `${account}.dkr.ecr.us-iso-east-1.amazonaws.com`,
  `${account}.dkr.ecr.eu-west-1.on.aws`,
  `${account}.dkr-ecr.eu-west-1.amazonaws.com`,
  `${account}.dkr-ecr.eu-west-1.api.aws`,
  `${account}.dkr-ecr.cn-north-1.on.aws`,
  'public.ecr.aws.evil.com',
  'xpublic.ecr.aws',
  'public-ecr.aws',
  'public.ecr.aws:8443',
  'public.ecr.aws@evil.com',
  'evil.public.ecr.aws',
  'ecr-public.aws.com.evil.com',
  'ecr-public.aws.co',
  'localhost:5000',
  '127.0.0.1:5000',
  'docker.io',
  '',
  '.',
]

test('a hundred look-alikes and more are not ECR', () => {
  expect(lookAlikes.length).toBeGreaterThan(100)
  expect(lookAlikes.filter(host => parseEcrHost(host) !== undefined)).toEqual([])
})

test.each([
  '',
  '*',
  'eu-west',
  'eu-west-1.evil.com',
  'eu-west-1/x',
  'evil.com#',
  'EU-WEST-1',
  'eu-west-1\n',
  ' eu-west-1',
  'eu_west_1',
  'west-eu-1',
  'aws-global',
  '..',
  'eu-west-1:x',
  'localhost',
])('%j is not a region', text => {
  expect(isRegion(text)).toBe(false)
})

test('an account id has twelve digits', () => {
  expect(isAccountId('012345678901')).toBe(true)
  expect(['12345678901', '0123456789012', '01234567890a', '０12345678901', ''].filter(isAccountId)).toEqual(
    [],
  )
})
