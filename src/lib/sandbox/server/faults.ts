import {UsageError} from '../../errors.ts'
import {type Fault, type FaultKind, faultKinds} from '../types.ts'

interface Armed {
  readonly fault: Fault
  /** Requests that matched since it was set. */
  seen: number
}

/** Which requests go wrong, and how. */
export class Faults {
  #armed: readonly Armed[] = []

  set(faults: readonly Fault[]): void {
    this.#armed = faults.map(fault => ({fault, seen: 0}))
  }

  /** Counts a request; the fault that it meets, if any. */
  next(operation: string | undefined): FaultKind | undefined {
    let kind: FaultKind | undefined
    for (const armed of this.#armed) {
      const {fault} = armed
      if (fault.operation !== undefined && fault.operation !== operation) continue
      armed.seen += 1
      const past = armed.seen - (fault.at ?? 1)
      if (past >= 0 && past < (fault.times ?? 1)) kind ??= fault.kind
    }
    return kind
  }
}

/** @throws {UsageError} INVALID_FAULTS, naming the place. */
export function parseFaults(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) throw invalid('faults must be a list')
  return value.map((fault: unknown, index) => parseFault(fault, `faults[${index}]`))
}

function parseFault(value: unknown, where: string): Fault {
  if (typeof value !== 'object' || value === null) throw invalid(`${where} must be an object`)
  const {at, times, operation, kind, ...others} = value as Readonly<Record<string, unknown>>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw invalid(`${where} has the unknown key "${unknown}"`)
  const known = faultKinds.find(one => one === kind)
  if (known === undefined) throw invalid(`${where}.kind must be one of ${faultKinds.join(', ')}`)
  if (operation !== undefined && typeof operation !== 'string')
    throw invalid(`${where}.operation must be text`)
  return {
    kind: known,
    ...(operation === undefined ? {} : {operation}),
    ...(at === undefined ? {} : {at: count(at, `${where}.at`)}),
    ...(times === undefined ? {} : {times: count(times, `${where}.times`)}),
  }
}

function count(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw invalid(`${where} must be a whole number from 1`)
}

function invalid(message: string): UsageError {
  return new UsageError('INVALID_FAULTS', `Sandbox faults: ${message}.`)
}
