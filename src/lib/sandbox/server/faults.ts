import * as z from 'zod/mini'
import type {UsageError} from '../../errors.ts'
import {checked, flaw, wholeFrom} from '../checked.ts'
import type {Exchange} from '../exchange.ts'
import {type Fault, faultKinds, planes, type SetFault} from '../hindrances.ts'
import {matchesWildcard} from '../state/wildcard.ts'

interface Armed {
  readonly fault: Fault
  /** Requests that matched since it was set. */
  seen: number
}

/** Which requests go wrong, and how. */
export class Faults {
  #armed: readonly Armed[] = []

  get all(): readonly SetFault[] {
    return this.#armed.map(({fault, seen}) => ({...fault, seen}))
  }

  set(faults: readonly Fault[]): void {
    this.#armed = faults.map(fault => ({fault, seen: 0}))
  }

  /** Counts a request; the first of the faults that it meets, if any. */
  next(exchange: Exchange): Fault | undefined {
    let met: Fault | undefined
    for (const armed of this.#armed) {
      const {fault} = armed
      if (!matches(fault, exchange)) continue
      armed.seen += 1
      const past = armed.seen - (fault.at ?? 1)
      if (past >= 0 && past < (fault.times ?? 1)) met ??= fault
    }
    return met
  }
}

function matches(fault: Fault, exchange: Exchange): boolean {
  for (const property of ['operation', 'plane', 'account', 'region'] as const) {
    if (fault[property] !== undefined && fault[property] !== exchange[property]) return false
  }
  if (fault.repository === undefined) return true
  return exchange.repository !== undefined && matchesWildcard(fault.repository, exchange.repository)
}

const text = z.string().check(z.minLength(1))

const schema = z.array(
  z.strictObject({
    kind: z.enum(faultKinds),
    at: z.optional(wholeFrom(1)),
    times: z.optional(wholeFrom(1)),
    exception: z.optional(text),
    operation: z.optional(text),
    plane: z.optional(z.enum(planes)),
    account: z.optional(text),
    region: z.optional(text),
    repository: z.optional(text),
    takesEffect: z.optional(z.boolean()),
    delayMs: z.optional(wholeFrom(0)),
    bytesPerSecond: z.optional(wholeFrom(1)),
  }),
)

// These let the request take effect anyway, or by their nature do not.
const effectIsGiven: ReadonlySet<string> = new Set([
  'reset-before',
  'reset-after',
  'slow',
  'cut',
  'cut-request',
])

/** @throws {UsageError} INVALID_FAULTS, naming the place. */
export function parseFaults(value: unknown): readonly Fault[] {
  const faults = checked(schema, value, invalid) as readonly Fault[]
  faults.forEach(({kind, exception, takesEffect, delayMs, bytesPerSecond}, index) => {
    const place = `[${index}]`
    const slow = delayMs !== undefined || bytesPerSecond !== undefined
    if (kind === 'slow' && !slow) throw invalid(place, 'is slow and needs delayMs or bytesPerSecond')
    if (kind !== 'slow' && slow) throw invalid(place, 'has delayMs or bytesPerSecond and is not slow')
    if ((kind === 'exception') !== (exception !== undefined))
      throw invalid(place, 'needs exception exactly when its kind is exception')
    if (takesEffect !== undefined && effectIsGiven.has(kind))
      throw invalid(place, `is ${kind} and cannot have takesEffect`)
  })
  return faults
}

function invalid(place: string, problem: string): UsageError {
  return flaw('INVALID_FAULTS', 'Sandbox faults', place, problem)
}
