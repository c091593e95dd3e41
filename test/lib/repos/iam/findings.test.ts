import {describe, expect, test} from 'vitest'
import type {StatementSetting} from '../../../../src/lib/config/settings.ts'
import {findInPolicy, oldVariables, policyChecks} from '../../../../src/lib/repos/iam/findings.ts'
import {hasRealPolicies, realPolicies} from './variants.ts'

const repository = {kind: 'repository', account: '111111111111', region: 'eu-west-1'} as const
const registry = {...repository, kind: 'registry'} as const
const pull = {
  Sid: 'Pull',
  Effect: 'Allow',
  Principal: {AWS: '222222222222'},
  Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
}
const here = 'arn:aws:ecr:eu-west-1:111111111111:repository/*'
const replicate = {...pull, Action: 'ecr:ReplicateImage', Resource: here}
const service = {...pull, Principal: {Service: 'lambda.amazonaws.com'}}
const everybody = {...pull, Principal: '*'}
const withCondition = (
  statement: object,
  operator: string,
  key: string,
  value: unknown = 'o-a1b2c3d4e5',
) => ({
  ...statement,
  Condition: {[operator]: {[key]: value}},
})

function codesOf(statement: StatementSetting, place: typeof repository | typeof registry = repository) {
  return findInPolicy({statements: [statement]}, place).map(({severity, code}) => `${severity} ${code}`)
}

describe('nothing is found in', () => {
  test.each([
    ['pulls of another account', pull, repository],
    ['pulls of an organization', withCondition(everybody, 'StringEquals', 'aws:PrincipalOrgID'), repository],
    ['the same in other letters', withCondition(everybody, 'StringLike', 'AWS:principalorgid'), repository],
    [
      'any of the paths of one',
      withCondition(everybody, 'ForAnyValue:StringLike', 'aws:PrincipalOrgPaths'),
      repository,
    ],
    [
      'a service with its source',
      withCondition(service, 'ArnLike', 'aws:sourceARN', 'arn:aws:lambda:*'),
      repository,
    ],
    ['a service that is denied', {...service, Effect: 'Deny'}, repository],
    [
      'everybody but one that is denied',
      {...pull, Effect: 'Deny', Principal: undefined, NotPrincipal: pull.Principal},
      repository,
    ],
    ['patterns of actions', {...pull, Action: ['ecr:Get*', 'ECR:batchGETimage', 'ecr:??tImage']}, repository],
    ['repositories of the registry', replicate, registry],
    [
      'a pattern of regions',
      {...replicate, Resource: 'arn:aws:ecr:eu-*:111111111111:repository/prod/*'},
      registry,
    ],
    ['every resource', {...replicate, Resource: '*'}, registry],
    ['a setting of the registry in its policy', {...replicate, Action: 'ecr:DescribeRegistry'}, registry],
  ])('%s', (_, statement, place) => {
    expect(codesOf(statement, place)).toEqual([])
  })

  test('a statement that is to go', () => {
    expect(codesOf({Sid: 'Old', state: 'absent'})).toEqual([])
  })
})

