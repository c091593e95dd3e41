import {describe, expect, test} from 'vitest'
import {statementFor} from '../../../../src/lib/replication/lint/grants.ts'
import {joinFindings, lintRepository} from '../../../../src/lib/replication/lint/lint.ts'
import {templateFor} from '../../../../src/lib/replication/lint/templates.ts'
import {
  day,
  found,
  image,
  images,
  immutable,
  mutable,
  near,
  now,
  other,
  repository,
  route,
  rule,
  source,
  template,
} from './support.ts'

function policyOf(...statements: readonly object[]): string {
  return JSON.stringify({Version: '2012-10-17', Statement: statements})
}

test('nothing is wrong with a route where nothing is', () => {
  expect(found({}, {})).toEqual([])
})

describe('the policy of the destination', () => {
  test('without one nothing arrives, and the statement to add is one that lets it', () => {
    const findings = lintRepository(route({policy: null}), repository())
    expect(findings.map(({severity, code}) => `${severity} ${code}`)).toEqual([
      'error no-replicate-grant',
      'warning no-create-grant',
    ])
    expect(findings[0]?.statement).toEqual({
      Sid: 'ReplicationFrom111111111111',
      Effect: 'Allow',
      Principal: {AWS: 'arn:aws:iam::111111111111:root'},
      Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
      Resource: 'arn:aws:ecr:us-east-1:222222222222:repository/*',
    })
    const {statement} = findings[0] ?? {}
    expect(found({policy: policyOf(statement ?? {})}, {})).toEqual([])
  })

  test('creation matters where the repository is not there', () => {
    const {Action: _both, ...statement} = statementFor({source, destination: other})
    const policy = policyOf({...statement, Action: 'ecr:ReplicateImage'})
    const templates = [template('ROOT')]
    expect(found({policy, templates}, {isThere: false})).toEqual(['error no-create-grant'])
    expect(found({policy, templates}, {isThere: true})).toEqual(['warning no-create-grant'])
  })

  test('within an account nothing need be granted, and a denial counts', () => {
    const deny = {...statementFor({source, destination: near}), Effect: 'Deny', Action: 'ecr:ReplicateImage'}
    expect(found({destination: near, policy: null}, {})).toEqual([])
    expect(found({destination: near, policy: policyOf(deny)}, {})).toEqual(['error explicit-deny'])
  })

  test('a condition is not taken for a yes', () => {
    const statement = {...statementFor({source, destination: other}), Condition: {StringLike: {a: 'b'}}}
    expect(found({policy: policyOf(statement)}, {})).toEqual([
      'warning unclear-policy',
      'warning unclear-policy',
    ])
  })

  test('the partition of the region is that of principal and resource', () => {
    const china = {...other, region: 'cn-north-1'}
    expect(statementFor({source, destination: china})).toMatchObject({
      Principal: {AWS: 'arn:aws-cn:iam::111111111111:root'},
      Resource: 'arn:aws-cn:ecr:cn-north-1:222222222222:repository/*',
    })
  })
})

describe('creation templates', () => {
  const absent = {isThere: false, destination: null}

  test('one with the longest prefix holds, and ROOT last', () => {
    const templates = [template('ROOT'), template('team'), template('team/app'), template('team/a')]
    const prefixOf = (name: string) => templateFor(templates, name)?.prefix
    expect(prefixOf('team/app/web')).toBe('team/app')
    // A prefix is of whole segments.
    expect(prefixOf('team/app')).toBe('team')
    expect(prefixOf('teams/app')).toBe('ROOT')
  })

  test('one with or without a slash at its end is the same', () => {
    expect(templateFor([template('team/')], 'team/app')?.prefix).toBe('team/')
  })

  test('none is a warning, only where the repository is not there', () => {
    expect(found({}, absent)).toEqual(['warning no-template'])
    expect(found({}, {isThere: true})).toEqual([])
    expect(found({templates: [template('ROOT')]}, absent)).toEqual([])
  })

  test('one that is not for replication is named', () => {
    const templates = [template('team', {appliedFor: ['PULL_THROUGH_CACHE']})]
    const [finding] = lintRepository(route({templates}), repository(absent))
    expect(finding).toMatchObject({code: 'no-template', fix: expect.stringContaining('template team')})
  })

  test('one that needs a role and has none makes nothing', () => {
    const kms = {...mutable, encryption: 'KMS'} as const
    expect(found({templates: [template('team', {hasResourceTags: true})]}, absent)).toEqual([
      'error template-without-role',
    ])
    expect(found({templates: [template('team', {settings: kms})]}, absent)).toEqual([
      'error template-without-role',
    ])
    expect(found({templates: [template('team', {settings: kms, hasRole: true})]}, absent)).toEqual([])
  })
})

