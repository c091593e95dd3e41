import {describe, expect, test} from 'vitest'
import type {OpenImages} from '../../../../src/lib/ecr/inventory/images.ts'
import {exitCodes} from '../../../../src/lib/errors.ts'
import {scanDay} from '../../../support/scan-documents.ts'
import {devWest, openScanWorld, prodEast, prodWest} from '../../../support/scan-world.ts'

/** Where each image was found, or the code of why it was not. */
function found({images, missing}: OpenImages): unknown[] {
  return [
    ...images.map(({text, at, repository, tag}) => [text, `${at.registry.label}/${repository}`, tag]),
    ...missing.map(({text, error}) => [text, error.code]),
  ]
}

describe('images by word', () => {
  test('each is found wherever it is among the registries that its word means', async () => {
    const world = await openScanWorld()
    const v1 = {name: 'v1', tags: ['v1']}
    const digests = await world.put({...devWest, name: 'team/app'}, v1)
    await world.put({...prodWest, name: 'team/app'}, v1)
    await world.put({...prodEast, name: 'team/app'}, {name: 'v2', tags: ['v2']})
    const digest = digests.get('v1')
    const opened = await world.open([
      'team/app:v1',
      'prod/team/app:v1',
      'prod@us-east-1/team/app:v2',
      `111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app@${digest}`,
      `dev/team/app:anything@${digest}`,
    ])
    expect(found(opened)).toEqual([
      ['team/app:v1', 'dev@eu-west-1/team/app', 'v1'],
      ['team/app:v1', 'prod@eu-west-1/team/app', 'v1'],
      ['prod/team/app:v1', 'prod@eu-west-1/team/app', 'v1'],
      ['prod@us-east-1/team/app:v2', 'prod@us-east-1/team/app', 'v2'],
      [`111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app@${digest}`, 'dev@eu-west-1/team/app', null],
      [`dev/team/app:anything@${digest}`, 'dev@eu-west-1/team/app', null],
    ])
    expect(opened.images[0]).toMatchObject({digest, pushedAt: scanDay})
    expect(opened.images[0]?.mediaType).toContain('manifest.v1')
  })

  test('a repository is asked once for all of its images, and none of them is pulled', async () => {
    const world = await openScanWorld()
    const tags = Array.from({length: 150}, (_, n) => `v${n}`)
    await world.put({...devWest, name: 'app'}, {name: 'v', tags})
    const opened = await world.open(tags.map(tag => `dev/app:${tag}`))
    expect(opened.images).toHaveLength(150)
    expect(world.operations()).toEqual({GetCallerIdentity: 1, DescribeRepositories: 1, DescribeImages: 2})
  })

  test('the same word twice is one image', async () => {
    const world = await openScanWorld()
    await world.put({...devWest, name: 'app'}, {name: 'v1', tags: ['v1']})
    expect((await world.open(['dev/app:v1', 'dev/app:v1'])).images).toHaveLength(1)
  })
})

describe('what is not there', () => {
  test('is the matter of its word: the others are found', async () => {
    const world = await openScanWorld()
    await world.put({...devWest, name: 'app'}, {name: 'v1', tags: ['v1', 'v1.2.3']})
    const opened = await world.open(['dev/app:v1', 'dev/app:v1.2.4', 'dev/other:v1'])
    expect(found(opened)).toEqual([
      ['dev/app:v1', 'dev@eu-west-1/app', 'v1'],
      ['dev/app:v1.2.4', 'IMAGE_NOT_FOUND'],
      ['dev/other:v1', 'REPOSITORY_NOT_FOUND'],
    ])
    expect(opened.missing.map(({error}) => error.message)).toEqual([
      'There is no image dev/app:v1.2.4. Did you mean the tag "v1.2.3"?',
      'There is no repository dev/other.',
    ])
  })

  test('is told of a digest too', async () => {
    const world = await openScanWorld()
    await world.put({...devWest, name: 'app'}, {name: 'v1', tags: ['v1']})
    const digest = `sha256:${'0'.repeat(64)}`
    const {missing} = await world.open([`dev/app@${digest}`])
    expect(missing.map(({error}) => error.message)).toEqual([`There is no image dev/app@${digest}.`])
  })

  test('a registry that cannot be asked is an error of the words that mean it, beside what others have', async () => {
    const world = await openScanWorld()
    await world.put({...devWest, name: 'app'}, {name: 'v1', tags: ['v1']})
    await world.put({...prodWest, name: 'app'}, {name: 'v1', tags: ['v1']})
    world.sandbox.setFaults([
      {
        kind: 'exception',
        exception: 'AccessDeniedException',
        operation: 'DescribeImages',
        account: prodWest.account,
      },
    ])
    const opened = await world.open(['app:v1'])
    expect(found(opened)).toEqual([
      ['app:v1', 'dev@eu-west-1/app', 'v1'],
      ['app:v1', 'ACCESS_DENIED'],
    ])
    expect(opened.missing[0]?.error.exitCode).toBe(exitCodes.denied)
  })

  test.each([
    ['app', 'INVALID_REFERENCE'],
    ['dev/**:v1', 'INVALID_REFERENCE'],
    ['dev/app:', 'INVALID_REFERENCE'],
    ['dev/app@sha256:12', 'INVALID_REFERENCE'],
    ['dev/app:v1@', 'INVALID_REFERENCE'],
    ['dev/App:v1', 'INVALID_PATTERN'],
    ['stage@eu-west-1/app:v1', 'UNKNOWN_ACCOUNT'],
    ['dev@us-east-1/app:v1', 'UNKNOWN_REGION'],
    ['public.ecr.aws/app:v1', 'NOT_ECR'],
  ])('%s is no image: %s', async (word, code) => {
    const world = await openScanWorld()
    await expect(world.open([word])).rejects.toMatchObject({code, exitCode: exitCodes.usage})
    expect(world.operations()).toEqual({})
  })
})

test('registries that are opened to look start no scan, those that are opened for scans do and change nothing else', async () => {
  const world = await openScanWorld()
  const digests = await world.put({...devWest, name: 'app'}, {name: 'v1', tags: ['v1']})
  const digest = digests.get('v1') ?? 'sha256:'
  const [looked] = (await world.open(['dev/app:v1'], {access: 'look'})).images
  await expect(looked?.at.api.scan.startScan('app', digest)).rejects.toThrow('read-only')
  const [scanned] = (await world.open(['dev/app:v1'], {access: 'scan'})).images
  await expect(scanned?.at.api.scan.startScan('app', digest)).resolves.toBeUndefined()
  await expect(scanned?.at.api.lifecycle.deletePolicy('app')).rejects.toThrow('read-only')
})
