/**
 * What `except` cannot mean in ECR's rules. A rule that keeps what another excepts keeps it from all rules behind it too:
 * where one of them plainly means the same images, it has to say that it leaves them alone.
 */
import type {Problem} from '../config/problems.ts'
import {type Compiled, isActing} from './compile-order.ts'
import {covers, intersect, patternsOf} from './selectors.ts'

export function exceptProblems(compiled: readonly Compiled[]): readonly Problem[] {
  const problems = new Map<string, Problem>()
  for (const [index, shield] of compiled.entries()) {
    if (typeof shield.role !== 'object') continue
    const {except} = shield.role
    for (const later of compiled.slice(index + 1)) {
      if (later.storageClass !== shield.storageClass || !isActing(later.role)) continue
      const isSame = later.written === shield.written
      const text = isSame ? ownProblem(later, except) : laterProblem(shield, later, except)
      if (text === undefined) continue
      const {origin} = later.written
      problems.set(`${origin.line}:${origin.column} ${text}`, {position: origin, path: [], text})
    }
  }
  return [...problems.values()]
}

function ownProblem({selector}: Compiled, except: string): string | undefined {
  const patterns = patternsOf(selector)
  const isAll = patterns.some(pattern => covers(except, pattern))
  if (!isAll) return undefined
  return `excepts all that it selects: every tag ${show(patterns)} matches ${show([except])}. Narrow except.`
}

function laterProblem(shield: Compiled, {selector, written}: Compiled, except: string): string | undefined {
  const spared = patternsOf(shield.selector)
  const means =
    selector.kind === 'any' ||
    (selector.kind === 'tagged' &&
      selector.patterns.every(pattern => spared.some(other => intersect(pattern, other))))
  const own = 'except' in written ? written.except : []
  if (!means || own.some(wide => spared.some(narrow => covers(wide, narrow)))) return undefined
  return `would act on what the rule in line ${shield.written.origin.line} excepts with ${show([except])}, and in ECR what one rule spares no later rule takes. Add except: [${show([except])}] here too, or name it under keep.`
}

function show(patterns: readonly string[]): string {
  return patterns.map(pattern => JSON.stringify(pattern)).join(' and ')
}
