import {createServer, type RequestListener} from 'node:http'
import {expect, onTestFinished, test} from 'vitest'
import {readSandboxRegistries} from '../../../src/lib/login/sandbox.ts'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
}

const signal = new AbortController().signal

test('reads the registries that have a port of their own', async () => {
  const registries = [{account: '111111111111', region: 'eu-west-1', url: 'http://127.0.0.1:5001'}]
  const origin = await serve((request, response) => {
    response.end(request.url === '/_sandbox/health' ? JSON.stringify({status: 'ok', registries}) : '')
  })
  expect(await readSandboxRegistries(origin, signal)).toEqual(registries)
})

test.each([
  ['another program', 'hello'],
  ['no list', '{}'],
  [
    'an entry that is no registry',
    '{"registries": [{"account": "1", "region": "eu-west-1", "url": "http://x"}]}',
  ],
  ['an endless answer', ' '.repeat(200_000)],
])('%s is not a sandbox', async (_, body) => {
  const origin = await serve((_, response) => void response.end(body))
  await expect(readSandboxRegistries(origin, signal)).rejects.toThrow('is not a Gantry sandbox')
})

test('a sandbox that is not there is one line that says how to start it, exit 6', async () => {
  await expect(readSandboxRegistries('http://127.0.0.1:1', signal)).rejects.toMatchObject({
    exitCode: 6,
    message:
      'The sandbox at http://127.0.0.1:1 (GANTRY_SANDBOX) does not answer. Start it: gantry sandbox start.',
  })
})
