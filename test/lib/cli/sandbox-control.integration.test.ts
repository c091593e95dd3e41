import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {expect, onTestFinished, test} from 'vitest'
import {postToSandbox} from '../../../src/lib/cli/sandbox-control.ts'

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

const {signal} = new AbortController()

test('the body goes to the control address and the sandbox is named', async () => {
  const seen: string[] = []
  const url = await serve((request, response) => {
    void text(request).then(body => {
      seen.push(`${request.method} ${request.url} ${body}`)
      response.writeHead(204).end()
    })
  })
  expect(await postToSandbox(url, 'seed', '{"é":1}', signal)).toBe(url.origin)
  expect(seen).toEqual(['POST /_sandbox/seed {"é":1}'])
})

test('what the sandbox refuses is told in its words, exit 2', async () => {
  const url = await serve((_, response) => {
    response.writeHead(400).end(JSON.stringify({code: 'INVALID_SEED', message: 'accounts[0].id: 12 digits.'}))
  })
  await expect(postToSandbox(url, 'seed', '{', signal)).rejects.toMatchObject({
    code: 'INVALID_SEED',
    message: 'accounts[0].id: 12 digits.',
    exitCode: 2,
  })
})

test('something else at that address is told apart from a sandbox', async () => {
  const url = await serve((_, response) => {
    response.writeHead(404).end('<html>')
  })
  await expect(postToSandbox(url, 'reset', '', signal)).rejects.toMatchObject({
    code: 'NOT_A_SANDBOX',
    exitCode: 2,
  })
})

test('nothing there is exit 6, no address is exit 2', async () => {
  const url = await serve((request, response) => {
    request.socket.destroy()
    response.destroy()
  })
  await expect(postToSandbox(url, 'reset', '', signal)).rejects.toMatchObject({exitCode: 6})
  await expect(postToSandbox(undefined, 'reset', '', signal)).rejects.toMatchObject({
    code: 'NO_SANDBOX',
    exitCode: 2,
  })
})
