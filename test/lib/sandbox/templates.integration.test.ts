import {
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  paginateDescribeRepositoryCreationTemplates,
  UpdateRepositoryCreationTemplateCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {dev, ecrClient, openSandbox, region} from './support.ts'

const appliedFor = ['REPLICATION'] as const
const now = Date.UTC(2026, 10, 21)
const repositoryPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{Sid: 'all', Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage'}],
})
const lifecyclePolicy = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: {tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 3},
      action: {type: 'expire'},
    },
  ],
})

async function open() {
  const sandbox = await openSandbox()
  await sandbox.setClock(now)
  return {sandbox, ecr: ecrClient(sandbox)}
}

test('a template is given back as it was made', async () => {
  const {ecr} = await open()
  const template = {
    prefix: 'team/blue',
    description: 'of the blue team',
    appliedFor: ['REPLICATION', 'CREATE_ON_PUSH'] as ('REPLICATION' | 'CREATE_ON_PUSH')[],
    encryptionConfiguration: {
      encryptionType: 'KMS' as const,
      kmsKey: `arn:aws:kms:${region}:${dev}:key/5f0e8d3c-1111-2222-3333-444444444444`,
    },
    resourceTags: [{Key: 'team', Value: 'blue'}],
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' as const,
    imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD' as const, filter: 'latest'}],
    repositoryPolicy,
    lifecyclePolicy,
    customRoleArn: `arn:aws:iam::${dev}:role/creator`,
  }
  const made = await ecr.send(new CreateRepositoryCreationTemplateCommand(template))
  const kept = {...template, createdAt: new Date(now), updatedAt: new Date(now)}
  expect(made).toMatchObject({registryId: dev, repositoryCreationTemplate: kept})
  const {repositoryCreationTemplates} = await ecr.send(new DescribeRepositoryCreationTemplatesCommand({}))
  expect(repositoryCreationTemplates).toEqual([kept])
})

test('a prefix is the same with and without a slash at its end', async () => {
  const {ecr} = await open()
  await ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'prod/', appliedFor: [...appliedFor]}))
  await expect(
    ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'prod', appliedFor: [...appliedFor]})),
  ).rejects.toMatchObject({name: 'TemplateAlreadyExistsException'})
  const found = await ecr.send(new DescribeRepositoryCreationTemplatesCommand({prefixes: ['prod', 'none']}))
  expect(found.repositoryCreationTemplates?.map(({prefix}) => prefix)).toEqual(['prod/'])
})

test('an update changes what it names, and the time', async () => {
  const {sandbox, ecr} = await open()
  const exclusions = {
    imageTagMutability: 'MUTABLE_WITH_EXCLUSION' as const,
    imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD' as const, filter: 'v*'}],
  }
  await ecr.send(
    new CreateRepositoryCreationTemplateCommand({
      prefix: 'ROOT',
      appliedFor: [...appliedFor],
      ...exclusions,
      repositoryPolicy,
    }),
  )
  await sandbox.advanceClock(1000)
  const described = await ecr.send(
    new UpdateRepositoryCreationTemplateCommand({prefix: 'ROOT', description: 'all others'}),
  )
  expect(described.repositoryCreationTemplate).toEqual({
    prefix: 'ROOT',
    appliedFor,
    description: 'all others',
    ...exclusions,
    repositoryPolicy,
    createdAt: new Date(now),
    updatedAt: new Date(now + 1000),
  })
  const immutable = await ecr.send(
    new UpdateRepositoryCreationTemplateCommand({prefix: 'ROOT', imageTagMutability: 'IMMUTABLE'}),
  )
  expect(immutable.repositoryCreationTemplate?.imageTagMutability).toBe('IMMUTABLE')
  expect(immutable.repositoryCreationTemplate).not.toHaveProperty('imageTagMutabilityExclusionFilters')
})

test('a template that is deleted is given back once more', async () => {
  const {ecr} = await open()
  await ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'a', appliedFor: [...appliedFor]}))
  const deleted = await ecr.send(new DeleteRepositoryCreationTemplateCommand({prefix: 'a/'}))
  expect(deleted.repositoryCreationTemplate).toMatchObject({prefix: 'a', appliedFor})
  for (const command of [
    new DeleteRepositoryCreationTemplateCommand({prefix: 'a'}),
    new UpdateRepositoryCreationTemplateCommand({prefix: 'a'}),
  ]) {
    await expect(ecr.send(command as never)).rejects.toMatchObject({name: 'TemplateNotFoundException'})
  }
})

test.each([
  ['no occasion', {appliedFor: []}],
  ['a policy that is none', {repositoryPolicy: '{}'}],
  ['a lifecycle policy that is none', {lifecyclePolicy: '{"rules":[]}'}],
  [
    'exclusions without their mutability',
    {imageTagMutabilityExclusionFilters: [{filterType: 'WILDCARD' as const, filter: 'v*'}]},
  ],
])('a template with %s is refused', async (_, wrong) => {
  const {ecr} = await open()
  const template = {prefix: 'a', appliedFor: [...appliedFor], ...wrong}
  await expect(ecr.send(new CreateRepositoryCreationTemplateCommand(template))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  })
  const none = await ecr.send(new DescribeRepositoryCreationTemplatesCommand({}))
  expect(none.repositoryCreationTemplates).toEqual([])
})

test('templates come in pages, and no more of them than the quota', async () => {
  const {sandbox, ecr} = await open()
  sandbox.setQuotas({creationTemplates: 5})
  for (let n = 0; n < 5; n++) {
    await ecr.send(
      new CreateRepositoryCreationTemplateCommand({prefix: `p${n}`, appliedFor: [...appliedFor]}),
    )
  }
  await expect(
    ecr.send(new CreateRepositoryCreationTemplateCommand({prefix: 'p5', appliedFor: [...appliedFor]})),
  ).rejects.toMatchObject({name: 'LimitExceededException'})
  const pages = []
  for await (const page of paginateDescribeRepositoryCreationTemplates({client: ecr, pageSize: 2}, {})) {
    pages.push(page.repositoryCreationTemplates?.map(({prefix}) => prefix))
  }
  expect(pages).toEqual([['p0', 'p1'], ['p2', 'p3'], ['p4']])
})
