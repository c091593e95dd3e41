import {
  DescribeRepositoryCreationTemplatesCommand,
  UpdateRepositoryCreationTemplateCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {resolveRegistry} from '../../../../src/lib/config/resolve.ts'
import type {CreationTemplateSetting} from '../../../../src/lib/config/settings.ts'
import {creationTemplates} from '../../../../src/lib/repos/resources/creation-templates.ts'
import {templateOf} from '../../../../src/lib/repos/templates/template.ts'
import {accounts, bring, devId, openReposWorld, whereOf} from '../../../support/repos-world.ts'

const role = `arn:aws:iam::${devId}:role/templates`
const key = `arn:aws:kms:eu-west-1:${devId}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const full = `
    prod:
      appliedFor: [REPLICATION, CREATE_ON_PUSH]
      description: What goes to production
      encryption: {type: KMS, key: "${key}"}
      tagMutability: {mode: IMMUTABLE_WITH_EXCLUSION, except: [latest, dev-*]}
      policy: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: "${devId}"}, Action: ecr:BatchGetImage}]}
      lifecycle: {expire: [{untagged: true, olderThan: 14d}]}
      tags: {team: core, tier: "1"}
      role: ${role}
`

/** The templates that a file says. */
function settingsOf(text: string): Readonly<Record<string, CreationTemplateSetting | null>> {
  const estate = parseEstate(`${accounts}registries:\n  dev:\n   creationTemplates:${text}`, 'repos.yaml')
  const place = {account: devId, region: 'eu-west-1', alias: 'dev'}
  return resolveRegistry(estate, place).settings.creationTemplates ?? {}
}

async function openTemplates() {
  const world = await openReposWorld()
  const place = {at: await world.at('dev@eu-west-1')}
  const ecr = world.ecr()
  world.clearRequests()
  return {
    world,
    place,
    ecr,
    set: async (text: string, prefix = 'prod') => {
      const {[prefix]: setting = null} = settingsOf(text)
      return bring(world, creationTemplates, place, setting, prefix)
    },
    there: async () => {
      const {repositoryCreationTemplates = []} = await ecr.send(
        new DescribeRepositoryCreationTemplatesCommand({}),
      )
      return repositoryCreationTemplates
    },
  }
}

test('a template is made with all that is said of it, and is then as it is wanted', async () => {
  const {world, set, there} = await openTemplates()
  const {lines, notes} = await set(full)
  expect(lines.map(({sign, path}) => `${path} ${sign}`)).toEqual([
    'description +',
    'appliedFor +',
    'encryption +',
    'tagMutability.mode +',
    'tagMutability.except +',
    'policy.statements.Pull +',
    'lifecycle.rules.10 +',
    'tags.team +',
    'tags.tier +',
    'role +',
  ])
  expect(notes).toEqual([])
  expect(await there()).toMatchObject([
    {
      prefix: 'prod',
      appliedFor: ['CREATE_ON_PUSH', 'REPLICATION'],
      description: 'What goes to production',
      encryptionConfiguration: {encryptionType: 'KMS', kmsKey: key},
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [
        {filter: 'dev-*', filterType: 'WILDCARD'},
        {filter: 'latest', filterType: 'WILDCARD'},
      ],
      lifecyclePolicy: expect.stringContaining('sinceImagePushed'),
      repositoryPolicy: expect.stringContaining('"Pull"'),
      resourceTags: [
        {Key: 'team', Value: 'core'},
        {Key: 'tier', Value: '1'},
      ],
      customRoleArn: role,
    },
  ])
  expect((await set(full)).lines).toEqual([])
  expect(world.mutations()).toEqual(['CreateRepositoryCreationTemplate'])
})

test('what is there is exported so that nothing changes', async () => {
  const {world, place, set} = await openTemplates()
  await set(full)
  await set('\n    other: {appliedFor: [PULL_THROUGH_CACHE]}', 'other')
  const where = whereOf(world, place)
  const live = await creationTemplates.read(place)
  expect([...live.keys()]).toEqual(['other', 'prod'])
  for (const [entry, template] of live) {
    const exported = creationTemplates.export(template, where)
    expect(exported).toBeDefined()
    expect((await bring(world, creationTemplates, place, exported ?? null, entry)).lines).toEqual([])
  }
})

test('what is said of it changes, what is not said stays, and what another one changed is drift', async () => {
  const {world, set, there, ecr} = await openTemplates()
  await set(full)
  const [before] = await there()
  expect(
    (await set('\n    prod: {appliedFor: [REPLICATION], tagMutability: MUTABLE, tags: {tier: null}}')).lines,
  ).toEqual([
    {sign: '~', path: 'appliedFor', before: ['CREATE_ON_PUSH', 'REPLICATION'], after: ['REPLICATION']},
    {sign: '~', path: 'tagMutability.mode', before: 'IMMUTABLE_WITH_EXCLUSION', after: 'MUTABLE'},
    {sign: '~', path: 'tagMutability.except', before: ['dev-*', 'latest'], after: []},
    {sign: '-', path: 'tags.tier', before: '1'},
  ])
  const {imageTagMutabilityExclusionFilters: _, ...others} = before ?? {}
  expect(await there()).toEqual([
    {
      ...others,
      appliedFor: ['REPLICATION'],
      imageTagMutability: 'MUTABLE',
      resourceTags: [{Key: 'team', Value: 'core'}],
      updatedAt: expect.any(Date),
    },
  ])
  await ecr.send(new UpdateRepositoryCreationTemplateCommand({prefix: 'prod', description: 'Mine'}))
  world.clearRequests()
  expect((await set(full)).lines).toContainEqual({
    sign: '~',
    path: 'description',
    before: 'Mine',
    after: 'What goes to production',
  })
  expect(world.mutations()).toEqual(['UpdateRepositoryCreationTemplate'])
  expect((await set(full)).lines).toEqual([])
})

test('its policies and its last tag are taken away by null', async () => {
  const {set} = await openTemplates()
  await set(full)
  const nothing =
    '\n    prod: {appliedFor: [REPLICATION], policy: null, lifecycle: null, tags: {team: null, tier: null}}'
  expect((await set(nothing)).lines.map(({sign, path}) => `${path} ${sign}`)).toEqual([
    'appliedFor ~',
    'policy.statements.Pull -',
    'lifecycle.rules.10 -',
    'tags.team -',
    'tags.tier -',
  ])
  const {live, lines} = await set(nothing)
  expect(lines).toEqual([])
  expect(live).toMatchObject({policy: null, lifecycle: null, tags: {}})
})

test('a template is removed by null, with or without the slash, and others stay', async () => {
  const {world, set, there} = await openTemplates()
  await set(full)
  await set('\n    other: {appliedFor: [REPLICATION]}', 'other')
  expect((await set('\n    prod/: {appliedFor: [REPLICATION, CREATE_ON_PUSH]}', 'prod/')).lines).toEqual([])
  world.clearRequests()
  expect((await set('\n    prod/: null', 'prod/')).lines).toHaveLength(10)
  expect((await there()).map(({prefix}) => prefix)).toEqual(['other'])
  expect(world.mutations()).toEqual(['DeleteRepositoryCreationTemplate'])
})

test('its policy is that of the file as a whole', async () => {
  const {set} = await openTemplates()
  await set(full)
  const {lines} = await set(full.replace('Sid: Pull', 'Sid: Read'))
  expect(lines.map(({sign, path}) => `${path} ${sign}`)).toEqual([
    'policy.statements.Read +',
    'policy.statements.Pull -',
  ])
})

test('one with tags and without a role is said to make nothing', async () => {
  const {set} = await openTemplates()
  const {notes} = await set('\n    prod: {appliedFor: [REPLICATION], encryption: KMS, tags: {team: core}}')
  expect(notes).toEqual([
    'The template gives tags and a KMS key and has no role for that: ECR makes no repository with it.',
  ])
})

test('a key of KMS that is no ARN is blocked: ECR takes nothing else for a template', async () => {
  const {world, set} = await openTemplates()
  const {blocked} = await set(full.replace(key, 'alias/ecr'))
  expect(blocked).toMatch(/^ECR takes the key of a creation template as an ARN/)
  expect(world.mutations()).toEqual([])
})

test.each([
  ['lifecyclePolicy', '{"rules": [{"new": 1}]}', 'the lifecycle policy at ECR has what'],
  ['repositoryPolicy', '{"Statement": 1}', 'its repository policy at ECR is not understood: Statement is'],
])(
  'a %s that is not understood is blocked where the file replaces it, and else left',
  async (member, text, fault) => {
    const {world, place} = await openTemplates()
    const live = templateOf({prefix: 'prod', appliedFor: ['REPLICATION'], [member]: text})
    const where = whereOf(world, place)
    const desired = (file: string) => creationTemplates.desired(settingsOf(file)['prod'] ?? null, live, where)
    const wanted = desired(full)
    expect(wanted.blocked).toMatch(`dev@eu-west-1: the creation template: ${fault}`)
    expect(wanted.state).toBe(live)
    const {state, blocked} = desired('\n    prod: {appliedFor: [CREATE_ON_PUSH]}')
    expect(blocked).toBeUndefined()
    expect(creationTemplates.diff(live, state).map(({path}) => path)).toEqual(['appliedFor'])
    expect(creationTemplates.export(live, where)).toEqual({
      appliedFor: ['REPLICATION'],
      encryption: {type: 'AES256'},
      tagMutability: {mode: 'MUTABLE', except: []},
    })
  },
)

test.each([
  [
    'filters of a kind',
    {
      imageTagMutabilityExclusionFilters: [{filter: '^v', filterType: 'REGEX'}],
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    },
  ],
  ['encryption', {encryptionConfiguration: {encryptionType: 'KMS', replicaKeys: ['one']}}],
])(
  'a template with %s that is not known is left as it is, and is no change where nothing is',
  async (_, part) => {
    const {world, place} = await openTemplates()
    const live = templateOf({
      prefix: 'prod',
      appliedFor: ['REPLICATION'],
      ...part,
    } as Parameters<typeof templateOf>[0])
    const where = whereOf(world, place)
    const same = creationTemplates.desired({appliedFor: ['REPLICATION']}, live, where)
    expect(creationTemplates.diff(live, same.state)).toEqual([])
    expect(same.blocked).toBeUndefined()
    const other = creationTemplates.desired({appliedFor: ['REPLICATION'], description: 'new'}, live, where)
    const exported = creationTemplates.export(live, where) ?? null
    expect(creationTemplates.diff(live, creationTemplates.desired(exported, live, where).state)).toEqual([])
    expect(exported?.tagMutability?.mode).not.toBe('IMMUTABLE_WITH_EXCLUSION')
    expect(other.blocked).toContain(`what this version does not know in its ${Object.keys(part)[0]}`)
  },
)
