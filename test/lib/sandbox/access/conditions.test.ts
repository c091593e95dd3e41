import {describe, expect, test} from 'vitest'
import type {AccessRequest} from '../../../../src/lib/sandbox/access/request.ts'
import {asking, dev, prod, repository, root, says, session, user} from './requests.ts'

function holds(
  operator: string,
  key: string,
  wanted: string | boolean | number | readonly string[],
  request = {},
) {
  return says({Condition: {[operator]: {[key]: wanted}}}, request) === 'allowed'
}

const tags = (Team: string): Partial<AccessRequest> => ({principalTags: {Team}})
const team = 'aws:PrincipalTag/Team'

describe('an operator', () => {
  test.each([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringNotEquals', 'a', 'a', false],
    ['StringNotEquals', 'a', 'b', true],
    ['StringEqualsIgnoreCase', 'a', 'A', true],
    ['StringEqualsIgnoreCase', 'a', 'b', false],
    ['StringNotEqualsIgnoreCase', 'a', 'A', false],
    ['StringNotEqualsIgnoreCase', 'a', 'b', true],
    ['StringLike', 'a*', 'ab', true],
    ['StringLike', 'a?', 'abc', false],
    ['StringNotLike', 'a*', 'ab', false],
    ['StringNotLike', 'a*', 'b', true],
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', '10', '11', false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericLessThan', '10', '9', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericLessThanEquals', '10', '11', false],
    ['NumericGreaterThan', '10', '11', true],
    ['NumericGreaterThan', '10', '10', false],
    ['NumericGreaterThanEquals', '10', '10', true],
    ['NumericGreaterThanEquals', '10', '9', false],
    ['NumericEquals', '10', 'ten', false],
    ['DateEquals', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
    ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
    ['DateNotEquals', '2026-01-01', '2026-01-02', true],
    ['DateLessThan', '2026-01-02', '2026-01-01', true],
    ['DateLessThan', '2026-01-01', '2026-01-01', false],
    ['DateLessThanEquals', '2026-01-01', '2026-01-01', true],
    ['DateGreaterThan', '2026-01-01', '2026-01-02', true],
    ['DateGreaterThan', '2026-01-01', '2026-01-01', false],
    ['DateGreaterThanEquals', '2026-01-01', '2026-01-01', true],
    ['Bool', 'true', 'True', true],
    ['Bool', 'true', 'false', false],
    ['BinaryEquals', 'QQ==', 'QQ==', true],
    ['BinaryEquals', 'QQ==', 'Qg==', false],
    ['IpAddress', '10.0.0.0/8', '10.1.2.3', true],
    ['IpAddress', '10.0.0.0/8', '11.1.2.3', false],
    ['IpAddress', '10.1.2.3', '10.1.2.3', true],
    ['IpAddress', '0.0.0.0/0', '10.1.2.3', true],
    ['IpAddress', '2001:db8::/32', '2001:db8::1', true],
    ['IpAddress', '2001:db8::/32', '10.1.2.3', false],
    ['NotIpAddress', '10.0.0.0/8', '11.1.2.3', true],
    ['NotIpAddress', '10.0.0.0/8', '10.1.2.3', false],
    ['IpAddress', '10.0.0.0/99', '10.1.2.3', false],
    ['ArnEquals', 'arn:aws:iam::*:role/a*', 'arn:aws:iam::1:role/abc', true],
    ['ArnLike', 'arn:aws:iam::*:role/a?', 'arn:aws:iam::1:role/ab', true],
    ['ArnLike', 'arn:aws:*:role/a', 'arn:aws:iam::1:role/a', false],
    ['ArnLike', 'arn:aws:iam::1:role/*', 'role/a', false],
    ['ArnLike', 'arn:aws:lambda:*:1:function:*', 'arn:aws:lambda:eu-west-1:1:function:f:live', true],
    ['ArnNotEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b', true],
    ['ArnNotLike', 'arn:aws:iam::1:role/*', 'arn:aws:iam::1:role/b', false],
  ])('%s %j holds for %j: %j', (operator, wanted, actual, expected) => {
    expect(holds(operator, team, wanted, tags(actual))).toBe(expected)
  })

  test('of several values needs one of them, and when negated none', () => {
    expect(holds('StringEquals', team, ['a', 'b'], tags('b'))).toBe(true)
    expect(holds('StringEquals', team, ['a', 'b'], tags('c'))).toBe(false)
    expect(holds('StringNotEquals', team, ['a', 'b'], tags('b'))).toBe(false)
    expect(holds('StringNotEquals', team, ['a', 'b'], tags('c'))).toBe(true)
  })

  test('takes values that are not text', () => {
    expect(holds('Bool', 'aws:SecureTransport', true)).toBe(true)
    expect(holds('Bool', 'aws:SecureTransport', false)).toBe(false)
    expect(holds('NumericLessThan', 'aws:EpochTime', 2_000_000_000)).toBe(true)
  })

  test('all operators and all of their keys must hold', () => {
    const both = (b: string) =>
      says(
        {
          Condition: {
            StringEquals: {[team]: 'a', 'aws:PrincipalTag/b': b},
            Bool: {'aws:SecureTransport': 'true'},
          },
        },
        {
          principalTags: {Team: 'a', b: '1'},
        },
      )
    expect(both('1')).toBe('allowed')
    expect(both('2')).toBe('silent')
  })
})

describe('a key that is absent', () => {
  test.each([
    ['StringEquals', 'a', false],
    ['StringLike', '*', false],
    ['StringNotEquals', 'a', true],
    ['ArnNotLike', 'a', true],
    ['NotIpAddress', '10.0.0.0/8', true],
    ['StringEqualsIfExists', 'a', true],
    ['StringNotEqualsIfExists', 'a', true],
    ['BoolIfExists', 'true', true],
    ['ForAllValues:StringEquals', 'a', true],
    ['ForAnyValue:StringEquals', 'a', false],
    ['ForAnyValue:StringNotEquals', 'a', false],
    ['ForAnyValue:StringEqualsIfExists', 'a', true],
    ['Null', 'true', true],
    ['Null', 'false', false],
  ])('%s %j holds: %j', (operator, wanted, expected) => {
    expect(holds(operator, team, wanted)).toBe(expected)
    expect(holds(operator, 'aws:SourceVpc', wanted)).toBe(expected)
  })

  test('Null sees a key that is there', () => {
    expect(holds('Null', team, 'false', tags('a'))).toBe(true)
    expect(holds('Null', team, 'true', tags('a'))).toBe(false)
  })

  test('IfExists looks at a key that is there', () => {
    expect(holds('StringEqualsIfExists', team, 'a', tags('b'))).toBe(false)
  })
})

describe('a key of several values', () => {
  const keys = (...tagKeys: string[]) => ({tagKeys})

  test.each([
    ['ForAllValues:StringEquals', ['a', 'b'], keys('a'), true],
    ['ForAllValues:StringEquals', ['a', 'b'], keys('a', 'c'), false],
    ['ForAllValues:StringNotLike', ['x*'], keys('a', 'b'), true],
    ['ForAllValues:StringNotLike', ['x*'], keys('a', 'xb'), false],
    ['ForAnyValue:StringEquals', ['a'], keys('a', 'c'), true],
    ['ForAnyValue:StringEquals', ['a'], keys('b', 'c'), false],
    ['ForAnyValue:StringNotEquals', ['a'], keys('a', 'c'), true],
    ['ForAnyValue:StringNotEquals', ['a'], keys('a'), false],
  ])('%s %j of %j: %j', (operator, wanted, request, expected) => {
    expect(holds(operator, 'aws:TagKeys', wanted, request)).toBe(expected)
  })
})

describe('what is not known', () => {
  const unknown = [
    {StringEquals: {'aws:ComesNextYear': 'a'}},
    {StringNotEquals: {'aws:ComesNextYear': 'a'}},
    {Null: {'aws:ComesNextYear': 'true'}},
    {StringResembles: {'aws:PrincipalAccount': dev}},
    {NumericEquals: {'aws:PrincipalTag/Team': '1'}},
    {StringEquals: {'aws:PrincipalTag/Team': '${aws:ComesNextYear}'}},
  ]

  test.each(unknown)('%j allows nothing, and denies', Condition => {
    expect(says({Condition}, tags('a'))).toBe('silent')
    expect(says({Condition, Effect: 'Deny'}, tags('a'))).toBe('denied')
  })

  test.each(unknown)('%j does not deny where another condition does not hold', known => {
    const Condition = {...known, Bool: {'aws:SecureTransport': 'false'}}
    expect(says({Condition, Effect: 'Deny'}, tags('a'))).toBe('silent')
  })
})

describe('a condition key', () => {
  const ofSession = {caller: session}
  const inOrganization = {organization: 'o-a1/r-b2/ou-c3/'}
  const tagged = {resource: {...asking().resource, tags: () => ({env: 'prod'})}}

  test.each<[string, string, Partial<AccessRequest>]>([
    ['aws:CurrentTime', '2026-01-02T03:04:05.000Z', {}],
    ['aws:EpochTime', '1767323045', {}],
    ['aws:PrincipalAccount', dev, {}],
    ['aws:PrincipalArn', user.arn, {}],
    ['aws:PrincipalArn', `arn:aws:iam::${dev}:role/teams/release`, ofSession],
    ['aws:PrincipalIsAWSService', 'false', {}],
    ['aws:PrincipalOrgID', 'o-a1', inOrganization],
    ['aws:PrincipalOrgPaths', 'o-a1/r-b2/ou-c3/', inOrganization],
    ['aws:PrincipalTag/team', 'a', tags('a')],
    ['aws:PrincipalType', 'User', {}],
    ['aws:PrincipalType', 'AssumedRole', ofSession],
    ['aws:PrincipalType', 'Account', {caller: root}],
    ['aws:RequestedRegion', 'eu-west-1', {}],
    ['aws:RequestTag/env', 'prod', {requestTags: {env: 'prod'}}],
    ['aws:TagKeys', 'env', {requestTags: {env: 'prod'}}],
    ['aws:ResourceAccount', prod, {}],
    ['aws:ResourceOrgID', 'o-z', {resource: {...asking().resource, organization: 'o-z'}}],
    ['aws:ResourceTag/env', 'prod', tagged],
    ['ecr:ResourceTag/env', 'prod', tagged],
    ['aws:SecureTransport', 'true', {}],
    ['aws:SourceIp', '127.0.0.1', {}],
    ['aws:userid', user.userId, {}],
    ['aws:userid', session.userId, ofSession],
    ['aws:username', 'sandbox', {}],
    ['aws:MultiFactorAuthPresent', 'false', ofSession],
    ['AWS:principalaccount', dev, {}],
  ])('%s can be %j', (key, value, request) => {
    expect(holds('StringEquals', key, value, request)).toBe(true)
    expect(holds('StringEquals', key, `not ${value}`, request)).toBe(false)
  })

  test.each<[string, Partial<AccessRequest>]>([
    ['aws:username', ofSession],
    ['aws:PrincipalOrgID', {}],
    ['aws:PrincipalOrgPaths', {}],
    ['aws:ResourceOrgID', {}],
    ['aws:MultiFactorAuthPresent', {}],
    ['aws:SourceAccount', {}],
    ['aws:SourceArn', {}],
    ['aws:SourceVpce', {}],
    ['aws:RequestTag/env', {}],
  ])('%s can be absent', (key, request) => {
    expect(holds('Null', key, 'true', request)).toBe(true)
  })
})

describe('variables', () => {
  test('are put into values and resources', () => {
    const Condition = {StringEquals: {[team]: '${aws:PrincipalAccount}'}}
    expect(says({Condition}, tags(dev))).toBe('allowed')
    expect(says({Condition}, tags(prod))).toBe('silent')
    const Resource = repository.replace('team', '${aws:PrincipalTag/Team}')
    expect(says({Resource}, tags('team'))).toBe('allowed')
    expect(says({Resource}, tags('other'))).toBe('silent')
    expect(says({Resource})).toBe('silent')
  })

  test('are text in policies of 2008', () => {
    const Condition = {StringEquals: {[team]: '${aws:PrincipalAccount}'}}
    expect(says({Condition}, tags(dev), '2008-10-17')).toBe('silent')
    expect(says({Condition}, tags('${aws:PrincipalAccount}'), '2008-10-17')).toBe('allowed')
  })
})
