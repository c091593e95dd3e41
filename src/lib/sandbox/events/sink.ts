import {UsageError} from '../../errors.ts'
import {isLoopback} from '../identity/hosts.ts'
import type {SandboxEvent} from './event.ts'
import {openEventFile} from './file-sink.ts'
import {HttpSink} from './http-sink.ts'

/** Where events go besides the memory. */
export interface EventSink {
  /** Takes an event; neither waits nor fails. */
  deliver(event: SandboxEvent): void
  /** How many were lost. */
  readonly undelivered: number
  close(): Promise<void>
}

/**
 * A sink for `target`: a file, to which events are appended as one line of JSON each, or an `http:` URL of this machine,
 * to which they are posted one by one.
 *
 * @throws {UsageError} INVALID_EVENTS for another machine's URL, EVENTS_UNWRITABLE.
 */
export function openEventSink(target: string): EventSink {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(target)) return openEventFile(target)
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (url?.protocol === 'http:' && isLoopback(url.hostname) && url.username === '') return new HttpSink(url)
  throw new UsageError(
    'INVALID_EVENTS',
    `Events cannot go to "${target}": give a file, or a URL of this machine such as http://127.0.0.1:8080/events.`,
  )
}
