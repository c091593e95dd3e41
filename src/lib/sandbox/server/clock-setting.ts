import * as z from 'zod/mini'
import {checked, flaw, wholeFrom} from '../checked.ts'

/** `{"epochMs": 1700000000000}` stops the clock, `{"epochMs": null}` lets it run, `{"advanceMs": 60000}` moves it ahead. */
export type ClockSetting = {readonly epochMs: number | null} | {readonly advanceMs: number}

const setTo = z.strictObject({epochMs: z.nullable(wholeFrom(0))})
const advance = z.strictObject({advanceMs: wholeFrom(0)})

/** @throws {UsageError} INVALID_CLOCK. */
export function parseClock(value: unknown): ClockSetting {
  const advances = typeof value === 'object' && value !== null && 'advanceMs' in value
  return checked<typeof setTo | typeof advance>(advances ? advance : setTo, value, (place, problem) =>
    flaw('INVALID_CLOCK', 'Sandbox clock', place, problem),
  )
}
