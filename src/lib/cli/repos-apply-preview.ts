import {noTraffic} from '../oci/registry.ts'
import type {Reconciliation} from '../repos/model.ts'
import type {Context} from './context.ts'
import {escapeDeep} from './escape.ts'
import {toReposPlanResult} from './repos-plan-result.ts'
import {viewReposChanges} from './repos-plan-view.ts'
import {planWords} from './repos-plan-words.ts'
import {plainStyle} from './style.ts'

/** Shows what differs, on stderr, to who is asked whether it should be changed; nothing where nothing does. */
export function showReposPlan(plan: Reconciliation, {note}: Pick<Context, 'note'>): void {
  if (plan.changes.length + plan.unread.length === 0) return
  const run = {plan, callers: [], traffic: noTraffic(), durationMs: 0, planFile: null, exitCode: 0} as const
  const result = escapeDeep(toReposPlanResult(run, 0))
  for (const line of [...viewReposChanges(result, plainStyle), planWords(result.summary)]) note(line)
}
