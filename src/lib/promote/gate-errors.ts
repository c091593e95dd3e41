import {exitCodes, RefusalError} from '../errors.ts'
import {type Candidate, sourceDigestOf} from './plan.ts'
import type {GateWord} from './words.ts'

/**
 * Why an image may not go: GATE_FAILED (exit 3) as soon as one gate says no, GATE_UNDETERMINED (exit 8) while one has not
 * what to judge by; undefined when it passed all. The first reason is in the message, the others are its hints.
 */
export function stoppedByGate({verdict, gates}: GateWord, candidate: Candidate): RefusalError | undefined {
  if (verdict === 'passed') return undefined
  const stopping = gates.filter(gate => gate.verdict === verdict)
  const [first = '', ...others] = stopping.flatMap(({reasons}) => reasons)
  const names = stopping.map(({name}) => name).join(', ')
  const {request, graph} = candidate
  const image = `${request.source.registry.host}/${request.repository}@${sourceDigestOf(graph)}`
  return verdict === 'failed'
    ? new RefusalError('GATE_FAILED', `${image} fails gate ${names}: ${first} Nothing of it was sent.`, {
        exitCode: exitCodes.gateSaidNo,
        hints: others,
      })
    : new RefusalError(
        'GATE_UNDETERMINED',
        `${image} cannot be judged by gate ${names}: ${first} Nothing of it was sent.`,
        {exitCode: exitCodes.undetermined, hints: others},
      )
}
