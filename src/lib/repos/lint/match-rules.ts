import type {MatchRule} from '../../config/estate.ts'
import {matchesRepository, pathMatcher} from '../../config/match.ts'
import type {RepositorySettings} from '../../config/settings.ts'
import {type LintedFile, namesOf, spotIn} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {repositoryLevels} from './levels.ts'
import {quoted} from './words.ts'

/** Rules of `match` that do nothing. */
export const matchRules: readonly ReposLintRule[] = [
  {
    code: 'match-fits-none',
    severity: 'note',
    summary: 'A rule of match means no repository that the file names.',
    check: fitsNone,
  },
  {
    code: 'shadowed-match',
    severity: 'warning',
    summary: 'What a rule of match says, a later one says otherwise for all of its repositories.',
    check: shadowed,
  },
]

/** Repositories that the file does not name are meant all the same, so that this is no fault. */
function fitsNone({estate}: LintedFile): readonly ReposDoubt[] {
  const names = [...namesOf(estate)]
  if (names.length === 0) return []
  return repositoryLevels(estate).flatMap(({path, levels}) =>
    levels.match.flatMap((rule, index) =>
      // What has a variable of registries in it is another pattern at each.
      rule.names.some(pattern => pattern.includes('${') || names.some(pathMatcher(pattern)))
        ? []
        : [
            {
              at: spotIn(estate, ...path, 'match', index, 'names'),
              message: `${quoted(rule.names)} fits none of the ${names.length} repositories of the file.`,
              fix: 'Correct the pattern, unless it is for repositories that the file does not name.',
            },
          ],
    ),
  )
}

function shadowed({estate}: LintedFile): readonly ReposDoubt[] {
  return repositoryLevels(estate).flatMap(({path, levels: {match}}) =>
    match.flatMap((rule, index) => {
      const later = match.slice(index + 1).filter(other => coversNames(other, rule))
      const keys = Object.keys(rule.set) as (keyof RepositorySettings)[]
      if (keys.length === 0 || !keys.every(key => later.some(other => replaces(other.set, rule.set, key))))
        return []
      const by = match.findIndex(other => later.includes(other))
      return [
        {
          at: spotIn(estate, ...path, 'match', index, 'set'),
          message: `match[${by}]${later.length > 1 ? ' and later ones say' : ' says'} something else for all of ${quoted(rule.names)}: nothing of this holds.`,
          fix: 'Put the rule with fewer repositories behind the one with more, or take it out.',
        },
      ]
    }),
  )
}

function coversNames(wide: MatchRule, narrow: MatchRule): boolean {
  return narrow.names.every(name => wide.names.some(pattern => coversPattern(pattern, name)))
}

/** Whether everything that one pattern fits, the other fits: false where that takes more than a look. */
function coversPattern(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '**') return true
  if (wide.endsWith('/**'))
    return narrow.startsWith(wide.slice(0, -'**'.length)) && !wide.slice(0, -3).includes('*')
  return !narrow.includes('*') && matchesRepository(wide, narrow)
}

/** Whether a later level leaves nothing of what an earlier one says under a key. */
function replaces(
  later: RepositorySettings,
  earlier: RepositorySettings,
  key: keyof RepositorySettings,
): boolean {
  if (later[key] === undefined) return false
  if (key === 'tags') return Object.keys(earlier.tags ?? {}).every(tag => tag in (later.tags ?? {}))
  // Statements merge.
  return key !== 'policy' || later.policy === null
}
