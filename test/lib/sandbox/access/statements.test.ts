import {describe, expect, test} from 'vitest'
import type {Principals, Statement} from '../../../../src/lib/sandbox/access/document.ts'
import {evaluate} from '../../../../src/lib/sandbox/access/evaluate.ts'
import {sessionCaller} from '../../../../src/lib/sandbox/identity/caller.ts'
import {asking, dev, prod, repository, root, says, session, user} from './requests.ts'

const accountRoot = `arn:aws:iam::${dev}:root`
const role = `arn:aws:iam::${dev}:role/teams/release`

describe('Principal', () => {
  test.each<[string, Principals, 'user' | 'session', 'account' | 'identity' | 'session' | undefined]>([
    ['*', '*', 'user', 'identity'],
    ['* of AWS', {AWS: '*'}, 'user', 'identity'],
    ['the account id', {AWS: dev}, 'user', 'account'],
    ['the root ARN', {AWS: accountRoot}, 'session', 'account'],
    ['one of a list', {AWS: [prod, dev]}, 'user', 'account'],
    ['the user', {AWS: user.arn}, 'user', 'identity'],
    ['the role', {AWS: role}, 'session', 'identity'],
    ['the role without its path', {AWS: role.replace('teams/', '')}, 'session', 'identity'],
    ['the session', {AWS: session.arn}, 'session', 'session'],
    ['account and session', {AWS: [dev, session.arn]}, 'session', 'session'],
    ['another account', {AWS: prod}, 'user', undefined],
    ['the root of another partition', {AWS: accountRoot.replace('aws', 'aws-cn')}, 'user', undefined],
    ['another user', {AWS: `${user.arn}2`}, 'user', undefined],
    ['another role', {AWS: `${role}2`}, 'session', undefined],
    ['a role, for the user', {AWS: role}, 'user', undefined],
    ['another session', {AWS: `${session.arn}2`}, 'session', undefined],
    ['the user, for a session', {AWS: user.arn}, 'session', undefined],
    ['a service', {Service: 'lambda.amazonaws.com'}, 'user', undefined],
    ['an identity provider', {Federated: 'accounts.google.com'}, 'user', undefined],
  ])('%s names the caller', (_, Principal, who, expected) => {
    const caller = who === 'user' ? user : session
    const policy = {Statement: {Effect: 'Allow', Principal, Action: '*'} satisfies Statement}
    expect(evaluate(policy, asking({caller})).allowed).toBe(expected)
  })

  test('the account itself is named by its id alone', () => {
    expect(says({Principal: {AWS: dev}}, {caller: root})).toBe('allowed')
    expect(says({Principal: {AWS: user.arn}}, {caller: root})).toBe('silent')
  })
})

describe('NotPrincipal', () => {
  const denies = (caller: typeof user, ...AWS: string[]) =>
    says({Effect: 'Deny', NotPrincipal: {AWS}}, {caller}) === 'denied'

  test('spares a user that it names with its account', () => {
    expect(denies(user, accountRoot, user.arn)).toBe(false)
    expect(denies(user, accountRoot)).toBe(true)
    expect(denies(user, user.arn)).toBe(true)
    expect(denies(user, prod)).toBe(true)
  })

  test('spares a session that it names with its role and its account', () => {
    expect(denies(session, dev, role, session.arn)).toBe(false)
    expect(denies(session, dev, role)).toBe(true)
    expect(denies(sessionCaller(dev, 'aws', {role: 'release', session: 'x'}), dev, role, session.arn)).toBe(
      true,
    )
  })

  test('with Allow allows nobody', () => {
    expect(says({NotPrincipal: {AWS: prod}})).toBe('silent')
  })
})

describe('Action', () => {
  test.each([
    ['ecr:BatchGetImage', true],
    ['*', true],
    ['ecr:*', true],
    ['ecr:Batch*', true],
    ['ecr:Batch???Image', true],
    ['ECR:batchgetimage', true],
    ['ecr:BatchGet', false],
    ['ecr:Put*', false],
    ['s3:*', false],
  ])('%s is what is asked for: %j', (action, expected) => {
    expect(says({Action: action})).toBe(expected ? 'allowed' : 'silent')
    expect(says({Action: ['ecr:PutImage', action]})).toBe(expected ? 'allowed' : 'silent')
    expect(says({NotAction: action})).toBe(expected ? 'silent' : 'allowed')
    expect(says({NotAction: ['ecr:PutImage', action]})).toBe(expected ? 'silent' : 'allowed')
  })
})

describe('Resource', () => {
  test.each([
    [repository, true],
    ['*', true],
    [repository.replace('team/app', '*'), true],
    [repository.replace('team/app', 'team/???'), true],
    ['arn:aws:ecr:*:*:repository/*', true],
    [repository.replace('app', 'App'), false],
    [repository.replace('eu-west-1', 'us-east-1'), false],
    [repository.replace('/app', ''), false],
  ])('%s is what is asked for: %j', (resource, expected) => {
    expect(says({Resource: resource})).toBe(expected ? 'allowed' : 'silent')
    expect(says({Resource: ['arn:aws:ecr:::none', resource]})).toBe(expected ? 'allowed' : 'silent')
    expect(says({NotResource: resource})).toBe(expected ? 'silent' : 'allowed')
  })
})

test('a deny beats an allow, wherever it stands', () => {
  const allow: Statement = {Effect: 'Allow', Principal: '*', Action: '*'}
  const deny: Statement = {Effect: 'Deny', Principal: '*', Action: 'ecr:BatchGet*'}
  for (const Statement of [
    [allow, deny],
    [deny, allow],
  ]) {
    expect(evaluate({Statement}, asking())).toEqual({denied: true, allowed: 'identity'})
    expect(evaluate({Statement}, asking({action: 'ecr:PutImage'})).denied).toBe(false)
  }
})
