import {ageRules} from './ages.ts'
import {archiveRules} from './archive.ts'
import {countRules} from './counts.ts'
import {coverageRules} from './coverage.ts'
import {reachRules} from './reach.ts'
import {styleRules} from './style.ts'
import type {LintRule} from './subject.ts'
import {tagListRules} from './tag-lists.ts'
import {untaggedRules} from './untagged.ts'

/** Everything that lint looks for, in the order of docs/lifecycle-lint.md. */
export const lintRules: readonly LintRule[] = [
  ...tagListRules,
  ...reachRules,
  ...untaggedRules,
  ...countRules,
  ...ageRules,
  ...archiveRules,
  ...coverageRules,
  ...styleRules,
]
