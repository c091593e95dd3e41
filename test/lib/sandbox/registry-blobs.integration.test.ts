import {describe, expect, test} from 'vitest'
import {name, pushBlob, repository} from './registry-support.ts'
import {basicAuth, ecrClient, http, openSandbox, putSmallImage, sha256} from './support.ts'

describe('blobs', () => {
  test('are answered from another origin', async () => {
    const {send, sandbox} = await repository()
    await pushBlob(send, 'content')
    const answer = await send('GET', `/v2/${name}/blobs/${sha256('content')}`)
    expect(answer.status).toBe(307)
    const location = answer.headers.location ?? ''
    expect(new URL(location).origin).not.toBe(new URL(sandbox.url).origin)
    expect((await http(location)).text).toBe('content')
  })

  test.each(['127.0.0.1', 'localhost'])(
    'come from another host name than %s, so that no client sends its password along',
    async host => {
      const sandbox = await openSandbox()
      const client = ecrClient(sandbox)
      const {layer} = await putSmallImage(client, name)
      const authorization = await basicAuth(client)
      const {port} = new URL(sandbox.url)
      const answer = await http(`${sandbox.url}/v2/${name}/blobs/${sha256(layer)}`, {
        headers: {authorization, host: `${host}:${port}`},
      })
      expect(answer.status).toBe(307)
      const location = answer.headers.location ?? ''
      expect(new URL(location).hostname).not.toBe(host)
      expect((await http(location)).text).toBe(layer)
      expect((await http(location, {headers: {authorization}})).status).toBe(400)
    },
  )

  test('come in ranges from there', async () => {
    const {send} = await repository()
    await pushBlob(send, 'content')
    const {headers} = await send('GET', `/v2/${name}/blobs/${sha256('content')}`)
    const get = (range: string) => http(headers.location ?? '', {headers: {range}})
    expect(await get('bytes=1-3')).toMatchObject({
      status: 206,
      text: 'ont',
      headers: {'content-range': 'bytes 1-3/7'},
    })
    expect(await get('bytes=-2')).toMatchObject({status: 206, text: 'nt'})
    expect(await get('bytes=7-')).toMatchObject({status: 416, headers: {'content-range': 'bytes */7'}})
  })

  test('HEAD tells size and digest', async () => {
    const {send} = await repository()
    await pushBlob(send, 'content')
    const {status, headers} = await send('HEAD', `/v2/${name}/blobs/${sha256('content')}`)
    expect({status, ...headers}).toMatchObject({
      status: 200,
      'content-length': '7',
      'docker-content-digest': sha256('content'),
    })
    expect((await send('HEAD', `/v2/${name}/blobs/${sha256('other')}`)).status).toBe(404)
  })

  test('cannot be deleted', async () => {
    const {send} = await repository()
    await pushBlob(send, 'content')
    expect((await send('DELETE', `/v2/${name}/blobs/${sha256('content')}`)).status).toBe(405)
  })
})