describe('it is doubtful', () => {
  test.each([
    ['everybody', everybody, 'error open-to-everybody'],
    [
      'everybody, as AWS has it',
      {...pull, Principal: {AWS: ['*', '222222222222']}},
      'error open-to-everybody',
    ],
    [
      'everybody by another condition',
      withCondition(everybody, 'Bool', 'aws:SecureTransport', true),
      'warning everybody-by-condition',
    ],
    [
      'everybody but',
      withCondition(everybody, 'StringNotEquals', 'aws:PrincipalOrgID'),
      'warning everybody-by-condition',
    ],
    [
      'everybody if it exists',
      withCondition(everybody, 'StringEqualsIfExists', 'aws:PrincipalOrgID'),
      'warning everybody-by-condition',
    ],
    [
      'everybody of any organization',
      withCondition(everybody, 'StringLike', 'aws:PrincipalOrgID', '*'),
      'warning everybody-by-condition',
    ],
    [
      'all values, of which there may be none',
      withCondition(everybody, 'ForAllValues:StringLike', 'aws:PrincipalOrgPaths'),
      'warning everybody-by-condition',
    ],
    [
      'everybody else',
      {...pull, Principal: undefined, NotPrincipal: {AWS: '222222222222'}},
      'error allowed-but-not-to',
    ],
    [
      'roles by a pattern',
      {...pull, Principal: {AWS: 'arn:aws:iam::222222222222:role/ci-*'}},
      'error pattern-of-principals',
    ],
    ['a deleted role', {...pull, Principal: {AWS: 'AROAEXAMPLEID12345678'}}, 'warning deleted-principal'],
    ['a service', service, 'warning service-without-source'],
    [
      'a service unless',
      withCondition(service, 'StringNotLike', 'aws:SourceAccount'),
      'warning service-without-source',
    ],
    [
      'nobody left to change it',
      {...everybody, Effect: 'Deny', Action: 'ecr:Set*'},
      'warning everybody-locked-out',
    ],
    ['an action that is not there', {...pull, Action: 'ecr:BatchGetImages'}, 'error unknown-action'],
    ['a pattern of none', {...pull, Action: 'ecr:Fetch*'}, 'error unknown-action'],
    ['an action of another service', {...pull, Action: 'kms:Decrypt'}, 'error unknown-action'],
    [
      'a login by a repository',
      {...pull, Action: 'ecr:getauthorizationtoken'},
      'warning action-of-the-registry',
    ],
    ['everything else', {...pull, Action: undefined, NotAction: 'ecr:PutImage'}, 'warning allowed-but-these'],
    ['everything', {...pull, Action: ['ecr:*']}, 'warning everything-allowed'],
    ['a resource in a repository', {...pull, Resource: here}, 'error resource-in-repository-policy'],
    ['no name', {...pull, Sid: undefined}, 'note no-sid'],
  ])('%s', (_, statement, finding) => {
    expect(codesOf(withoutAbsent(statement))).toEqual([finding])
  })

  test.each([
    ['no resource', pull, 'error no-resource'],
    ['another region', {...replicate, Resource: here.replace('eu', 'us')}, 'error resource-elsewhere'],
    ['another account', {...replicate, Resource: [here.replace('1111', '2222')]}, 'error resource-elsewhere'],
    ['another service', {...replicate, Resource: 'arn:aws:s3:::bucket'}, 'error resource-elsewhere'],
    [
      'no repository',
      {...replicate, Resource: here.replace('repository/', 'image/')},
      'error resource-elsewhere',
    ],
  ])('in a registry: %s', (_, statement, finding) => {
    expect(codesOf(statement, registry)).toEqual([finding])
  })

  test('a variable of IAM in a version that has none', () => {
    const own = withCondition(pull, 'StringEquals', 'ecr:ResourceTag/team', '${aws:PrincipalTag/team}')
    const codes = (version: string) =>
      findInPolicy({version, statements: [own]}, repository).map(({code}) => code)
    expect(codes('2008-10-17')).toEqual([oldVariables.code])
    expect(codes('2012-10-17')).toEqual([])
  })

  test('and what is found says where, and what to do', () => {
    const statements = [pull, {...pull, Action: 'ecr:BatchGetImages'}]
    expect(findInPolicy({statements}, repository)).toEqual([
      {
        code: 'unknown-action',
        severity: 'error',
        path: ['statements', 'Pull', 1],
        message:
          'The statement Pull has ecr:BatchGetImages, which is no action of ECR that this version knows.',
        fix: 'Did you mean ecr:BatchGetImage?',
      },
    ])
  })
})

test('each check has a code of its own', () => {
  const codes = [...policyChecks, oldVariables].map(({code}) => code)
  expect(new Set(codes).size).toBe(codes.length)
})

test.skipIf(!hasRealPolicies)('policies that others wrote have no unknown action', () => {
  const codes = realPolicies().flatMap(({Statement}) =>
    findInPolicy({statements: [Statement].flat() as StatementSetting[]}, repository).map(({code}) => code),
  )
  expect(codes).toContain('open-to-everybody')
  expect(codes).not.toContain('unknown-action')
})

function withoutAbsent(statement: object): StatementSetting {
  return Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined))
}
