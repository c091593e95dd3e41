import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from '@aws-sdk/client-ecr'
import {afterEach, beforeEach, describe, expect, onTestFinished, test} from 'vitest'
import type {Repository} from '../../../src/lib/oci/registry.ts'
import type {PlanDocument} from '../../../src/lib/plan/document.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'etc/name': 'new'}]})
const other = await buildImage({layers: [{'etc/name': 'other'}]})

let world: World
let target: Repository

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app', tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['latest*']},
    ],
  })
  target = (await world.open(prodHost)).repository('app')
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1', 'v2')
  await pushImage(target, other, 'v1', 'latest')
  world.sandbox.clearRequests()
  world.events.length = 0
})

afterEach(() => world.close())

function writes(): string[] {
  return world.sandbox.requests.filter(({mutating}) => mutating).map(({operation}) => operation ?? '')
}

describe('what would fail later is found before any byte', () => {
  test('all of it for an image: each tag that is held, not the first alone, and none that may move', async () => {
    await pushImage(target, other, 'stable')
    world.sandbox.clearRequests()
    const {items, exitCode} = await world.promote(['app:v1'], {tags: ['v1', 'stable', 'latest', 'fresh']})
    expect(exitCode).toBe(7)
    expect(items[0]?.error).toMatchObject({
      code: 'TAG_IMMUTABLE',
      message: expect.stringContaining(`${prodHost}/app:v1 is ${other.root.digest}`),
      hints: [expect.stringContaining(`${prodHost}/app:stable is ${other.root.digest}`)],
    })
    expect(writes()).toEqual([])
  })

  test('for all images and destinations together, and told before the first write', async () => {
    let writesWhenTold: number | undefined
    const onEvent = (event: {type: string}) => {
      if (event.type === 'refused') writesWhenTold = writes().length
      world.events.push(event as (typeof world.events)[number])
    }
    const {items, exitCode} = await world.promote(
      ['app:v1', 'app:v2', 'app:v0'],
      {to: ['prod', 'dr']},
      {onEvent},
    )
    expect(exitCode).toBe(4)
    expect(writesWhenTold).toBe(0)
    const told = world.events.flatMap(event => (event.type === 'refused' ? [event] : []))
    expect(told).toHaveLength(1)
    expect(told[0]?.others).toBe(1)
    expect(told[0]?.items.map(({tags, error}) => `${tags.join()} ${error?.code}`).toSorted()).toEqual([
      'v0 IMAGE_NOT_FOUND',
      'v0 IMAGE_NOT_FOUND',
      'v1 REPOSITORY_NOT_FOUND',
      'v1 TAG_IMMUTABLE',
      'v2 REPOSITORY_NOT_FOUND',
    ])
    expect(items.filter(({outcome}) => outcome === 'promoted').map(({tags}) => tags)).toEqual([['v2']])
  })

  test('the same digest under an immutable tag is success', async () => {
    await pushImage(target, image, 'v2')
    world.sandbox.clearRequests()
    expect(await world.promote(['app:v2'])).toMatchObject({exitCode: 0, items: [{outcome: 'unchanged'}]})
    expect(writes()).toEqual([])
  })
})

describe('all or nothing', () => {
  test('writes nothing when one image cannot be promoted, and leaves no record', async () => {
    const result = await world.promote(['app:v1', 'app:v2'], {allOrNothing: true})
    expect(result).toMatchObject({exitCode: 4, record: null})
    expect(result.items.map(({tags, outcome}) => `${tags.join()} ${outcome}`).toSorted()).toEqual([
      'v1 failed',
      'v2 planned',
    ])
    expect(writes()).toEqual([])
  })

  test('is an ordinary promotion when all can be', async () => {
    expect(await world.promote(['app:v2'], {allOrNothing: true})).toMatchObject({
      exitCode: 0,
      items: [{outcome: 'promoted'}],
    })
  })
})

