import {policyOfSetting} from '../../lifecycle/desired.ts'
import {lintPolicy} from '../../lifecycle/lint/lint.ts'
import {lintRules} from '../../lifecycle/lint/rules.ts'
import {storageRates} from '../../lifecycle/storage-cost.ts'
import type {LintedFile} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {repositorySettings, templates} from './levels.ts'

/** What `gantry lifecycle lint` says of a policy by itself, under the codes that it has there. */
export const lifecycleRules: readonly ReposLintRule[] = lintRules.map(({code, severity, summary}) => ({
  code,
  severity,
  summary,
  check: file => lifecycleDoubts(file).filter(doubt => doubt.code === code),
}))

/** Releases that there should be to go back to. */
const rollbackDepth = 5

/** A doubt of one of the codes. */
type LifecycleDoubt = ReposDoubt & {readonly code: string}

/** Each setting is judged once, by the whole policy that it comes to. */
function lifecycleDoubts(file: LintedFile): readonly LifecycleDoubt[] {
  const known = answers.get(file)
  if (known !== undefined) return known
  const doubts = lintAll(file)
  answers.set(file, doubts)
  return doubts
}

const answers = new WeakMap<LintedFile, readonly LifecycleDoubt[]>()

function lintAll({estate}: LintedFile): readonly LifecycleDoubt[] {
  const context = {rollbackDepth, rates: storageRates(estate.prices.storage)}
  const said = [
    ...repositorySettings(estate).map(({path, settings}) => ({path, lifecycle: settings.lifecycle})),
    ...templates(estate).map(({path, template}) => ({path, lifecycle: template.lifecycle})),
  ]
  return said.flatMap(({path, lifecycle}) => {
    if (lifecycle === undefined) return []
    const wanted = policyOfSetting(estate, lifecycle)
    if (wanted.kind !== 'policy') return []
    const at = {path: [...path, 'lifecycle'], origin: lifecycle.origin}
    return lintPolicy(wanted.policy, context, rule => ({
      registry: '',
      repository: null,
      template: null,
      rulePriority: rule?.rulePriority ?? null,
      origin: lifecycle.origin,
    })).map(({code, severity, message, fix, where}): LifecycleDoubt => {
      const priority = 'rulePriority' in where ? where.rulePriority : null
      const opening = priority === null ? '' : `It comes to ECR's rule ${priority}: `
      return {at, code, severity, message: `${opening}${message}`, fix: fix ?? ''}
    })
  })
}
