import {CreateRepositoryCommand, PutAccountSettingCommand} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {name, pushBlob, pushImage, repository} from './registry-support.ts'
import {dev, region, sha256} from './support.ts'

describe('mounting', () => {
  async function twoRepositories(setting?: string) {
    const {sandbox, client, send} = await repository()
    await client.send(new CreateRepositoryCommand({repositoryName: 'other'}))
    if (setting !== undefined) {
      await client.send(new PutAccountSettingCommand({name: 'BLOB_MOUNTING', value: setting}))
    }
    const mount = (content: string, from = name) =>
      send('POST', `/v2/other/blobs/uploads/?mount=${sha256(content)}&from=${from}`)
    return {sandbox, client, send, mount}
  }

  test('is an upload until the account turns it on', async () => {
    const {send, mount} = await twoRepositories()
    const {layer} = await pushImage(send, 'v1')
    expect((await mount(layer)).status).toBe(202)
  })

  test('takes a blob over that an image of the source lists', async () => {
    const {send, mount} = await twoRepositories('ENABLED')
    const {layer} = await pushImage(send, 'v1')
    expect(await mount(layer)).toMatchObject({status: 201, headers: {'docker-content-digest': sha256(layer)}})
    expect((await send('HEAD', `/v2/other/blobs/${sha256(layer)}`)).status).toBe(200)
  })

  test('is an upload for a blob that no image lists, or a source that is not there', async () => {
    const {send, mount} = await twoRepositories('ENABLED')
    await pushBlob(send, 'alone')
    expect((await mount('alone')).status).toBe(202)
    expect((await mount('alone', 'none')).status).toBe(202)
    expect((await mount('alone', 'N/../')).status).toBe(202)
  })

  test('is an upload between repositories with different keys', async () => {
    const {send, client, mount} = await twoRepositories('ENABLED')
    const encryptionConfiguration = {
      encryptionType: 'KMS',
      kmsKey: `arn:aws:kms:${region}:${dev}:key/one`,
    } as const
    await client.send(new CreateRepositoryCommand({repositoryName: 'with-key', encryptionConfiguration}))
    const {layer} = await pushImage(send, 'v1', 'with-key')
    expect((await mount(layer, 'with-key')).status).toBe(202)
  })

  test('is an upload when the client does not say from where', async () => {
    const {send} = await twoRepositories('ENABLED')
    const {layer} = await pushImage(send, 'v1')
    expect((await send('POST', `/v2/other/blobs/uploads/?mount=${sha256(layer)}`)).status).toBe(202)
  })
})
