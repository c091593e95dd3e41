import type {Exchange, Incoming} from '../exchange.ts'
import {Recent} from '../recent.ts'
import type {RecordedRequest} from '../types.ts'

const remembered = 100_000

/** The latest of the requests that were handled, in the order of arrival. */
export class RequestLog {
  readonly #recent = new Recent<RecordedRequest>(remembered)

  get requests(): readonly RecordedRequest[] {
    return this.#recent.all
  }

  /** How many are no longer in `requests`. */
  get dropped(): number {
    return this.#recent.dropped
  }

  add({method, path, host}: Incoming, exchange: Exchange): RecordedRequest {
    const {plane, operation, account, region, principal, repository, mutating} = exchange
    const request: RecordedRequest = {
      index: this.#recent.added + 1,
      plane,
      method,
      path,
      host,
      ...(operation === undefined ? {} : {operation}),
      ...(account === undefined ? {} : {account}),
      ...(region === undefined ? {} : {region}),
      ...(principal === undefined ? {} : {principal}),
      ...(repository === undefined ? {} : {repository}),
      mutating,
    }
    this.#recent.add(request)
    return request
  }

  clear(): void {
    this.#recent.clear()
  }
}
