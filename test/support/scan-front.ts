import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import {onTestFinished} from 'vitest'
import type {Fields} from '../../src/lib/oci/descriptor.ts'
import {http} from '../lib/sandbox/support.ts'

/**
 * What is answered instead of the sandbox's own answer; undefined leaves that.
 *
 * @param operation of ECR's API, such as `DescribeImageScanFindings`.
 */
export type ChangeAnswer = (operation: string, input: Fields) => Fields | undefined

/**
 * Stands before a sandbox, and gives answers that the sandbox lets nobody put: it holds what it says to ECR's model, and
 * what comes over a wire may be anything. Ends with the test.
 *
 * @returns its URL.
 */
export async function startScanFront(sandboxUrl: string, change: ChangeAnswer): Promise<string> {
  const server = createServer((incoming, response) => {
    relay(incoming, response, sandboxUrl, change).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise<void>(resolve => server.close(() => resolve()))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function relay(
  incoming: IncomingMessage,
  response: ServerResponse,
  sandboxUrl: string,
  change: ChangeAnswer,
): Promise<void> {
  const body = await text(incoming)
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'host' ? [[name, value]] : [],
    ),
  )
  const operation = (headers['x-amz-target'] ?? '').replace(/^.*\./, '')
  const changed = operation === '' ? undefined : change(operation, JSON.parse(body) as Fields)
  if (changed === undefined) {
    const own = await http(`${sandboxUrl}${incoming.url}`, {method: incoming.method ?? 'POST', headers, body})
    response.writeHead(own.status, own.headers).end(own.body)
  } else {
    response.writeHead(200, {'content-type': 'application/x-amz-json-1.1'}).end(JSON.stringify(changed))
  }
}
