import type {RecordedRequest} from '../types.ts'
import type {Exchange, Incoming} from './exchange.ts'

/** Every request that was handled, in the order of arrival. */
export class RequestLog {
  #requests: RecordedRequest[] = []

  get requests(): readonly RecordedRequest[] {
    return this.#requests
  }

  add({method, path, host}: Incoming, exchange: Exchange): RecordedRequest {
    const {plane, operation, account, region, principal, mutating} = exchange
    const request: RecordedRequest = {
      index: this.#requests.length + 1,
      plane,
      method,
      path,
      host,
      ...(operation === undefined ? {} : {operation}),
      ...(account === undefined ? {} : {account}),
      ...(region === undefined ? {} : {region}),
      ...(principal === undefined ? {} : {principal}),
      mutating,
    }
    this.#requests.push(request)
    return request
  }

  clear(): void {
    this.#requests = []
  }
}
