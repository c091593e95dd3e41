import type {ServerResponse} from 'node:http'
import {EcrError} from '../ecr-error.ts'
import type {Fault, FaultKind} from '../types.ts'
import type {Exchange, Reply} from './exchange.ts'
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
  switch (fault.kind) {
    case 'reset-before':
      response.req.socket.resetAndDestroy()
      return
    case 'reset-after':
      onReply(await answer())
      response.req.socket.resetAndDestroy()
      return
    case 'cut':
    case 'slow': {
      const reply = await answer()
      onReply(reply)
      return fault.kind === 'cut' ? sendHalf(response, reply) : sendSlowly(response, reply, fault)
    }
    default: {
      if (fault.takesEffect === true) await answer()
      if (fault.kind === 'hang') return
      const reply = replyOf(fault.kind, fault, fail)
      onReply(reply)
      return send(response, reply)
    }
  }
}

type Replaced = Exclude<FaultKind, 'reset-before' | 'reset-after' | 'cut' | 'slow' | 'hang'>

function replyOf(kind: Replaced, {exception}: Fault, fail: Exchange['fail']): Reply {
  switch (kind) {
    case 'empty':
      return {status: 200}
    case 'html':
      return page(200, 'Sign in to the network')
    // No words of the service's: these are the answers of what stands before it.
    case '502':
      return page(502, '502 Bad Gateway')
    case '504':
      return page(504, '504 Gateway Time-out')
    case 'exception':
      return fail(exceptionOf(exception ?? 'ServerException'))
    default:
      return fail(kind)
  }
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
