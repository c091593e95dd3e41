import {exitCodes, RefusalError} from '../errors.ts'
import {isDigest} from '../oci/digest.ts'
import type {PromotionRequest} from './model.ts'
import type {Candidate} from './plan.ts'
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
  const told = `${imageText(candidate.request)} ${verdict === 'failed' ? 'fails' : 'cannot be judged by'} gate ${names}`
  const message = `${told}: ${first} Nothing of it was sent.`
  return verdict === 'failed'
    ? new RefusalError('GATE_FAILED', message, {exitCode: exitCodes.gateSaidNo, hints: others})
    : new RefusalError('GATE_UNDETERMINED', message, {exitCode: exitCodes.undetermined, hints: others})
}

/** `dev@eu-west-1/payments/api:v1`. */
export function imageText({source, repository, reference}: PromotionRequest): string {
  return `${source.side.label}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`
}
