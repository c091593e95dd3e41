import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {chmod, mkdir, readdir, stat, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {
  BatchGetImageCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetAccountSettingCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  PutAccountSettingCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr'
import {AssumeRoleCommand, GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts'
import {describe, expect, test, vi} from 'vitest'
import {startSandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  basicAuth,
  clientOptions,
  devHost,
  ecrClient,
  http,
  openSandbox,
  prod,
  putSmallImage,
  registryClient,
  sandboxProcess,
  sha256,
  smallImage,
} from './support.ts'

/** What a sandbox has left behind, seen by the next one. */
async function restarted(data: string, work: (client: ECRClient) => Promise<unknown>) {
  const sandbox = await startSandbox({data})
  try {
    await work(ecrClient(sandbox))
  } finally {
    await sandbox.close()
  }
  const next = await openSandbox({data})
  return {sandbox: next, client: ecrClient(next)}
}

describe('with a data directory', () => {
  test('images, tags, policies and settings are there after a restart', async () => {
    const repositoryName = 'team/app'
    const policyText = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]}'
    const described = async (client: ECRClient) => [
      (await client.send(new DescribeRepositoriesCommand({}))).repositories,
      (await client.send(new DescribeImagesCommand({repositoryName}))).imageDetails,
      (await client.send(new GetRepositoryPolicyCommand({repositoryName}))).policyText,
      (await client.send(new GetAccountSettingCommand({name: 'BLOB_MOUNTING'}))).value,
    ]
    let before: unknown
    const {sandbox, client} = await restarted(await temporaryFolder(), async client => {
      await putSmallImage(client, repositoryName, 'v1')
      await putSmallImage(client, repositoryName, 'v1', 'next')
      await putSmallImage(client, repositoryName, 'v2')
      await putSmallImage(client, 'gone', 'v1')
      await client.send(new DeleteRepositoryCommand({repositoryName: 'gone', force: true}))
      await client.send(new SetRepositoryPolicyCommand({repositoryName, policyText}))
      await client.send(new PutAccountSettingCommand({name: 'BLOB_MOUNTING', value: 'ENABLED'}))
      before = await described(client)
    })
    expect(await described(client)).toEqual(before)
    const {images} = await client.send(
      new BatchGetImageCommand({repositoryName, imageIds: [{imageTag: 'v2'}]}),
    )
    expect(images?.[0]?.imageManifest).toBe(smallImage().manifest)
    const send = await registryClient(sandbox)
    const {headers} = await send('GET', `/v2/${repositoryName}/blobs/${sha256(smallImage().layer)}`)
    expect((await http(headers.location ?? '')).text).toBe(smallImage().layer)
  })

  test('logins, credentials and page tokens are good after a restart', async () => {
    const data = await temporaryFolder()
    const first = await startSandbox({data})
    const client = ecrClient(first)
    await putSmallImage(client, 'app', 'v1')
    await putSmallImage(client, 'app', 'v2')
    const authorization = await basicAuth(client)
    const {nextToken} = await client.send(new ListImagesCommand({repositoryName: 'app', maxResults: 1}))
    const RoleArn = `arn:aws:iam::${prod}:role/release`
    const {Credentials} = await new STSClient(clientOptions(first)).send(
      new AssumeRoleCommand({RoleArn, RoleSessionName: 'ci'}),
    )
    await first.close()

    const next = await openSandbox({data})
    expect((await http(`${next.url}/v2/`, {headers: {host: devHost, authorization}})).status).toBe(200)
    const page = await ecrClient(next).send(new ListImagesCommand({repositoryName: 'app', nextToken}))
    expect(page.imageIds).toHaveLength(1)
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }
    const me = await new STSClient(clientOptions(next, session)).send(new GetCallerIdentityCommand({}))
    expect(me.Arn).toBe(`arn:aws:sts::${prod}:assumed-role/release/ci`)
  })

  test('reset empties the directory of content too', async () => {
    const data = await temporaryFolder()
    const {sandbox} = await restarted(data, client => putSmallImage(client, 'app', 'v1'))
    await sandbox.reset()
    const files = await readdir(join(data, 'content'), {recursive: true, withFileTypes: true})
    expect(files.filter(file => file.isFile())).toEqual([])
  })

  test('what no repository has any more is gone from the disk', async () => {
    const data = await temporaryFolder()
    await restarted(data, async client => {
      await putSmallImage(client, 'app', 'v1')
      await putSmallImage(client, 'gone', 'v1', 'other')
      await client.send(new DeleteRepositoryCommand({repositoryName: 'gone', force: true}))
    })
    const {layer, config, manifest} = smallImage()
    const files = await readdir(join(data, 'content'), {recursive: true, withFileTypes: true})
    const kept = files.filter(file => file.isFile()).map(file => `${file.parentPath.slice(-2)}${file.name}`)
    expect(kept.toSorted()).toEqual([layer, config, manifest].map(text => sha256(text).slice(7)).toSorted())
  })
})

