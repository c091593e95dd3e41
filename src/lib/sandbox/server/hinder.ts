import type {ServerResponse} from 'node:http'
import {EcrError} from '../ecr-error.ts'
import type {Exchange, Reply, Trouble} from '../exchange.ts'
import type {Fault, FaultKind} from '../hindrances.ts'
import {send, sendHalf, sendSlowly} from './send.ts'

/** A request that meets a fault: what it would be answered, and what it is answered instead. */
export interface Hindered {
  readonly response: ServerResponse
  /** Lets the request take effect. */
  readonly answer: () => Promise<Reply>
  readonly fail: Exchange['fail']
  /** Told of the reply that is sent. */
  readonly onReply: (reply: Reply) => void
}

/** Does to a request what the fault says. */
export async function hinder(fault: Fault, {response, answer, fail, onReply}: Hindered): Promise<void> {
  const {kind} = fault
  if (kind === 'reset-before') return reset(response)
  if (kind === 'cut-request') return cutRequest(response)
  if (kind === 'reset-after' || kind === 'cut' || kind === 'slow') {
    const reply = await answer()
    onReply(reply)
    if (kind === 'cut') return sendHalf(response, reply)
    return kind === 'slow' ? sendSlowly(response, reply, fault) : reset(response)
  }
  if (fault.takesEffect === true) await answer()
  if (kind === 'hang') return
  const reply = replyOf(kind, fault, fail)
  onReply(reply)
  return send(response, reply)
}

function reset(response: ServerResponse): void {
  response.req.socket.resetAndDestroy()
}

/** Takes half of the request's body, and breaks the connection. */
async function cutRequest(response: ServerResponse): Promise<void> {
  const {req} = response
  let left = Number(req.headers['content-length'] ?? 0) / 2
  // Leaving the loop early must leave the connection to be broken.
  for await (const chunk of req.iterator({destroyOnReturn: false}) as AsyncIterable<Uint8Array>) {
    left -= chunk.length
    if (left <= 0) break
  }
  reset(response)
}

function replyOf(kind: FaultKind, {exception = 'ServerException'}: Fault, fail: Exchange['fail']): Reply {
  if (kind === 'exception') return fail(exceptionOf(exception))
  return foreign.get(kind) ?? fail(kind as Trouble)
}

function exceptionOf(name: string): EcrError {
  return new EcrError(name, `${name}, as a fault has it.`, {status: name === 'ServerException' ? 500 : 400})
}

function page(status: number, title: string): Reply {
  return {
    status,
    headers: {'content-type': 'text/html; charset=utf-8'},
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
  }
}

/** Not in the words of any service: what stands before it answers this. */
const foreign: ReadonlyMap<FaultKind, Reply> = new Map([
  ['empty', {status: 200}],
  ['html', page(200, 'Sign in to the network')],
  ['429-page', page(429, '429 Too Many Requests')],
  ['502', page(502, '502 Bad Gateway')],
  ['504', page(504, '504 Gateway Time-out')],
])
