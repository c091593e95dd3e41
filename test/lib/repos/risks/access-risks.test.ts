import {describe, expect, test} from 'vitest'
import type {PlannedChange} from '../../../../src/lib/repos/model.ts'
import {accessRisks} from '../../../../src/lib/repos/risks/access-risks.ts'

const pull = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer']
const prod = 'arn:aws:iam::222222222222:root'
const org = {StringEquals: {'aws:PrincipalOrgID': 'o-a1b2c3d4e5'}}

function allow(Principal: unknown, Action: unknown = pull, more: object = {}) {
  return {Effect: 'Allow', Principal, Action, ...more}
}

function policy(...statements: readonly object[]): string | null {
  return statements.length === 0 ? null : JSON.stringify({Version: '2012-10-17', Statement: statements})
}

function risksOf(before: readonly object[], after: readonly object[], repository: string | null = 'app') {
  return accessRisks({
    before: policy(...before),
    after: policy(...after),
    repository,
  } as unknown as PlannedChange)
}

describe('who loses access is named', () => {
  test('when the policy goes', () => {
    const before = [
      allow({AWS: [prod, 'arn:aws:iam::333333333333:role/ci']}),
      allow({Service: 'lambda.amazonaws.com'}),
      allow('*', pull, {Condition: org}),
    ]
    expect(risksOf(before, [])).toEqual([
      'What the policy allowed ends for 222222222222, arn:aws:iam::333333333333:role/ci, lambda.amazonaws.com and everybody whom its conditions mean.',
    ])
  })

  test('when a principal is taken away, and others stay', () => {
    expect(risksOf([allow({AWS: [prod, '333333333333']})], [allow({AWS: prod})])).toEqual([
      'What the policy allowed ends for 333333333333.',
    ])
  })

  test('when an action is taken away', () => {
    expect(risksOf([allow({AWS: prod}, [...pull, 'ecr:PutImage'])], [allow({AWS: prod})])).toEqual([
      'What the policy allowed ends for 222222222222 (ecr:PutImage).',
    ])
  })

  test('when a condition is added', () => {
    expect(risksOf([allow({AWS: prod})], [allow({AWS: prod}, pull, {Condition: org})])).toEqual([
      `What the policy allowed ends for 222222222222 (${pull.join(' and ')}).`,
    ])
  })

  test('when a resource of a registry is taken away', () => {
    const at = (Resource: string) => allow({AWS: prod}, 'ecr:ReplicateImage', {Resource})
    const [all, some] = ['*', 'payments/*'].map(name =>
      at(`arn:aws:ecr:eu-west-1:111111111111:repository/${name}`),
    )
    expect(risksOf([all ?? {}], [some ?? {}], null)).toHaveLength(1)
    expect(risksOf([some ?? {}], [all ?? {}], null)).toEqual([])
  })

  test('when what it said cannot be told as a list of who and what', () => {
    const [risk, ...others] = risksOf(
      [{Sid: 'Odd', Effect: 'Allow', NotPrincipal: {AWS: prod}, Action: '*'}],
      [],
    )
    expect(risk).toContain('It does not say any more: Odd')
    expect(others).toEqual([])
  })
})

describe('nobody is named', () => {
  test.each<[string, object[], object[]]>([
    [
      'the same is said in other words',
      [allow({AWS: prod}, pull)],
      [allow({AWS: '222222222222'}, pull.toReversed())],
    ],
    ['more is allowed', [allow({AWS: prod})], [allow({AWS: prod}, 'ecr:*')]],
    ['everybody may do it now', [allow({AWS: prod}, pull, {Condition: org})], [allow('*')]],
    [
      'case of actions differs',
      [allow({AWS: prod}, 'ecr:batchgetimage')],
      [allow({AWS: prod}, 'ecr:Batch*')],
    ],
    ['a statement is split', [allow({AWS: prod})], pull.map(action => allow({AWS: prod}, action))],
    ['there was no policy', [], [allow({AWS: prod})]],
    ['a denial goes', [{...allow('*'), Effect: 'Deny'}], []],
  ])('when %s', (_, before, after) => {
    expect(risksOf(before, after)).toEqual([])
  })
})

describe('a new denial is told', () => {
  const denial = {Sid: 'NoDelete', Effect: 'Deny', Principal: '*', Action: 'ecr:DeleteRepository'}

  test('for a repository and for a registry', () => {
    expect(risksOf([], [denial])).toEqual([
      'NoDelete denies, whatever else allows it, in every request to the repository: * ecr:DeleteRepository.',
    ])
    expect(risksOf([], [denial], null)).toEqual([expect.stringContaining('in every request to the registry')])
  })

  test('with what it does to the policy itself', () => {
    const all = {...denial, Sid: 'Closed', Action: 'ecr:*'}
    const but = {
      ...denial,
      Sid: 'But',
      Action: undefined,
      NotAction: ['ecr:BatchGetImage', 'ecr:*RegistryPolicy'],
    }
    const itself = (sid: string) =>
      `${sid} denies changing this policy, too: whoever it means cannot take it back.`
    expect(risksOf([], [all])).toContain(itself('Closed'))
    expect(risksOf([], [but])).toContain(itself('But'))
    expect(risksOf([], [but], null)).toHaveLength(1)
  })

  test('but not one that was there', () => {
    expect(risksOf([denial], [allow({AWS: prod}), denial])).toEqual([])
  })
})
