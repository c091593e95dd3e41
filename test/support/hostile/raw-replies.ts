import type {Reply} from '../hostile-registry.ts'

/** The whole answer, written by hand; whatever comes after its Content-Length comes along. */
export const raw =
  (...parts: readonly (string | Buffer)[]): Reply =>
  (_, response) => {
    response.socket?.write(Buffer.concat(parts.map(part => Buffer.from(part))))
  }

/** A byte at a time, for ever. */
export const trickle =
  (status: number, headers: Record<string, string>): Reply =>
  (_, response) => {
    response.writeHead(status, headers)
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
  }
