import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {pythonPrograms} from '../support/python-tools.ts'
import {testApiAutomation} from './api-automation.ts'
import {putImage, repositoryName, testApiClient} from './api-scenario.ts'
import {testApiSettings} from './api-settings.ts'
import {boto3Client} from './boto3-session.ts'
import {openToolHome} from './tool-home.ts'
import {python} from './versions.ts'

const programs = await pythonPrograms(python.awscli, python.boto3)

async function open() {
  return boto3Client(await openToolHome(), join(programs ?? '', 'python'))
}

describe.skipIf(programs === undefined)('boto3', () => {
  testApiClient(open)
  testApiAutomation(open)
  testApiSettings(open)

  test('reads a list page by page', async () => {
    const client = await open()
    await client.call('CreateRepository', {repositoryName})
    for (const tag of ['v1', 'v2', 'v3']) await putImage(client, tag)
    client.home.sandbox.clearRequests()
    const {imageIds} = (await client.paginate('ListImages', {repositoryName}, 1)) as {
      imageIds: {imageTag: string}[]
    }
    expect(imageIds.map(({imageTag}) => imageTag).toSorted()).toEqual(['v1', 'v2', 'v3'])
    expect(client.home.sandbox.requests.length).toBeGreaterThanOrEqual(3)
  })
})
