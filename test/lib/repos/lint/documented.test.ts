import {expect, test} from 'vitest'
import {toReposLintResult, viewReposLint} from '../../../../src/lib/cli/repos-lint-view.ts'
import {plainStyle} from '../../../../src/lib/cli/style.ts'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {lintRepos} from '../../../../src/lib/repos/lint/lint.ts'
import {reposRules} from '../../../../src/lib/repos/lint/rules.ts'
import {blocksOf, read} from '../../../support/pages.ts'

const page = 'docs/repos-lint.md'

test('every code has a section in the guide, and every section has a code', () => {
  const sections = Array.from(read(page).matchAll(/^### (.+?)\r?$/gm), ([, heading]) => heading)
  expect(sections).toEqual(reposRules.map(({code}) => code))
})

test('the guide shows what is said of its file', () => {
  const blockOf = (wanted: string) => blocksOf(page).find(({language}) => language === wanted)?.text ?? ''
  const estate = parseEstate(blockOf('yaml'), 'repos.yaml')
  const shown = viewReposLint(toReposLintResult(lintRepos(estate, 'error')), plainStyle)
  expect(blockOf('console').trim()).toBe(`$ gantry repos lint\n${shown}`)
})
