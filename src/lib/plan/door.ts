import {BugError, GantryError} from '../errors.ts'
import type {Json} from './canonical.ts'
import type {Journal, JournalEntry} from './journal.ts'

/** One change of a registry, as it goes through a {@link Door}. */
export interface Mutation<Result> {
  /** What is about to be changed, for the record. */
  readonly intent: {readonly verb: string; readonly subject: string; readonly [key: string]: Json | undefined}
  /** Nobody sees the change before another one, which waits for the disk: then its own intent need not. */
  readonly isUnseen?: boolean
  /**
   * Looks right before the request: the result where nothing is left to be done, undefined where it is; throws where what
   * the plan took for granted does not hold any more.
   */
  readonly look?: () => Promise<Result | undefined>
  /** Sends the request; the only place that may. */
  readonly act: () => Promise<Result>
  /** What the record says of the result, for example which items of a batch were declined. */
  readonly tell?: (result: Result) => JournalEntry
}

/**
 * Does a mutation: intent, look, request, outcome. The intent is on the disk before anything is sent.
 *
 * @throws what `look` and `act` throw; {FailureError} JOURNAL_FAILED; {BugError} for what the plan has not.
 */
export type Door = <Result>(mutation: Mutation<Result>) => Promise<Result>

export interface DoorOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** `VERB SUBJECT` of all that may pass, each once; everything may where it is absent. */
  readonly planned?: Iterable<string> | undefined
}

/**
 * The way to everything that changes a registry. A room's `mutations.ts` says which operations there are, as functions
 * that pass a door; nothing else calls one (test/architecture.test.ts).
 */
export function openDoor(journal: Journal, {now, planned}: DoorOptions): Door {
  const left = planned && new Set(planned)
  let count = 0
  const at = () => new Date(now()).toISOString()

  return async ({intent, isUnseen = false, look, act, tell}) => {
    const action = `${intent.verb} ${intent.subject}`
    if (left?.delete(action) === false)
      throw new BugError(`${action} is not in the plan, or was done already. It was not sent.`)

    const id = ++count
    const begin = {type: 'intent', id, at: at(), ...intent}
    if (isUnseen) journal.note(begin)
    else await journal.write(begin)
    const outcome = (entry: JournalEntry) => journal.note({type: 'outcome', id, at: at(), ...entry})
    /** @param trouble what it means when the step fails. */
    const recorded = async <T>(step: () => Promise<T>, trouble: string): Promise<T> => {
      try {
        return await step()
      } catch (error) {
        outcome({result: trouble, ...reasonOf(error)})
        throw error
      }
    }

    // Nothing was sent when the look fails.
    const present = look && (await recorded(look, 'refused'))
    if (present !== undefined) {
      outcome({result: 'unneeded'})
      return present
    }
    const result = await recorded(act, 'failed')
    outcome({result: 'done', ...tell?.(result)})
    return result
  }
}

function reasonOf(error: unknown): JournalEntry {
  if (error instanceof GantryError) return {code: error.code, message: error.message}
  return {code: 'INTERRUPTED', message: String(error)}
}
