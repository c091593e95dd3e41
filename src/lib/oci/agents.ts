import {type AgentOptions, Agent as HttpAgent} from 'node:http'
import type {Agent as HttpsAgent} from 'node:https'
import type {Network} from './network.ts'
import {TunnelAgent} from './tunnel.ts'

/** Pools of connections for both schemes; plain http is for this machine, which no proxy can reach. */
export function createAgents(
  pool: AgentOptions,
  network: Network,
  connectMs: number,
): {readonly http: HttpAgent; readonly https: HttpsAgent} {
  return {http: new HttpAgent(pool), https: new TunnelAgent(pool, network, connectMs)}
}