describe('settings of the destination', () => {
  test('tags that are immutable there and move here are a warning', () => {
    expect(found({}, {destination: immutable})).toEqual(['warning immutable-destination'])
    expect(found({}, {source: immutable, destination: immutable})).toEqual([])
  })

  test('the exclusions count, tag by tag', () => {
    const destination = {tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['dev-*']} as const
    const held = (...tags: string[]) => ({destination, images: images({source: [image('a', 1, ...tags)]})})
    expect(found({}, held('dev-1'))).toEqual([])
    expect(found({}, held('dev-1', 'v1'))).toEqual(['warning immutable-destination'])
    const [finding] = lintRepository(route(), repository(held('v1')))
    expect(finding?.evidence).toEqual({images: 1, bytes: 1000, examples: ['v1']})
  })

  test('a KMS key is a note', () => {
    expect(found({}, {destination: {...mutable, encryption: 'KMS_DSSE'}})).toEqual(['note kms-destination'])
  })
})

describe('the lifecycle policy of the destination', () => {
  const three = [image('a', 3, 'v1'), image('b', 2, 'v2'), image('c', 1, 'v3')]

  test('that takes what the source keeps is a warning, with the images that go', () => {
    const held = images({source: three, destination: three, destinationRules: [rule({countNumber: 2})]})
    const [finding] = lintRepository(route(), repository({images: held}))
    expect(finding).toMatchObject({
      code: 'lifecycle-takes-copies',
      severity: 'warning',
      message: expect.stringContaining('Rule 1 of the lifecycle policy at prod@us-east-1 takes 1 image that'),
      evidence: {images: 1, bytes: 1000, examples: ['v1']},
    })
  })

  test('that takes the newest is an error', () => {
    const rules = [
      rule({
        tagStatus: 'tagged',
        tagPrefixList: ['v'],
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 1,
      }),
    ]
    expect(found({}, {images: images({source: three, destinationRules: rules})})).toEqual([
      'error lifecycle-takes-copies',
    ])
  })

  test('that keeps the newest keeps the newest of what arrives', () => {
    const [finding] = lintRepository(
      route(),
      repository({images: images({source: three, destinationRules: [rule({countNumber: 1})]})}),
    )
    expect(finding).toMatchObject({severity: 'warning', evidence: {images: 2, examples: ['v1', 'v2']}})
  })

  test('that takes what the source gives up, too, is none', () => {
    const rules = [rule({countNumber: 2})]
    const held = images({source: three, sourceRules: rules, destination: three, destinationRules: rules})
    expect(found({}, {images: held})).toEqual([])
  })

  test('is judged by when copies arrive, not by when images were pushed', () => {
    const age = [rule({countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14})]
    const old = [image('a', 100, 'v1')]
    expect(found({}, {images: images({source: old, destinationRules: age})})).toEqual([])
    expect(found({}, {images: images({source: old, destination: old, destinationRules: age})})).toEqual([
      'error lifecycle-takes-copies',
    ])
  })

  test('counts untagged images of its own, and archived ones of the source not', () => {
    const archived = {...image('x', 1, 'v9'), storageClass: 'archive', archivedAt: now - day} as const
    const held = images({source: [archived, ...three], destinationRules: [rule({countNumber: 3})]})
    expect(found({}, {images: held})).toEqual([])
  })

  test('that takes untagged images undoes what arrives without its tag', () => {
    const untagged = [
      rule({tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1}),
    ]
    const held = images({source: three, destination: three, destinationRules: untagged})
    expect(found({}, {destination: immutable, images: held})).toEqual([
      'warning immutable-destination',
      'error untagged-copies-expire',
    ])
    expect(found({}, {images: held})).toEqual([])
    expect(found({}, {source: immutable, destination: immutable, images: held})).toEqual([])
  })

  test('leaves an untagged arrival alone for a while, where it counts images', () => {
    const held = images({
      source: three,
      destination: three,
      destinationRules: [rule({tagStatus: 'untagged', countNumber: 5})],
    })
    expect(found({}, {destination: immutable, images: held})).toEqual(['warning immutable-destination'])
  })

  test('keeps what an index lists', () => {
    const index = {...image('i', 2, 'v1'), children: ['c']}
    const held = images({
      source: [index, image('c', 2, 'child')],
      destinationRules: [
        rule({
          tagStatus: 'tagged',
          tagPatternList: ['child'],
          countType: 'sinceImagePushed',
          countUnit: 'days',
          countNumber: 1,
        }),
      ],
    })
    expect(found({}, {images: held})).toEqual([])
  })
})

test('what several repositories have in common is told once, the gravest first', () => {
  const way = route({policy: null})
  const findings = ['b/app', 'a/app'].flatMap(name =>
    lintRepository(way, repository({name, destination: immutable})),
  )
  expect(joinFindings(findings).map(({code, repositories}) => [code, repositories])).toEqual([
    ['no-replicate-grant', ['a/app', 'b/app']],
    ['no-create-grant', ['a/app', 'b/app']],
    ['immutable-destination', ['a/app', 'b/app']],
  ])
})
