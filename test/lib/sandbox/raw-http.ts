import {createConnection} from 'node:net'

/**
 * Sends bytes to a port of 127.0.0.1 as they are, for requests that no client would send.
 *
 * @returns all that was answered until the server closed the connection.
 */
export function sendRaw(url: string, request: string): Promise<string> {
  const socket = createConnection({host: '127.0.0.1', port: Number(new URL(url).port)})
  let answer = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    answer += text
  })
  // A server that has answered may reset the connection over what it did not read.
  socket.on('error', () => undefined)
  socket.write(request)
  return new Promise(resolve => {
    socket.once('close', () => resolve(answer))
  })
}

/** A request of HTTP/1.1 as text; the connection is closed after its answer. */
export function rawRequest(line: string, headers: readonly string[], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return [`${line} HTTP/1.1`, ...headers, ...length, 'Connection: close', '', body].join('\r\n')
}