function sdk({account, region} = prod): ECRClient {
  const credentials = {accessKeyId: account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: world.sandbox.url, region, credentials, maxAttempts: 1})
  onTestFinished(() => client.destroy())
  return client
}

function asked(operation: string): number {
  return world.sandbox.requests.filter(request => request.operation === operation).length
}

describe('a repository that is missing', () => {
  const template = (prefix: string, occasion: 'CREATE_ON_PUSH' | 'REPLICATION' = 'CREATE_ON_PUSH') =>
    sdk().send(
      new CreateRepositoryCreationTemplateCommand({
        prefix,
        appliedFor: [occasion],
        imageTagMutability: 'IMMUTABLE',
      }),
    )

  test('is no problem where a creation template makes it when something is pushed', async () => {
    await template('team')
    const words = {as: 'team/app', dryRun: true}
    expect((await world.promote(['app:v1'], words)).items).toMatchObject([{outcome: 'planned', path: 'copy'}])
    expect(writes()).not.toContain('CreateRepository')
    world.sandbox.clearRequests()
    const {items} = await world.promote(['app:v1'], {...words, dryRun: false})
    expect(items).toMatchObject([{outcome: 'promoted'}])
    expect(writes()).not.toContain('CreateRepository')
    expect(await (await world.open(prodHost)).describe(['team/app'])).toMatchObject(
      new Map([['team/app', {tagMutability: 'IMMUTABLE'}]]),
    )
  })

  test.each([
    ['of another prefix', 'teams', 'CREATE_ON_PUSH'],
    ['for replication alone', 'team', 'REPLICATION'],
  ] as const)('is one where the template is %s', async (_, prefix, occasion) => {
    await template(prefix, occasion)
    world.sandbox.clearRequests()
    const {items} = await world.promote(['app:v1', 'app:v2'], {as: 'team/app'})
    expect(items.map(({error}) => error?.code)).toEqual(['REPOSITORY_NOT_FOUND', 'REPOSITORY_NOT_FOUND'])
    expect(asked('DescribeRepositoryCreationTemplates')).toBe(1)
    expect(writes()).toEqual([])
  })

  test('is one where the templates may not be asked for', async () => {
    await template('ROOT')
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeRepositoryCreationTemplates',
      },
    ])
    const {items} = await world.promote(['app:v1'], {as: 'team/app'})
    expect(items).toMatchObject([{error: {code: 'REPOSITORY_NOT_FOUND'}}])
  })

  test('is made with the settings of the source, without its key, policies and tags', async () => {
    await sdk(dev).send(
      new CreateRepositoryCommand({
        repositoryName: 'strict',
        imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{filter: 'v*', filterType: 'WILDCARD'}],
        imageScanningConfiguration: {scanOnPush: true},
        encryptionConfiguration: {
          encryptionType: 'KMS',
          kmsKey: `arn:aws:kms:eu-west-1:${dev.account}:key/a`,
        },
        tags: [{Key: 'team', Value: 'payments'}],
      }),
    )
    await pushImage((await world.open(devHost)).repository('strict'), image, 'v1')
    const out = join(world.folder, 'plan.json')
    await world.promote(['strict:v1'], {createRepositories: true, out})
    const {actions} = JSON.parse(await readFile(out, 'utf8')) as PlanDocument
    expect(actions[0]).toMatchObject({
      verb: 'create-repository',
      detail: {
        tagMutability: 'MUTABLE_WITH_EXCLUSION',
        exclusions: ['v*'],
        scanOnPush: true,
        encryption: 'KMS',
      },
    })
    await world.promote([], {plan: out})
    const {repositories = []} = await sdk().send(
      new DescribeRepositoriesCommand({repositoryNames: ['strict']}),
    )
    expect(repositories[0]).toMatchObject({
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{filter: 'v*', filterType: 'WILDCARD'}],
      imageScanningConfiguration: {scanOnPush: true},
      encryptionConfiguration: {encryptionType: 'KMS'},
    })
    expect(repositories[0]?.encryptionConfiguration?.kmsKey ?? '').not.toContain(dev.account)
  })

  test('is made with the usual settings where those of the source may not be asked for', async () => {
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeRepositories',
        account: dev.account,
      },
    ])
    const {items} = await world.promote(['app:v1'], {as: 'usual', createRepositories: true})
    expect(items).toMatchObject([{outcome: 'promoted'}])
    expect(await (await world.open(prodHost)).describe(['usual'])).toMatchObject(
      new Map([['usual', {tagMutability: 'MUTABLE'}]]),
    )
  })
})

