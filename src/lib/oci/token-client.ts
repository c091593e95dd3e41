import {maxSmallBody} from './answer-body.ts'
import type {TokenClient} from './auth.ts'
import {NetworkError} from './registry-error.ts'
import type {Transport} from './transport.ts'
import type {UrlPolicy} from './url-policy.ts'

/** Asks token services. @param now milliseconds since the epoch. */
export function createTokenClient(transport: Transport, policy: UrlPolicy, now: () => number): TokenClient {
  return {
    policy,
    now,
    async ask({url, authorization, form}) {
      try {
        const {status, headers, body} = await transport.send({
          method: form === undefined ? 'GET' : 'POST',
          url,
          headers: {
            Accept: 'application/json',
            ...(authorization === undefined ? {} : {Authorization: authorization}),
            ...(form === undefined ? {} : {'Content-Type': 'application/x-www-form-urlencoded'}),
          },
          ...(form === undefined ? {} : {body: Buffer.from(form.toString()), changesNothing: true}),
        })
        const date = Date.parse(headers.date ?? '')
        return {
          status,
          body: await body.bytes(maxSmallBody, `The token of ${url.host}`),
          date: Number.isNaN(date) ? undefined : date,
        }
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error
        throw new NetworkError(`token service ${url.host}: ${error.message}`, {
          code: error.code,
          cause: error,
        })
      }
    },
  }
}
