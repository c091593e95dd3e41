import type {Estate} from '../config/estate.ts'
import {type OpenRegistries, openRegistries, type RegistriesOptions} from '../ecr/inventory/registries.ts'
import {FailureError, RefusalError} from '../errors.ts'
import {assertSameAccount} from '../plan/document.ts'
import {asStale} from './apply.ts'
import type {SavedLifecyclePlan} from './plan-file-checks.ts'

/**
 * Opens the registries of a plan, as identities of the accounts that made it. Another role of the same account may apply
 * it: who plans in a pipeline need not be allowed to write.
 *
 * @param words the repositories of the plan, as `openRegistries` has them.
 * @param file the plan's name, for messages.
 * @throws {RefusalError} PLAN_OF_ANOTHER_ACCOUNT, PLAN_STALE (exit 7); what `openRegistries` throws.
 */
export async function openForPlan(
  plan: PlanOrigin,
  words: readonly string[],
  file: string,
  estate: Estate,
  options: RegistriesOptions,
): Promise<OpenRegistries> {
  try {
    const open = await openRegistries(words, estate, options)
    try {
      assertCallers(plan, open, file)
      return open
    } catch (error) {
      open.close()
      throw error
    }
  } catch (cause) {
    if (!(cause instanceof FailureError)) throw cause
    if (cause.code !== 'WRONG_ACCOUNT') throw asStale(cause, {file})
    const message = `${file}: ${cause.message} Nothing was done.`
    throw new RefusalError('PLAN_OF_ANOTHER_ACCOUNT', message, {cause, hints: cause.hints})
  }
}

/** Who made a plan. */
type PlanOrigin = Pick<SavedLifecyclePlan, 'document' | 'callers'>

function assertCallers({document, callers}: PlanOrigin, {registries}: OpenRegistries, file: string): void {
  assertSameAccount(
    document,
    registries.map(({caller}) => caller),
    file,
  )
  const accounts = new Set(callers.map(({account}) => account))
  const stranger = registries.find(({caller}) => accounts.size > 0 && !accounts.has(caller.account))
  if (stranger === undefined) return
  const {account, arn} = stranger.caller
  throw new RefusalError(
    'PLAN_OF_ANOTHER_ACCOUNT',
    `${file} was not made by ${account}, and ${arn} would apply it. Nothing was done.`,
  )
}
