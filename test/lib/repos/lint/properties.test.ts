import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {Estate} from '../../../../src/lib/config/estate.ts'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {ConfigError} from '../../../../src/lib/config/problems.ts'
import {lintRepos} from '../../../../src/lib/repos/lint/lint.ts'
import {estates} from '../../../support/generated-estates.ts'

const sections = /^(?:vars|presets|defaults|match|repositories|registries|overlays)\b/
const labels = new Set(['dev@eu-west-1', 'prod@eu-west-1', 'prod@us-east-1'])

test('whatever a file says, each finding is told once, with a place in it, a key of it and registries of it', () => {
  fc.assert(
    fc.property(estates, text => {
      const lines = text.split('\n')
      const estate = estateOf(text)
      fc.pre(estate !== undefined)
      const {findings} = lintRepos(estate, 'error')
      const astray = findings.filter(
        ({where, key, registries, message, fix}) =>
          (lines[where.line - 1]?.length ?? 0) < where.column ||
          !sections.test(key) ||
          !registries.every(label => labels.has(label)) ||
          `${message}${fix}`.includes('\n'),
      )
      expect(astray).toEqual([])
      expect(new Set(findings.map(finding => JSON.stringify(finding))).size).toBe(findings.length)
    }),
    {numRuns: 20},
  )
})

test('a doubt about each of thousands of statements takes no minutes', () => {
  const statements = Array.from(
    {length: 2000},
    (_, index) => `{Sid: S${index}, Effect: Allow, Principal: "*", Action: ecr:BatchGetImag${index}}`,
  )
  const text = `version: 1
accounts: {dev: {id: "111111111111", regions: [eu-west-1, us-east-1]}}
defaults:
  policy:
    statements:
${statements.map(statement => `      - ${statement}`).join('\n')}
`
  const estate = parseEstate(text, 'repos.yaml')
  const start = performance.now()
  expect(lintRepos(estate, 'error').findings.length).toBeGreaterThan(2000)
  expect(performance.now() - start).toBeLessThan(10_000)
})

/** Undefined for a file that cannot be used: then there are no findings. */
function estateOf(text: string): Estate | undefined {
  try {
    return parseEstate(text, 'repos.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