describe('the directory', () => {
  test('an upload takes a file with its first bytes, and gives it back', async () => {
    const data = await temporaryFolder()
    const sandbox = await openSandbox({data})
    await putSmallImage(ecrClient(sandbox), 'app')
    const send = await registryClient(sandbox)
    const {headers} = await send('POST', '/v2/app/blobs/uploads/')
    expect(await readdir(join(data, 'incoming'))).toEqual([])
    await send('PATCH', headers.location ?? '', {body: 'bytes'})
    expect(await readdir(join(data, 'incoming'))).toHaveLength(1)
    await send('DELETE', headers.location ?? '')
    expect(await readdir(join(data, 'incoming'))).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('is for its owner alone to read', async () => {
    const data = await temporaryFolder()
    await chmod(data, 0o755)
    await putSmallImage(ecrClient(await openSandbox({data})), 'app')
    const files = (await readdir(data, {recursive: true, withFileTypes: true})).filter(one => one.isFile())
    const modes = await Promise.all(
      files.map(async file => (await stat(join(file.parentPath, file.name))).mode),
    )
    expect(files.length).toBeGreaterThan(3)
    for (const mode of modes) expect(mode & 0o077).toBe(0)
  })

  test('of another program is left alone', async () => {
    const data = await temporaryFolder()
    await writeFile(join(data, 'thesis.txt'), 'years of work')
    await expect(startSandbox({data})).rejects.toMatchObject({
      code: 'NOT_SANDBOX_DATA',
      exitCode: 2,
      message: expect.not.stringContaining('\n'),
    })
    expect(await readdir(data)).toEqual(['thesis.txt'])
  })

  test('is for one sandbox at a time', async () => {
    const data = await temporaryFolder()
    const first = await startSandbox({data})
    await expect(startSandbox({data})).rejects.toMatchObject({
      code: 'DATA_IN_USE',
      message: `${join(data, 'sandbox.db')} is in use by another sandbox. Stop that one, or use another directory.`,
    })
    await first.close()
    await (await startSandbox({data})).close()
  })

  test('with damage in it is not started from', async () => {
    const data = await temporaryFolder()
    const {sandbox} = await restarted(data, client => putSmallImage(client, 'app', 'v1'))
    await sandbox.close()
    const path = join(data, 'sandbox.db')
    await writeFile(path, `not a database, ${'x'.repeat(5000)}`)
    await expect(startSandbox({data})).rejects.toMatchObject({
      code: 'DATA_DAMAGED',
      message: expect.stringContaining(path),
    })
  })

  test.each([
    ['a later version', 'PRAGMA user_version = 2', 'DATA_TOO_NEW'],
    ['another program', 'PRAGMA application_id = 1', 'NOT_SANDBOX_DATA'],
  ])('of %s is not started from', async (_, change, code) => {
    const data = await temporaryFolder()
    await (await startSandbox({data})).close()
    const database = new DatabaseSync(join(data, 'sandbox.db'))
    database.exec(change)
    database.close()
    await expect(startSandbox({data})).rejects.toMatchObject({code})
  })

  test('after a crash loses what nothing refers to, while it serves', async () => {
    const data = await temporaryFolder()
    const {sandbox} = await restarted(data, client => putSmallImage(client, 'app', 'v1'))
    await sandbox.close()
    const database = new DatabaseSync(join(data, 'sandbox.db'))
    database.exec("INSERT INTO entry VALUES ('open', 'true')")
    database.close()
    const stray = join(data, 'content', 'ab', 'c'.repeat(62))
    await mkdir(dirname(stray), {recursive: true})
    await writeFile(stray, 'left behind')
    await openSandbox({data})
    await vi.waitFor(() => expect(existsSync(stray)).toBe(false))
    const {layer} = smallImage()
    const hex = sha256(layer).slice(7)
    expect(existsSync(join(data, 'content', hex.slice(0, 2), hex.slice(2)))).toBe(true)
  })
})

describe('kill -9', () => {
  /** Pushes until the connection breaks; the tags whose push was confirmed. */
  async function pushUntilBroken(client: ECRClient, writer: number): Promise<readonly string[]> {
    const confirmed: string[] = []
    try {
      for (let n = 0; ; n++) {
        const tag = `w${writer}-${n}`
        await putSmallImage(client, 'app', tag, tag)
        confirmed.push(tag)
      }
    } catch {
      return confirmed
    }
  }

  test('keeps all that was confirmed, and nothing incomplete', async () => {
    const data = await temporaryFolder()
    const {url, process: child} = await sandboxProcess(data)
    const client = ecrClient({url})
    const writers = [0, 1, 2, 3].map(writer => pushUntilBroken(client, writer))
    const repositoryName = 'app'
    for (let tags = 0; tags < 20; ) {
      const listed = await client.send(new ListImagesCommand({repositoryName})).catch(() => undefined)
      tags = listed?.imageIds?.length ?? 0
    }
    child.kill('SIGKILL')
    await once(child, 'exit')
    const confirmed = (await Promise.all(writers)).flat()
    expect(confirmed.length).toBeGreaterThanOrEqual(16)

    const sandbox = await openSandbox({data})
    const after = ecrClient(sandbox)
    const {imageIds = []} = await after.send(new ListImagesCommand({repositoryName, maxResults: 1000}))
    expect(imageIds.map(({imageTag}) => imageTag)).toEqual(expect.arrayContaining(confirmed))
    const send = await registryClient(sandbox)
    for (const {imageTag = '', imageDigest} of imageIds) {
      const image = smallImage(imageTag)
      const {images} = await after.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageTag}]}))
      expect(images?.[0]).toMatchObject({imageId: {imageDigest}, imageManifest: image.manifest})
      for (const blob of [image.layer, image.config]) {
        const {headers} = await send('GET', `/v2/app/blobs/${sha256(blob)}`)
        expect((await http(headers.location ?? '')).text).toBe(blob)
      }
    }
  })
})
