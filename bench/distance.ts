import {createServer, request as httpRequest, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {now} from './measure.ts'
import type {Arrival, Place} from './places.ts'

/**
 * The same place, further away: each request waits a round trip before it goes on, and the first of a connection three
 * more, which is what TCP and TLS take; without a round trip nothing is in between. Closing it leaves the place itself open.
 */
export async function distant(place: Place, roundTripMs: number): Promise<Place> {
  if (roundTripMs === 0) return {...place, close: async () => undefined}
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
      answer.pipe(response)
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
