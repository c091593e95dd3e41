import {randomBytes} from 'node:crypto'
import type {ExitCode} from '../errors.ts'
import type {Json} from './canonical.ts'
import type {Caller} from './document.ts'
import {type Door, type DoorOptions, openDoor} from './door.ts'
import {type JournalEntry, openJournal} from './journal.ts'

/** Version of the lines' shape. Lines may gain members within a version: a reader passes over what it does not know. */
export const recordVersion = 1

/** The first line: what was begun, and by whom. */
export interface RunHead {
  readonly type: string
  /** Every identity that takes part, the one that writes first. */
  readonly callers: readonly Caller[]
  /** SHA-256 of the plan that is done. */
  readonly plan: string
  /** What else the command says of it. */
  readonly details?: JournalEntry
}

/** A run that changes registries: its record while it is written, and its door to them. */
export interface RunRecord {
  readonly file: string
  /** Changes something. */
  readonly mutate: Door
  /** Adds what became of one thing; resolves when it is on the disk. */
  item(entry: JournalEntry): Promise<void>
  /** Adds what else is to be known of a thing, by the type of its line. */
  note(type: string, entry: JournalEntry): Promise<void>
  /** Adds the last line. */
  end(exitCode: ExitCode, traffic: Json): Promise<void>
  close(): Promise<void>
}

/**
 * Begins the record of a run in a new file.
 *
 * @throws as `openJournal` and its `write`: nothing is changed that cannot be recorded.
 */
export async function openRunRecord(
  file: string,
  {type, callers, plan, details}: RunHead,
  options: DoorOptions,
): Promise<RunRecord> {
  const at = () => new Date(options.now()).toISOString()
  const journal = await openJournal(file)
  await journal.write({
    type,
    schemaVersion: recordVersion,
    at: at(),
    callers: callers.map(caller => ({...caller})),
    plan,
    ...details,
  })
  return {
    file,
    mutate: openDoor(journal, options),
    item: entry => journal.write({type: 'item', at: at(), plan, ...entry}),
    note: (type, entry) => journal.write({type, at: at(), ...entry}),
    end: (exitCode, traffic) => journal.write({type: 'end', at: at(), exitCode, traffic}),
    close: () => journal.close(),
  }
}

/** Name of a record's file: sorts by time, and two runs of one millisecond get different ones. */
export function recordName(command: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  return `${command}-${time}-${randomBytes(3).toString('hex')}.jsonl`
}
