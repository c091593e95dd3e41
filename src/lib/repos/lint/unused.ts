import {show} from '../../config/problems.ts'
import {type LintedFile, spotIn} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {usedPresets} from './levels.ts'

/** What the file says for nobody. */
export const unusedRules: readonly ReposLintRule[] = [
  {code: 'unused-preset', severity: 'warning', summary: 'Nothing uses a preset.', check: unusedPresets},
  {code: 'unused-variable', severity: 'warning', summary: 'Nothing uses a variable.', check: unusedVariables},
]

function unusedPresets({estate}: LintedFile): readonly ReposDoubt[] {
  const used = usedPresets(estate)
  return (['lifecycle', 'policy'] as const).flatMap(kind =>
    [...estate.presets[kind].keys()]
      .filter(name => !used[kind].has(name))
      .map(name => ({
        at: spotIn(estate, 'presets', kind, name),
        message: `Nothing uses the preset ${show(name)}.`,
        fix: `Name it under use of a ${kind}, or take it out.`,
      })),
  )
}

function unusedVariables({estate}: LintedFile): readonly ReposDoubt[] {
  return [...estate.vars.keys()]
    .filter(name => !estate.usedVars.has(name))
    .map(name => ({
      at: spotIn(estate, 'vars', name),
      message: `Nothing says \${${name}}.`,
      fix: 'Say it somewhere, or take the variable out.',
    }))
}
