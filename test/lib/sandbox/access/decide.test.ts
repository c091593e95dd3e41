import {describe, expect, test} from 'vitest'
import {whyDenied} from '../../../../src/lib/sandbox/access/decide.ts'
import type {PolicyDocument, Principals} from '../../../../src/lib/sandbox/access/document.ts'
import {asking, dev, session, user} from './requests.ts'

const own = {resource: {...asking().resource, account: dev}}
const allow = ofIdentity('Allow', 'ecr:*')
const deny = ofIdentity('Deny', 'ecr:*')
const other = ofIdentity('Allow', 'ecr:PutImage')
const everyone = ofResource('Allow', '*')
const account = ofResource('Allow', {AWS: dev})
const nobody = ofResource('Deny', '*')

function ofIdentity(Effect: 'Allow' | 'Deny', Action: string): PolicyDocument {
  return {Version: '2012-10-17', Statement: {Effect, Action, Resource: '*'}}
}

function ofResource(Effect: 'Allow' | 'Deny', Principal: Principals): PolicyDocument {
  return {Version: '2012-10-17', Statement: {Effect, Principal, Action: 'ecr:*'}}
}

const allowed = undefined
const noIdentity = 'because no identity-based policy allows the ecr:BatchGetImage action'
const noResource = 'because no resource-based policy allows the ecr:BatchGetImage action'
const noSession = 'because no session policy allows the ecr:BatchGetImage action'
const denied = (kind: string) => `with an explicit deny in ${kind} policy`

type Row = [identity: PolicyDocument | undefined, resource: PolicyDocument[], expected: string | undefined]

describe('within an account', () => {
  test.each<Row>([
    [undefined, [], allowed],
    [undefined, [nobody], denied('a resource-based')],
    [allow, [], allowed],
    [other, [], noIdentity],
    [other, [everyone], allowed],
    [other, [ofResource('Allow', {AWS: user.arn})], allowed],
    // Who allows an account leaves it to the policies of its identities.
    [other, [account], noIdentity],
    [deny, [everyone], denied('an identity-based')],
    [allow, [everyone, nobody], denied('a resource-based')],
  ])('identity %j and resource %j: %s', (identity, resource, expected) => {
    expect(whyDenied(asking(own), {identity, resource})).toBe(expected)
  })
})

describe('across accounts', () => {
  test.each<Row>([
    [undefined, [], noResource],
    [undefined, [account], allowed],
    [undefined, [nobody, account], denied('a resource-based')],
    [allow, [], noResource],
    [allow, [account], allowed],
    [allow, [ofResource('Allow', {AWS: '333333333333'}), everyone], allowed],
    [other, [everyone], noIdentity],
    [other, [], noIdentity],
    [deny, [everyone], denied('an identity-based')],
  ])('identity %j and resource %j: %s', (identity, resource, expected) => {
    expect(whyDenied(asking(), {identity, resource})).toBe(expected)
  })
})

describe('a session policy', () => {
  const ofSession = {caller: session}
  const role = ofResource('Allow', {AWS: session.principalArn})
  const itself = ofResource('Allow', {AWS: session.arn})

  test('limits what the role may do', () => {
    const policies = {identity: allow, resource: []}
    expect(whyDenied(asking({...own, ...ofSession}), {...policies, session: allow})).toBe(allowed)
    expect(whyDenied(asking({...own, ...ofSession}), {...policies, session: other})).toBe(noSession)
    expect(whyDenied(asking({...own, ...ofSession}), {...policies, session: deny})).toBe(denied('a session'))
  })

  test('limits what a resource allows the role, but not what it allows the very session', () => {
    const policies = {identity: other, session: other}
    expect(whyDenied(asking({...own, ...ofSession}), {...policies, resource: [role]})).toBe(noSession)
    expect(whyDenied(asking({...own, ...ofSession}), {...policies, resource: [itself]})).toBe(allowed)
    expect(whyDenied(asking(ofSession), {...policies, identity: allow, resource: [itself]})).toBe(noSession)
  })
})

test('where the resource must grant, its own account needs that too', () => {
  const resource = [ofResource('Allow', {AWS: '333333333333'})]
  expect(whyDenied(asking(own), {resource, mustBeGranted: true})).toBe(noResource)
  expect(whyDenied(asking(own), {resource: [account], mustBeGranted: true})).toBe(allowed)
})
