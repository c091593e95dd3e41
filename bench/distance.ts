import {createServer, request as httpRequest, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {now} from './measure.ts'
import type {Arrival, Place} from './places.ts'

/** The way to a place. */
export interface Distance {
  /** What each request waits before it goes on; the first of a connection three more, which is what TCP and TLS take. */
  readonly roundTripMs: number
  /** What comes back over all connections together. */
  readonly mebibytesPerSecond?: number | undefined
}

/** The same place, further away; without any distance nothing is in between. Closing it leaves the place itself open. */
export async function distant(place: Place, {roundTripMs, mebibytesPerSecond}: Distance): Promise<Place> {
  if (roundTripMs === 0 && mebibytesPerSecond === undefined) return {...place, close: async () => undefined}
  const link = mebibytesPerSecond === undefined ? undefined : new Link(mebibytesPerSecond)
  const arrivals: Arrival[] = []
  const known = new WeakSet<Socket>()
  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const {method, url, headers, socket} = incoming
    arrivals.push({arrivedMs: now(), isWrite: method !== 'GET' && method !== 'HEAD'})
    await delay(known.has(socket) ? roundTripMs : 4 * roundTripMs)
    known.add(socket)
    // The host stays that of the front: the registry makes its upload locations of it.
    const outgoing = httpRequest(`http://${place.host}${url}`, {method, headers})
    outgoing.on('response', answer => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      const sent = link === undefined ? pipeline(answer, response) : pipeline(answer, link.slowed(), response)
      sent.catch(() => response.destroy())
    })
    outgoing.on('error', () => response.destroy())
    incoming.on('error', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }
  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...place,
    host,
    name: host,
    arrivals: () => arrivals,
    async close() {
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

/** Lets through so many bytes in a second, whoever sends them. */
class Link {
  readonly #bytesPerMs: number
  #freeAt = 0

  constructor(mebibytesPerSecond: number) {
    this.#bytesPerMs = (mebibytesPerSecond * 2 ** 20) / 1000
  }

  slowed(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#freeAt = Math.max(this.#freeAt, now()) + chunk.length / this.#bytesPerMs
        setTimeout(done, Math.max(0, this.#freeAt - now()), null, chunk)
      },
    })
  }
}