describe('more tags than an image may have', () => {
  const many = Array.from({length: 1001}, (_, n) => `t${n}`)

  test('are refused when the run alone would write them', async () => {
    const {items, exitCode} = await world.promote(['app:v2'], {tags: many})
    expect(items).toMatchObject([{error: {code: 'TOO_MANY_TAGS', exitCode: 7}}])
    expect(exitCode).toBe(7)
    expect(writes()).toEqual([])
    const halves = [many.slice(0, 600), many.slice(600)]
    const images = halves.map(tags => ({text: `${devHost}/app:v2`, tags}))
    const {items: both} = await world.promote(images, {from: undefined})
    expect(both.map(({error}) => error?.code)).toEqual(['TOO_MANY_TAGS', 'TOO_MANY_TAGS'])
    expect(writes()).toEqual([])
  })

  test('are counted with those that are there by a dry run alone', async () => {
    await pushImage(target, image, 'there')
    for (const dryRun of [true, false]) {
      world.sandbox.clearRequests()
      const {items} = await world.promote(['app:v2'], {dryRun})
      expect(items).toMatchObject([{path: 'tag', error: null}])
      expect(asked('DescribeImages')).toBe(dryRun ? 1 : 0)
    }
  })
})

describe('blobs of a source that may not be read', () => {
  beforeEach(async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {Effect: 'Allow', Action: '*', Resource: '*'},
        {
          Effect: 'Deny',
          Action: 'ecr:GetDownloadUrlForLayer',
          Resource: `arn:aws:ecr:${dev.region}:${dev.account}:repository/app`,
        },
      ],
    }
    await pushImage((await world.open(devHost)).repository('app'), other, 'v3')
    await world.sandbox.seed({
      accounts: [{id: dev.account, user: {policy}}],
      repositories: [
        {...dev, name: 'open'},
        {...prod, name: 'open'},
      ],
    })
    await pushImage((await world.open(devHost)).repository('open'), image, 'v1')
    world.sandbox.clearRequests()
  })

  test('are a problem of their images in a dry run, and asked for once', async () => {
    const {items, exitCode} = await world.promote(['app:v2', 'app:v3', 'open:v1'], {dryRun: true})
    // All of v3 is there under another tag.
    const found = items.map(({source, outcome, error}) => `${source.split('/')[1]} ${error?.code ?? outcome}`)
    expect(found.toSorted()).toEqual(['app:v2 ACCESS_DENIED', 'app:v3 planned', 'open:v1 planned'])
    expect(exitCode).toBe(4)
    expect(asked('GetDownloadUrlForLayer')).toBe(2)
  })

  test('are enough for nothing with --all-or-nothing', async () => {
    const result = await world.promote(['app:v2', 'open:v1'], {allOrNothing: true})
    expect(result).toMatchObject({exitCode: 4, record: null})
    expect(writes()).toEqual([])
  })

  test('are not asked for by a run that finds out in time', async () => {
    const {items} = await world.promote(['app:v2'])
    expect(items).toMatchObject([{error: {code: 'ACCESS_DENIED', exitCode: 5}}])
    expect(
      world.sandbox.requests.filter(({plane}) => plane === 'api').map(({operation}) => operation),
    ).not.toContain('GetDownloadUrlForLayer')
    expect(await target.resolve(['v2'])).toEqual(new Map())
  })
})
