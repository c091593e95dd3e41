import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import {join} from 'node:path'
import {json} from 'node:stream/consumers'
import {BatchDeleteImageCommand, PutImageCommand} from '@aws-sdk/client-ecr'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {SandboxEvent} from '../../../src/lib/sandbox/events/event.ts'
import {startSandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  dev,
  ecrClient,
  http,
  manifestType,
  openSandbox,
  putSmallImage,
  region,
  registryClient,
} from './support.ts'

const noon = Date.parse('2026-03-01T12:00:00.987Z')

function details(events: readonly SandboxEvent[]) {
  return events.map(({detail}) => {
    const {'action-type': action, 'image-tag': tag} = detail as Readonly<Record<string, unknown>>
    return [action, tag]
  })
}

describe('events', () => {
  test('have EventBridge’s shape', async () => {
    const sandbox = await openSandbox({now: () => noon})
    const {digest} = await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    expect(sandbox.events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'ECR Image Action',
        source: 'aws.ecr',
        account: dev,
        time: '2026-03-01T12:00:00Z',
        region,
        resources: [],
        detail: {
          result: 'SUCCESS',
          'repository-name': 'app',
          'image-digest': digest,
          'action-type': 'PUSH',
          'image-tag': 'v1',
        },
      },
    ])
  })

  test('tell each push that changed something, by the API and by the registry protocol', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    const {manifest, digest} = await putSmallImage(client, 'app', 'v1')
    const again = new PutImageCommand({repositoryName: 'app', imageManifest: manifest, imageTag: 'v1'})
    await expect(client.send(again)).rejects.toThrow('already exists')
    const send = await registryClient(sandbox)
    for (const reference of ['v1', 'v2', digest]) {
      const put = {headers: {'content-type': manifestType}, body: manifest}
      expect((await send('PUT', `/v2/app/manifests/${reference}`, put)).status).toBe(201)
    }
    expect(details(sandbox.events)).toEqual([
      ['PUSH', 'v1'],
      ['PUSH', 'v2'],
    ])
  })

  test('tell what was deleted, and not what could not be', async () => {
    const sandbox = await openSandbox()
    const client = ecrClient(sandbox)
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await putSmallImage(client, 'app', 'v2')
    const send = await registryClient(sandbox)
    sandbox.clearEvents()
    const imageIds = [{imageTag: 'v1'}, {imageTag: 'v3'}]
    await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds}))
    expect((await send('DELETE', `/v2/app/manifests/${digest}`)).status).toBe(202)
    expect((await send('DELETE', `/v2/app/manifests/${digest}`)).status).toBe(404)
    expect(details(sandbox.events)).toEqual([
      ['DELETE', 'v1'],
      ['DELETE', 'v2'],
    ])
  })

  test('are listed and forgotten over HTTP', async () => {
    const sandbox = await openSandbox()
    await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    const url = `${sandbox.url}/_sandbox/events`
    expect(JSON.parse((await http(url)).text)).toEqual({
      events: sandbox.events,
      dropped: 0,
      undelivered: 0,
    })
    await http(url, {method: 'DELETE'})
    expect(sandbox.events).toEqual([])
  })
})

describe('a file of events', () => {
  test('has the event of a push when the push is answered, one a line, after what was there', async () => {
    const file = join(await temporaryFolder(), 'events.jsonl')
    await writeFile(file, '{"before":true}\n')
    const sandbox = await openSandbox({events: file})
    const client = ecrClient(sandbox)
    await putSmallImage(client, 'app', 'v1')
    await putSmallImage(client, 'app', 'v2')
    const text = await readFile(file, 'utf8')
    expect(text.endsWith('}\n')).toBe(true)
    const [before, ...lines] = text.trim().split('\n')
    expect(before).toBe('{"before":true}')
    expect(lines.map(line => JSON.parse(line) as unknown)).toEqual(sandbox.events)
  })

  test('that cannot be written is told before anything is served', async () => {
    const events = join(await temporaryFolder(), 'missing', 'events.jsonl')
    await expect(startSandbox({events})).rejects.toMatchObject({code: 'EVENTS_UNWRITABLE', exitCode: 2})
  })
})

/** Takes events; answers each request with the next of these statuses, and then with 200. */
async function openHook(...statuses: readonly number[]) {
  const left = [...statuses]
  const seen: {readonly path: string | undefined; readonly event: SandboxEvent}[] = []
  let atOnce = 0
  let most = 0
  const server = createServer((request, response) => {
    atOnce += 1
    most = Math.max(most, atOnce)
    void json(request).then(event => {
      seen.push({path: request.url, event: event as SandboxEvent})
      atOnce -= 1
      response.writeHead(left.shift() ?? 200).end()
    })
  })
  const url = await listening(server)
  return {url, seen, most: () => most}
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

describe('a hook for events', () => {
  test('gets them one by one, in order, until all are there when the sandbox closes', async () => {
    const hook = await openHook()
    const sandbox = await openSandbox({events: `${hook.url}/events?from=sandbox`})
    const client = ecrClient(sandbox)
    for (let n = 0; n < 10; n++) await putSmallImage(client, 'app', `v${n}`, `layer ${n}`)
    const sent = sandbox.events
    await sandbox.close()
    expect(hook.seen.map(({event}) => event)).toEqual(sent)
    expect(new Set(hook.seen.map(({path}) => path))).toEqual(new Set(['/events?from=sandbox']))
    expect(hook.most()).toBe(1)
  })

  test('gets an event again that it did not take, before the next one', async () => {
    const hook = await openHook(500, 404)
    const sandbox = await openSandbox({events: hook.url})
    const client = ecrClient(sandbox)
    await putSmallImage(client, 'app', 'v1')
    await putSmallImage(client, 'app', 'v2')
    await sandbox.close()
    expect(details(hook.seen.map(({event}) => event)).map(([, tag]) => tag)).toEqual(['v1', 'v1', 'v1', 'v2'])
  })

  test('that never answers holds no request up', async () => {
    const silent = createServer()
    const sandbox = await openSandbox({events: await listening(silent)})
    const asked = once(silent, 'request')
    await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    await asked
    expect(sandbox.events).toHaveLength(1)
    silent.closeAllConnections()
    silent.close()
  })

  test('that is not there loses its events, and they are counted', async () => {
    const gone = createServer()
    const url = await listening(gone)
    gone.close()
    const sandbox = await openSandbox({events: url})
    await putSmallImage(ecrClient(sandbox), 'app', 'v1')
    const undelivered = async () =>
      (JSON.parse((await http(`${sandbox.url}/_sandbox/events`)).text) as {undelivered: number}).undelivered
    await expect.poll(undelivered, {timeout: 10_000}).toBe(1)
  })

  test.each([
    'http://192.168.0.1:8080/events',
    'http://0.0.0.0:8080',
    'http://evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1@evil.example/',
    'http://user@127.0.0.1/',
    'https://127.0.0.1:8080',
    'http://[::ffff:127.0.0.1]/',
    'ftp://127.0.0.1/',
    'http://',
  ])('is never %s', async events => {
    await expect(startSandbox({events})).rejects.toMatchObject({
      code: 'INVALID_EVENTS',
      exitCode: 2,
      message: expect.stringMatching(/^Events cannot go to "[^\n]+$/),
    })
  })
})
