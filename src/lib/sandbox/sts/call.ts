import {Access} from '../access/access.ts'
import type {Caller} from '../identity/caller.ts'
import type {Services} from '../services.ts'
import {StsError} from './sts-error.ts'

/** One call of STS. */
export interface StsCall extends Services {
  /** Undefined for an unsigned request. */
  readonly caller?: Caller
  readonly sourceIp?: string | undefined
  readonly parameters: URLSearchParams
}

/** @throws {StsError} MissingAuthenticationToken for an unsigned request. */
export function signedCaller({caller}: StsCall): Caller {
  if (caller === undefined) {
    throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
  }
  return caller
}

export function accessOf(call: StsCall): Access {
  return new Access(call.world, signedCaller(call), {now: call.now(), sourceIp: call.sourceIp})
}
