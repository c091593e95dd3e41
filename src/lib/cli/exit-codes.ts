import type {ExitCode} from '../errors.ts'

/** What each exit code tells a script, for help texts and documentation. */
export const exitCodeMeanings: ReadonlyMap<ExitCode, string> = new Map<ExitCode, string>([
  [0, 'done, or nothing to do'],
  [1, 'unexpected: a bug, please report it'],
  [2, 'usage or configuration is wrong; nothing was sent'],
  [3, 'a gate said no'],
  [4, 'some items failed'],
  [5, 'authentication or permission'],
  [6, 'trouble outlasted the retries; safe to run again'],
  [7, 'refused for safety: stale plan, limit, unreadable in-use source'],
  [8, 'gate undetermined: no evidence in time'],
  [10, 'changes are pending (only with --detailed-exitcode)'],
  [129, 'stopped by SIGHUP'],
  [130, 'stopped by SIGINT'],
  [143, 'stopped by SIGTERM'],
])

/** The section of the help that lists {@link exitCodeMeanings}. */
export function exitCodeHelp(): string {
  const lines = [...exitCodeMeanings].map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`)
  return ['EXIT CODES', ...lines].join('\n')
}
