import {describe, expect, test} from 'vitest'
import {deniedError, parseDenial, repositoryPolicyStatement} from '../../../src/lib/ecr/denied.ts'

const registryHost = '222222222222.dkr.ecr.eu-west-1.amazonaws.com'
const principal = 'arn:aws:sts::111111111111:assumed-role/release/me'
const resource = 'arn:aws:ecr:eu-west-1:222222222222:repository/payments/api'
const said = (action: string, policy = 'resource-based', who = principal): string =>
  `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no ${policy} policy allows the ${action} action`
const where = {registryHost, repository: 'payments/api', account: '222222222222'}

describe('what AWS says is read', () => {
  test('with all parts', () => {
    expect(parseDenial(said('ecr:PutImage'))).toEqual({
      principal,
      action: 'ecr:PutImage',
      resource,
      reason: 'no resource-based policy allows the ecr:PutImage action',
    })
  })

  test('without resource and reason', () => {
    expect(parseDenial(`User: ${principal} is not authorized to perform: ecr:GetAuthorizationToken`)).toEqual(
      {
        principal,
        action: 'ecr:GetAuthorizationToken',
        resource: '*',
      },
    )
  })

  test('as no denial where it is none', () => {
    expect(parseDenial('User pool is full')).toBeUndefined()
  })
})

describe('a denial across accounts', () => {
  test('of a push names action, principal and resource in one line, and the statement to add', () => {
    const error = deniedError({...where, message: said('ecr:InitiateLayerUpload')})
    expect(error).toMatchObject({
      code: 'ACCESS_DENIED',
      exitCode: 5,
      message: `${principal} is not allowed ecr:InitiateLayerUpload on ${resource} (no resource-based policy allows the ecr:InitiateLayerUpload action).`,
      hints: [
        'Add this statement to the policy of repository payments/api in 222222222222/eu-west-1: {"Sid":"AllowPush","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/release"},"Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage","ecr:CompleteLayerUpload","ecr:GetDownloadUrlForLayer","ecr:InitiateLayerUpload","ecr:PutImage","ecr:UploadLayerPart"]}',
      ],
    })
  })

  test('of a pull asks for no more than pulling', () => {
    const {hints} = deniedError({...where, message: said('ecr:BatchGetImage')})
    expect(hints).toHaveLength(1)
    expect(hints[0]).toContain('"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]')
  })

  test('of what is rarely asked for allows that besides', () => {
    const actionsFor = (action: string) => {
      const [hint = ''] = deniedError({...where, message: said(action), purpose: 'reconcile'}).hints
      return (JSON.parse(hint.slice(hint.indexOf('{'))) as {Action: string[]}).Action
    }
    const usual = actionsFor('ecr:GetRepositoryPolicy')
    expect(usual).toEqual(expect.arrayContaining(['ecr:ListTagsForResource', 'ecr:SetRepositoryPolicy']))
    expect(usual).not.toContain('ecr:DeleteRepository')
    expect(actionsFor('ecr:DeleteRepository')).toEqual([...usual, 'ecr:DeleteRepository'].toSorted())
    expect(actionsFor('kms:Decrypt')).toEqual(usual)
  })

  test('for want of an identity policy sends to IAM instead', () => {
    expect(deniedError({...where, message: said('ecr:PutImage', 'identity-based')}).hints).toEqual([
      `Allow ecr:PutImage on ${resource} in the IAM policy of arn:aws:iam::111111111111:role/release.`,
    ])
  })

  test('the statement is for who we are, not for whom the answer names', () => {
    const stranger = 'arn:aws:iam::666666666666:user/mallory'
    const {hints} = deniedError({
      ...where,
      principal,
      message: said('ecr:PutImage', 'resource-based', stranger),
    })
    expect(hints.join()).not.toContain('666666666666')
  })
})

test('a denial in one’s own account sends to IAM', () => {
  const own = 'arn:aws:iam::222222222222:user/ci'
  expect(deniedError({...where, message: said('ecr:PutImage', 'identity-based', own)}).hints).toEqual([
    `Allow ecr:PutImage on ${resource} in the IAM policy of ${own}.`,
  ])
})

test('an explicit deny is not answered with a statement that would not help', () => {
  const message = `User: ${principal} is not authorized to perform: ecr:PutImage on resource: ${resource} with an explicit deny in a resource-based policy`
  const {hints} = deniedError({...where, message})
  expect(hints).toEqual(['A policy denies this explicitly; allowing it elsewhere does not help.'])
})

test('a role that may not be assumed points at its trust policy', () => {
  const role = 'arn:aws:iam::222222222222:role/release'
  const {message, hints} = deniedError({
    registryHost: 'STS eu-west-1',
    account: '',
    message: `User: arn:aws:iam::111111111111:user/ci is not authorized to perform: sts:AssumeRole on resource: ${role}`,
  })
  expect(message).toBe(`arn:aws:iam::111111111111:user/ci is not allowed sts:AssumeRole on ${role}.`)
  expect(hints[0]).toMatch(/^The trust policy of arn:aws:iam::222222222222:role\/release must let /)
})

test('a text of another kind is shown in one line', () => {
  expect(deniedError({...where, message: 'no\r\n::error::way\u001b[31m'}).message).toBe(
    `${registryHost}/payments/api denied access: no\\u{d}\\u{a}::error::way\\u{1b}[31m`,
  )
})

describe('the principal of a statement', () => {
  test.each([
    ['111111111111', 'arn:aws:iam::111111111111:root'],
    ['arn:aws:iam::111111111111:user/ci', 'arn:aws:iam::111111111111:user/ci'],
    [principal, 'arn:aws:iam::111111111111:role/release'],
    ['arn:aws-cn:sts::111111111111:assumed-role/release/me', 'arn:aws-cn:iam::111111111111:role/release'],
    [
      'arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/me@example.com',
      'arn:aws:iam::111111111111:root',
    ],
  ])('%s is %s', (from, to) => {
    const statement = JSON.parse(repositoryPolicyStatement(from, 'pull')) as {Principal: {AWS: string}}
    expect(statement.Principal.AWS).toBe(to)
  })

  test('is on one line with the rest', () => {
    expect(repositoryPolicyStatement(principal, 'push')).not.toContain('\n')
  })
})
