import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {isPolicy} from '../../../../src/lib/sandbox/access/validation.ts'

const allow = {Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}
const user = 'arn:aws:iam::111111111111:user/teams/bob'

function taken(statement: object, kind: Parameters<typeof isPolicy>[1] = 'repository'): boolean {
  return isPolicy({Version: '2012-10-17', Statement: statement}, kind)
}

describe('a policy', () => {
  test.each([
    ['one statement', {Statement: allow}, true],
    [
      'several, of the same Sid',
      {
        Statement: [
          {...allow, Sid: 'a b'},
          {...allow, Sid: 'a b'},
        ],
      },
      true,
    ],
    ['an Id', {Version: '2008-10-17', Id: 'Foo', Statement: [allow]}, true],
    ['no statement', {Version: '2012-10-17'}, false],
    ['an empty list of them', {Statement: []}, false],
    ['another version', {Version: '2012-10-18', Statement: allow}, false],
    ['an element that there is not', {Statement: allow, Statements: []}, false],
  ])('with %s: taken %j', (_, policy, expected) => {
    expect(isPolicy(policy, 'repository')).toBe(expected)
  })

  test.each([null, 'text', 1, [], [allow]])('%j is none', value => {
    expect(isPolicy(value, 'repository')).toBe(false)
  })
})

describe('a statement', () => {
  const {Principal: _, ...withoutPrincipal} = allow
  const {Action: __, ...withoutAction} = allow

  test.each([
    ['an unknown effect', {...allow, Effect: 'allow'}, false],
    ['an unknown element', {...allow, Conditions: {}}, false],
    ['no action', withoutAction, false],
    ['NotAction', {...withoutAction, NotAction: 'ecr:PutImage'}, true],
    ['Action and NotAction', {...allow, NotAction: 'ecr:PutImage'}, false],
    ['no actions', {...allow, Action: []}, false],
    ['every action', {...allow, Action: '*'}, true],
    ['an action of another service', {...allow, Action: ['ecr:*', 's3:GetObject']}, false],
    ['an action without a service', {...allow, Action: 'BatchGetImage'}, false],
    ['no principal', withoutPrincipal, false],
    ['NotPrincipal', {...withoutPrincipal, NotPrincipal: {AWS: user}}, true],
    ['an account', {...allow, Principal: {AWS: '111111111111'}}, true],
    ['a user', {...allow, Principal: {AWS: ['*', user]}}, true],
    ['the id of one that was deleted', {...allow, Principal: {AWS: 'AIDACKCEVSQ6C2EXAMPLE'}}, true],
    ['a service', {...allow, Principal: {Service: 'lambda.amazonaws.com'}}, true],
    ['a principal of an unknown kind', {...allow, Principal: {Aws: '*'}}, false],
    ['a principal that is no ARN of IAM', {...allow, Principal: {AWS: 'arn:aws:iam::111111111111:*'}}, false],
    ['a principal of eleven digits', {...allow, Principal: {AWS: '11111111111'}}, false],
    ['a name as principal', {...allow, Principal: 'bob'}, false],
    ['a condition', {...allow, Condition: {Bool: {'aws:SecureTransport': true}}}, true],
    [
      'a condition on a set',
      {...allow, Condition: {'ForAnyValue:StringLike': {'aws:sourceARN': ['a', 'b']}}},
      true,
    ],
    ['an unknown operator', {...allow, Condition: {StringIs: {a: 'b'}}}, false],
    ['an unknown set', {...allow, Condition: {'ForSomeValues:StringLike': {a: 'b'}}}, false],
    ['a condition on nothing', {...allow, Condition: {StringLike: 'a'}}, false],
  ])('with %s: taken %j', (_, statement, expected) => {
    expect(taken(statement)).toBe(expected)
  })
})

describe('Resource', () => {
  const Resource = 'arn:aws:ecr:eu-west-1:111111111111:repository/*'
  const {Principal: _, ...identity} = allow

  test.each([
    ['repository', allow, true],
    ['repository', {...allow, Resource}, false],
    ['registry', {...allow, Resource}, true],
    ['registry', {...allow, NotResource: Resource}, true],
    ['registry', allow, false],
    ['identity', {...identity, Resource}, true],
    ['identity', {...identity, Action: 's3:*', Resource: '*'}, true],
    ['identity', identity, false],
    ['identity', {...allow, Resource}, false],
  ] as const)('of a %s, %j: taken %j', (kind, statement, expected) => {
    expect(taken(statement, kind)).toBe(expected)
  })
})

const collection = new URL('../../../../../shared/data/repository-policies.json', import.meta.url)

describe.skipIf(!existsSync(collection))('policies that others wrote', () => {
  test('are all taken', () => {
    const {policies} = JSON.parse(readFileSync(collection, 'utf8')) as {
      policies: {policy: object; kind?: string}[]
    }
    expect(policies.length).toBeGreaterThan(12)
    for (const {policy, kind} of policies) {
      expect(isPolicy(policy, kind?.startsWith('registry') === true ? 'registry' : 'repository')).toBe(true)
    }
  })
})
