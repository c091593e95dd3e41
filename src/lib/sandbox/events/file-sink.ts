import {closeSync, openSync, writeSync} from 'node:fs'
import {UsageError} from '../../errors.ts'
import type {SandboxEvent} from './event.ts'
import type {EventSink} from './sink.ts'

/**
 * Appends events to a file, one line of JSON each. A line is written at once, so that whoever got the answer to a push
 * finds its event in the file.
 *
 * @throws {UsageError} EVENTS_UNWRITABLE.
 */
export function openEventFile(path: string): EventSink {
  let file: number | undefined = open(path)
  let undelivered = 0
  return {
    deliver: (event: SandboxEvent) => {
      try {
        // Its number may be another file's by now.
        if (file === undefined) throw new Error('closed')
        writeSync(file, `${JSON.stringify(event)}\n`)
      } catch {
        undelivered += 1
      }
    },
    get undelivered() {
      return undelivered
    },
    close: () => {
      if (file !== undefined) closeSync(file)
      file = undefined
      return Promise.resolve()
    },
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError('EVENTS_UNWRITABLE', `The file of events cannot be written: ${reason}.`, {
      cause: error,
    })
  }
}
