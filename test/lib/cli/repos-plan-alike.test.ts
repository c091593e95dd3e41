import {describe, expect, test} from 'vitest'
import {markdownOfReposPlan} from '../../../src/lib/cli/repos-plan-markdown.ts'
import {type ReposPlanResult, toReposPlanResult} from '../../../src/lib/cli/repos-plan-result.ts'
import {viewReposPlan} from '../../../src/lib/cli/repos-plan-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import type {PlannedChange} from '../../../src/lib/repos/model.ts'
import {plannedChange, registryOf} from '../../support/planned-changes.ts'

const [dev, prod] = [registryOf('dev'), registryOf('prod')]

function resultOf(changes: readonly PlannedChange[]): ReposPlanResult {
  const plan = {
    takenAt: 0,
    changes,
    foreign: [],
    unread: [],
    unlisted: [],
    warnings: [],
    compared: {registries: 2, repositories: 4, resources: 9},
  }
  const run = {plan, callers: [], traffic: noTraffic(), durationMs: 0, planFile: null, exitCode: 0} as const
  return toReposPlanResult(run, 0)
}

/** Without the last lines, which tell what it came to. */
function view(changes: readonly PlannedChange[]): readonly string[] {
  const lines = viewReposPlan(resultOf(changes), plainStyle).split('\n')
  return lines.slice(0, lines.lastIndexOf(''))
}

const at = (line: number) => ({
  path: ['repositories'],
  origin: {file: 'repos.yaml', line, column: 3},
  hidden: [],
})

const tagged = (name: string, some: Partial<PlannedChange> = {}) =>
  plannedChange(dev, name, 'tags', {lines: [{sign: '+', path: 'team', after: 'core'}], ...some})

describe('what is the same', () => {
  test('of repositories is told once, under the names of ten of them and how many more there are', () => {
    const names = Array.from({length: 10_000}, (_, n) => `app/${String(n).padStart(4, '0')}`)
    expect(view(names.map(name => tagged(name)))).toEqual([
      'dev@eu-west-1 (111111111111)',
      ...names.slice(0, 10).map(name => `~ ${name}`),
      '~ and 9,990 more',
      '  ~ tags  repos.yaml:7:5',
      '      + team: core',
    ])
  })

  test('has no place in the file where each is said at its own', () => {
    expect(view([tagged('a', {source: at(4)}), tagged('b', {source: at(5)})]).slice(1, 5)).toEqual([
      '~ a',
      '~ b',
      '  ~ tags',
      '      + team: core',
    ])
  })

  test('but for a value, a risk or a sign is told of each', () => {
    const other = {lines: [{sign: '+', path: 'team', after: 'web'} as const]}
    const lines = view([tagged('a'), tagged('b', {risks: ['Beware.']}), tagged('c', other), tagged('d')])
    expect(lines.slice(1)).toEqual([
      '~ a',
      '~ d',
      '  ~ tags  repos.yaml:7:5',
      '      + team: core',
      '~ b',
      '  ~ tags  repos.yaml:7:5',
      '      + team: core',
      '      risk Beware.',
      '~ c',
      '  ~ tags  repos.yaml:7:5',
      '      + team: web',
    ])
  })

  test('of registries is told once, under their names', () => {
    const scanning = {lines: [{sign: '+', path: 'onPush', after: 'prod/*'} as const]}
    const changes = [dev, prod].map(registry => plannedChange(registry, null, 'scanning', scanning))
    expect(view(changes).slice(0, 5)).toEqual([
      'dev@eu-west-1 (111111111111)',
      'prod@eu-west-1 (222222222222)',
      '~ (registry)',
      '  ~ scanning  repos.yaml:7:5',
      '      + onPush: prod/*',
    ])
  })
})

test('a comment of a pull request tells it once, across registries too', () => {
  const lines = [{sign: '~', path: 'mode', before: 'MUTABLE', after: 'IMMUTABLE'} as const]
  const risks = ['Pushes of tags that are there will fail.']
  const changes = [dev, prod].flatMap(registry =>
    ['a', 'b', 'c'].map(name => plannedChange(registry, name, 'tagMutability', {lines, risks})),
  )
  const text = markdownOfReposPlan(resultOf(changes))
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .split('\n')
  expect(text).toContain(
    '- dev@eu-west-1/a, dev@eu-west-1/b, dev@eu-west-1/c and 3 more tagMutability: Pushes of tags that are there will fail.',
  )
  expect(text.filter(line => line.startsWith('<summary>'))).toEqual([
    '<summary>~ dev@eu-west-1 a and 5 more: ~ tagMutability</summary>',
  ])
  expect(text).toContain('- prod@eu-west-1 c')
})
