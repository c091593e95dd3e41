import {createConnection} from 'node:net'
import {text} from 'node:stream/consumers'

/**
 * Sends bytes to a port of 127.0.0.1 as they are, for requests that no client would send.
 *
 * @returns all that was answered until the server, or the end of what was sent, closed the connection.
 */
export async function sendRaw(url: string, request: string): Promise<string> {
  const {port} = new URL(url)
  const socket = createConnection({host: '127.0.0.1', port: Number(port)})
  // A server that has answered may reset the connection over what it did not read.
  const answer = text(socket).catch(() => '')
  socket.end(request)
  return answer
}

/** A request of HTTP/1.1 as text; the connection is closed after its answer. */
export function rawRequest(line: string, headers: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return [`${line} HTTP/1.1`, ...headers, ...length, 'Connection: close', '', body].join('\r\n')
}
