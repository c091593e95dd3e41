import {once} from 'node:events'
import {type IncomingMessage, request} from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'
import type {SandboxEvent} from './event.ts'
import type {EventSink} from './sink.ts'

const longestQueue = 10_000
const answerWithinMs = 5_000
const retryAfterMs: readonly number[] = [50, 200, 800]
/** How long closing waits for what is still in the queue. */
const patienceMs = 5_000

/** Posts events to a URL, one by one and in order, each until it is answered with 2xx, but four times at most. */
export class HttpSink implements EventSink {
  readonly #url: URL
  readonly #queue: SandboxEvent[] = []
  readonly #end = new AbortController()
  #undelivered = 0
  #working: Promise<void> | undefined

  constructor(url: URL) {
    this.#url = url
  }

  get undelivered(): number {
    return this.#undelivered
  }

  deliver(event: SandboxEvent): void {
    if (this.#queue.length >= longestQueue) {
      this.#undelivered += 1
      return
    }
    this.#queue.push(event)
    this.#working ??= this.#work()
  }

  async close(): Promise<void> {
    if (this.#working === undefined) return
    const impatience = new AbortController()
    const late = sleep(patienceMs, undefined, {signal: impatience.signal}).then(
      () => this.#end.abort(),
      () => undefined,
    )
    await this.#working
    impatience.abort()
    await late
  }

  async #work(): Promise<void> {
    let event = this.#queue.shift()
    while (event !== undefined) {
      if (!(await this.#post(JSON.stringify(event)))) this.#undelivered += 1
      event = this.#queue.shift()
    }
    this.#working = undefined
  }

  async #post(body: string): Promise<boolean> {
    for (const pause of [...retryAfterMs, undefined]) {
      if (this.#end.signal.aborted) return false
      if (await accepted(this.#url, body, this.#end.signal)) return true
      if (pause !== undefined)
        await sleep(pause, undefined, {signal: this.#end.signal}).catch(() => undefined)
    }
    return false
  }
}

async function accepted(url: URL, body: string, end: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([end, AbortSignal.timeout(answerWithinMs)])
  const headers = {'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body))}
  const sent = request(url, {method: 'POST', headers, signal})
  // What goes wrong after the head of the answer changes nothing any more.
  sent.on('error', () => undefined)
  try {
    sent.end(body)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    const {statusCode = 0} = response
    return statusCode >= 200 && statusCode < 300
  } catch {
    return false
  }
}
