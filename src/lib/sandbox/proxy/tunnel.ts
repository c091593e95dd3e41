import type {Socket} from 'node:net'
import {type SecureContext, TLSSocket} from 'node:tls'

/** A client's connection to one host, as which the sandbox speaks TLS. */
export class Tunnel extends TLSSocket {
  readonly host: string
  readonly #transport: Socket

  constructor(transport: Socket, host: string, secureContext: SecureContext) {
    super(transport, {isServer: true, secureContext, ALPNProtocols: ['http/1.1']})
    this.host = host
    this.#transport = transport
  }

  /** Of TLS itself Node.js can end, but not reset, a connection. */
  override resetAndDestroy(): this {
    this.#transport.resetAndDestroy()
    return this.destroy()
  }
}
