import {randomUUID} from 'node:crypto'
import {Recent} from '../recent.ts'
import type {EcrEvent, Events, SandboxEvent} from './event.ts'
import type {EventSink} from './sink.ts'

const remembered = 100_000

/** Makes events what EventBridge would deliver, keeps the latest, and passes all to a sink. */
export class EventLog implements Events {
  readonly #recent = new Recent<SandboxEvent>(remembered)
  readonly #now: () => number
  readonly #sink: EventSink | undefined

  constructor(now: () => number, sink?: EventSink) {
    this.#now = now
    this.#sink = sink
  }

  get events(): readonly SandboxEvent[] {
    return this.#recent.all
  }

  /** How many are no longer in `events`. */
  get dropped(): number {
    return this.#recent.dropped
  }

  /** How many the sink could not take. */
  get undelivered(): number {
    return this.#sink?.undelivered ?? 0
  }

  emit({type, account, region, resources = [], detail, at = this.#now()}: EcrEvent): void {
    const event: SandboxEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': type,
      source: type.startsWith('Inspector2') ? 'aws.inspector2' : 'aws.ecr',
      account,
      time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources,
      detail,
    }
    this.#recent.add(event)
    this.#sink?.deliver(event)
  }

  clear(): void {
    this.#recent.clear()
  }

  /** Done when the sink has what it will get. */
  async close(): Promise<void> {
    await this.#sink?.close()
  }
}
