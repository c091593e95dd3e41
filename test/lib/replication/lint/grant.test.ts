import {describe, expect, test} from 'vitest'
import {grantOf} from '../../../../src/lib/replication/lint/grant.ts'

const account = '111111111111'
const root = `arn:aws:iam::${account}:root`
const resource = 'arn:aws:ecr:us-east-1:222222222222:repository/team/app'
const question = {account, partition: 'aws', action: 'ecr:ReplicateImage', resource}

type Statement = Readonly<Record<string, unknown>>

const allow: Statement = {
  Effect: 'Allow',
  Principal: {AWS: root},
  Action: 'ecr:ReplicateImage',
  Resource: '*',
}

function grant(...statements: readonly unknown[]) {
  return grantOf(JSON.stringify({Version: '2012-10-17', Statement: statements}), question).kind
}

describe('what a registry policy says about replication', () => {
  test('no policy says nothing', () => {
    expect(grantOf(null, question)).toEqual({kind: 'silent'})
  })

  test.each<[string, Statement]>([
    ['the root of the account', {}],
    ['the id of the account', {Principal: {AWS: account}}],
    ['anybody', {Principal: '*'}],
    ['anybody as AWS', {Principal: {AWS: '*'}}],
    ['one of several', {Principal: {AWS: ['arn:aws:iam::333333333333:root', root]}}],
    ['all actions', {Action: '*'}],
    ['actions by pattern, whatever their case', {Action: ['ECR:replicate*']}],
    ['a character by a question mark', {Action: 'ecr:ReplicateImag?'}],
    ['all actions but others', {Action: undefined, NotAction: 'ecr:CreateRepository'}],
    ['the repositories of the registry', {Resource: 'arn:aws:ecr:us-east-1:222222222222:repository/*'}],
    ['the repository', {Resource: [resource]}],
    ['all repositories but others', {Resource: undefined, NotResource: '*/repository/other*'}],
    ['no condition', {Condition: {}}],
  ])('%s is allowed', (_name, more) => {
    expect(grant({...allow, ...more})).toBe('allowed')
  })

  test.each<[string, Statement]>([
    ['the root of another account', {Principal: {AWS: 'arn:aws:iam::333333333333:root'}}],
    ['a role of the account', {Principal: {AWS: `arn:aws:iam::${account}:role/deploy`}}],
    ['the account in another partition', {Principal: {AWS: `arn:aws-cn:iam::${account}:root`}}],
    ['another service', {Principal: {Service: 'codebuild.amazonaws.com'}}],
    ['another action', {Action: 'ecr:CreateRepository'}],
    ['all actions but this one', {Action: undefined, NotAction: 'ecr:Replicate*'}],
    ['another repository', {Resource: 'arn:aws:ecr:us-east-1:222222222222:repository/team/web'}],
    ['another region', {Resource: 'arn:aws:ecr:eu-west-1:222222222222:repository/*'}],
    ['all repositories but this one', {Resource: undefined, NotResource: '*team*'}],
  ])('%s is not allowed', (_name, more) => {
    expect(grant({...allow, ...more})).toBe('silent')
  })

  test.each<[string, unknown]>([
    ['a condition', {...allow, Condition: {StringEquals: {'aws:PrincipalOrgID': 'o-1'}}}],
    ['everybody but some', {...allow, Principal: undefined, NotPrincipal: {AWS: root}}],
    ['a variable in the resource', {...allow, Resource: 'arn:*:repository/${aws:PrincipalTag/team}/*'}],
    ['no resource', {...allow, Resource: undefined}],
    ['both Action and NotAction', {...allow, NotAction: 'ecr:PutImage'}],
    [
      'the service-linked role',
      {
        ...allow,
        Principal: {
          AWS: `arn:aws:iam::${account}:role/aws-service-role/replication.ecr.amazonaws.com/AWSServiceRoleForECRReplication`,
        },
      },
    ],
    ['the service', {...allow, Principal: {Service: 'replication.ecr.amazonaws.com'}}],
    ['an effect that is none', {...allow, Effect: 'allow'}],
    ['a number as its action', {...allow, Action: 7}],
    ['a statement that is none', 'Allow'],
    ['no principal', {...allow, Principal: undefined}],
  ])('%s is not clear', (_name, statement) => {
    expect(grant(statement)).toBe('unclear')
  })

  test.each(['', '[]', '{"Statement": [', '{}', 'null'])('the text %j is not clear', text => {
    expect(grantOf(text, question).kind).toBe('unclear')
  })

  test('a deny beats an allow, in any order', () => {
    const deny = {...allow, Effect: 'Deny', Principal: '*'}
    expect(grant(allow, deny)).toBe('denied')
    expect(grant(deny, allow)).toBe('denied')
  })

  test('a deny of something else changes nothing', () => {
    expect(grant(allow, {...allow, Effect: 'Deny', Action: 'ecr:CreateRepository'})).toBe('allowed')
  })

  test('a deny that depends on something is not clear, though another statement allows it', () => {
    const condition = {Bool: {'aws:SecureTransport': 'false'}}
    expect(grant(allow, {...allow, Effect: 'Deny', Condition: condition})).toBe('unclear')
  })

  test('an unclear allowance beside a clear one is allowed', () => {
    expect(grant({...allow, Condition: {StringEquals: {a: 'b'}}}, allow)).toBe('allowed')
  })

  test('an unclear statement about something else changes nothing', () => {
    expect(grant(allow, {...allow, Effect: 'Deny', Action: 'ecr:PutImage', Condition: {a: {b: 'c'}}})).toBe(
      'allowed',
    )
  })
})
