import {readFile, writeFile} from 'node:fs/promises'
import {UsageError} from '../errors.ts'
import {formatPlan, type PlanDocument} from './document.ts'

/** @throws {UsageError} PLAN_UNREADABLE. */
export async function readPlanFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new UsageError('PLAN_UNREADABLE', `${file} cannot be read: ${reasonOf(cause)}.`, {cause})
  }
}

/**
 * Saves a plan, for its owner alone.
 *
 * @throws {UsageError} PLAN_UNWRITABLE.
 */
export async function writePlanFile(file: string, plan: PlanDocument): Promise<void> {
  try {
    await writeFile(file, formatPlan(plan), {mode: 0o600})
  } catch (cause) {
    throw new UsageError('PLAN_UNWRITABLE', `${file} cannot be written: ${reasonOf(cause)}.`, {cause})
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
