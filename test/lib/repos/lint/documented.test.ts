import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {reposRules} from '../../../../src/lib/repos/lint/rules.ts'

test('every code has a section in the guide, and every section has a code', () => {
  const page = readFileSync(new URL('../../../../docs/repos-lint.md', import.meta.url), 'utf8')
  const sections = Array.from(page.matchAll(/^### (.+?)\r?$/gm), ([, heading]) => heading)
  expect(sections).toEqual(reposRules.map(({code}) => code))
})
