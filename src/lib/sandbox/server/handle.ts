import type {ServerResponse} from 'node:http'
import type {Exchange, Reply} from '../exchange.ts'
import type {RecordedRequest} from '../types.ts'
import {hinder} from './hinder.ts'
import {send} from './send.ts'
import type {Machinery} from './server.ts'

/** Answers a request, unless a fault or its rate keeps it from that; the record tells how it ended. */
export async function handle(
  {faults, rates, world}: Machinery,
  exchange: Exchange,
  record: RecordedRequest,
  response: ServerResponse,
): Promise<void> {
  const answer = async () => {
    const reply = await exchange.answer()
    if (exchange.mutating) await world.flush()
    return reply
  }
  const onReply = ({status}: Reply) => {
    record.status = status
  }
  const fault = faults.next(exchange)
  if (fault !== undefined) {
    record.hindrance = fault.kind
    return hinder(fault, {response, answer, fail: exchange.fail, onReply})
  }
  const admitted = rates.admits(exchange)
  if (!admitted) record.hindrance = 'rate'
  const reply = admitted ? await answer() : exchange.fail('throttling')
  onReply(reply)
  return send(response, reply)
}
