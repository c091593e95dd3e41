import {describe, expect, test} from 'vitest'
import {escapeDeep} from '../../../src/lib/cli/escape.ts'
import {markdownOfReposPlan} from '../../../src/lib/cli/repos-plan-markdown.ts'
import {
  type ReposPlanResult,
  reposPlanOutputs,
  toReposPlanResult,
} from '../../../src/lib/cli/repos-plan-result.ts'
import {viewReposPlan} from '../../../src/lib/cli/repos-plan-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import type {PlannedChange, Reconciliation} from '../../../src/lib/repos/model.ts'
import {plannedChange, registryOf} from '../../support/planned-changes.ts'

const [dev, prod] = [registryOf('dev'), registryOf('prod')]
const hostile = '\u001b[2J\u202e::error::x\n```<img src=x>@team'

const changes: readonly PlannedChange[] = [
  plannedChange(dev, null, 'scanning', {lines: [{sign: '+', path: 'onPush', after: 'prod/*'}]}),
  plannedChange(prod, 'tools/new', 'repository', {
    kind: 'create',
    lines: [{sign: '+', path: 'encryption', after: {type: 'AES256'}}],
  }),
  plannedChange(dev, 'prod/worker', 'encryption', {
    kind: 'blocked',
    lines: [{sign: '~', path: 'type', before: 'AES256', after: 'KMS'}],
    remedy: 'ECR fixes the encryption when a repository is made.',
  }),
  plannedChange(dev, 'prod/api', 'tagMutability', {
    lines: [{sign: '~', path: 'mode', before: 'MUTABLE', after: 'IMMUTABLE'}],
    risks: ['3 tags were overwritten in the last 30 days.'],
  }),
  plannedChange(dev, 'prod/api', 'tags', {
    lines: [
      {sign: '+', path: 'team', after: hostile},
      {sign: '-', path: 'old', before: 'x'},
    ],
    notes: ['aws:cloudformation:stack-name is left to AWS.'],
  }),
  plannedChange(prod, 'tools/new', 'lifecycle', {
    kind: 'create',
    lines: [
      {
        sign: '+',
        path: 'rules.10',
        after: {
          rulePriority: 10,
          selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5},
          action: {type: 'expire'},
        },
      },
    ],
  }),
  plannedChange(dev, 'legacy/app', 'repository', {
    kind: 'remove',
    before: {images: 0},
    after: null,
    lines: [],
  }),
]

const plan: Reconciliation = {
  takenAt: Date.UTC(2026, 10, 21),
  changes,
  foreign: [
    {registry: dev, repository: null, resource: 'scanning', entries: ['theirs-*']},
    {registry: dev, repository: null, resource: 'replication', entries: ['a', 'b', 'c', 'd', 'e', 'f']},
    {registry: dev, repository: 'prod/api', resource: 'policy', entries: [hostile]},
    {registry: dev, repository: 'prod/same', resource: 'policy', entries: ['Lambda']},
  ],
  unread: [
    {
      registry: prod,
      repository: 'prod/db',
      resource: 'policy',
      error: {
        code: 'ACCESS_DENIED',
        message: 'ci is not allowed ecr:GetRepositoryPolicy.',
        hints: ['Allow it.'],
        exitCode: 5,
      },
    },
  ],
  unlisted: [{registry: dev, names: Array.from({length: 12}, (_, n) => `scratch/${n}`)}],
  warnings: [],
  compared: {registries: 2, repositories: 4, resources: 9},
}

function resultOf(some: Partial<Reconciliation> = {}, planFile: string | null = null): ReposPlanResult {
  const callers = [{account: dev.account, arn: `arn:aws:iam::${dev.account}:user/ci`}]
  const traffic = {...noTraffic(), requests: 31}
  return toReposPlanResult(
    {plan: {...plan, ...some}, callers, traffic, durationMs: 2345, planFile, exitCode: 0},
    0,
  )
}

const view = (result: ReposPlanResult) => viewReposPlan(escapeDeep(result), plainStyle)

test('people see changes by registry and repository, with what may go wrong and what stays', () => {
  expect(view(resultOf()).split('\n')).toEqual([
    'dev@eu-west-1 (111111111111)',
    '~ (registry)',
    '  ~ scanning  repos.yaml:7:5',
    '      + onPush: prod/*',
    '      scanning: foreign, kept: theirs-*',
    '    replication: foreign, kept: a, b, c, d, e, and 1 more',
    '- legacy/app',
    '  - is deleted  repos.yaml:7:5',
    '~ prod/api',
    '  ~ tagMutability  repos.yaml:7:5',
    '      ~ mode: MUTABLE -> IMMUTABLE',
    '      risk 3 tags were overwritten in the last 30 days.',
    '  ~ tags  repos.yaml:7:5',
    String.raw`      + team: "\\u{1b}[2J\\u{202e}::error::x\\u{a}` + '```<img src=x>@team"',
    '      - old: x',
    '      note aws:cloudformation:stack-name is left to AWS.',
    String.raw`    policy: foreign, kept: \u{1b}[2J\u{202e}::error::x\u{a}` + '```<img src=x>@team',
    '! prod/worker',
    '  ! encryption  repos.yaml:7:5',
    '      ~ type: AES256 -> KMS',
    '      blocked ECR fixes the encryption when a repository is made.',
    ...Array.from({length: 10}, (_, n) => `? scratch/${n}  there, not listed in repos.yaml: never deleted`),
    '? and 2 more that are not listed: --json',
    '',
    'prod@eu-west-1 (222222222222)',
    '  prod/db',
    '  unread policy: ci is not allowed ecr:GetRepositoryPolicy.',
    '      Allow it.',
    '+ tools/new',
    '  + is made  repos.yaml:7:5',
    '      + encryption: AES256',
    '  + lifecycle  repos.yaml:7:5',
    expect.stringMatching(/^ {6}\+ 10 .*5/),
    '',
    'Plan: 2 to create, 3 to change, 1 to remove, 1 blocked. 1 setting could not be read.',
    '12 repositories are not listed in repos.yaml · 9 entries of others kept · 31 requests · 2.3 s',
    'As: arn:aws:iam::111111111111:user/ci',
    'Not saved: give --out plan.json for gantry repos apply plan.json to do this and nothing else.',
  ])
})

test('registries stand in the order of their names, and what is there or not has no value', () => {
  const scanner = {entry: 'arn:aws:iam::1:role/scanner', lines: [{sign: '+', path: '', after: true} as const]}
  const changed = [
    plannedChange(prod, null, 'pullTimeExclusions', scanner),
    plannedChange(dev, 'app', 'scanOnPush', {lines: [{sign: '~', path: '', before: false, after: true}]}),
  ]
  const lines = view(resultOf({changes: changed, foreign: [], unlisted: [], unread: []})).split('\n')
  expect(lines.slice(0, 8)).toEqual([
    'dev@eu-west-1 (111111111111)',
    '~ app',
    '  ~ scanOnPush  repos.yaml:7:5',
    '      ~ false -> true',
    '',
    'prod@eu-west-1 (222222222222)',
    '~ (registry)',
    '  ~ pullTimeExclusions arn:aws:iam::1:role/scanner  repos.yaml:7:5',
  ])
})

test('lines are no longer than a terminal is wide, and go on below where they began', () => {
  const change = plannedChange(dev, 'prod/api', 'policy', {
    lines: [
      {sign: '+', path: 'statements.Pull', after: {Sid: 'Pull', Effect: 'Allow', Principal: {AWS: ['*']}}},
    ],
    notes: ['Whoever pulls now pulls from everywhere else too.'],
  })
  const lines = viewReposPlan(resultOf({changes: [change], foreign: [], unlisted: [], unread: []}), {
    ...plainStyle,
    columns: 40,
  }).split('\n')
  expect(lines.slice(2, 7)).toEqual([
    '  ~ policy  repos.yaml:7:5',
    '      + statements.Pull: {Sid: Pull,',
    '        Effect: Allow, Principal: "*"}',
    '      note Whoever pulls now pulls',
    '        from everywhere else too.',
  ])
})

describe('the last lines', () => {
  const nothing = {changes: [], foreign: [], unlisted: [], unread: []}

  test('say that all is as the file says, with what was compared', () => {
    expect(view(resultOf(nothing)).split('\n')[0]).toBe(
      'No change: all is as repos.yaml says: 9 settings of 2 registries and 4 repositories.',
    )
  })

  test('never say so of what was not read, nor where nothing is managed', () => {
    const lines = view(resultOf({...nothing, unread: plan.unread}))
    expect(lines).toContain('it is not known whether there is one. 1 setting could not be read.')
    expect(lines).not.toContain('all is as')
    const unmanaged = view(resultOf({...nothing, compared: {registries: 1, repositories: 0, resources: 0}}))
    expect(unmanaged).toContain('Nothing is managed: no change.')
  })

  test('name the saved plan and the command that applies it', () => {
    expect(view(resultOf({}, 'plan.json')).split('\n').at(-1)).toBe(
      'Saved plan plan.json: gantry repos apply plan.json',
    )
  })
})

describe('as Markdown', () => {
  test('what is not known, blocked or risky stands first, and each place folds', () => {
    const text = markdownOfReposPlan(resultOf())
    expect(text.split('\n').slice(0, 14)).toEqual([
      '### Repos plan',
      '',
      expect.stringMatching(/^Plan&#58; 2 to create, 3 to change/),
      '',
      '**Not compared:**',
      '',
      '- prod&#64;eu&#45;west&#45;1/prod/db policy&#58; ci is not allowed ecr&#58;GetRepositoryPolicy.',
      '',
      '**Blocked:**',
      '',
      expect.stringMatching(/prod\/worker encryption&#58; ECR fixes/),
      '',
      '**Risks:**',
      '',
    ])
    expect(text.match(/<details>/g)).toHaveLength(6)
    expect(text).toContain(
      '<summary>&#126; dev&#64;eu&#45;west&#45;1 prod/api&#58; &#126; tagMutability, &#126; tags</summary>',
    )
  })

  test('what strangers wrote is no markup, mentions nobody and ends no block', () => {
    const text = markdownOfReposPlan(resultOf())
    const fences = text.split('\n').filter(line => line.startsWith('```'))
    expect(new Set(fences)).toEqual(new Set(['```diff', '```']))
    expect(fences.filter(line => line === '```')).toHaveLength(fences.length / 2)
    const outside = text.split(/^```diff\n[^]*?\n```$/m).join('')
    expect(outside).not.toMatch(/<img|@team/)
    expect(text).not.toContain('\u001b')
  })

  test('it is never larger than a comment of GitHub, and says what was left out', () => {
    const many = Array.from({length: 3000}, (_, n) =>
      plannedChange(dev, `team/app-${n}`, 'tagMutability', {
        lines: [{sign: '+', path: 'except', after: [`v${n}`]}],
        risks: ['Pushes of tags that are there will fail.'],
      }),
    )
    const text = markdownOfReposPlan(resultOf({changes: many}))
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536)
    expect(text).toMatch(/\*\*\d+ more parts are left out, for a comment has no room: see `--json`\.\*\*$/)
  })
})

test('steps of GitHub Actions get the numbers', () => {
  expect(reposPlanOutputs(resultOf({}, 'plan.json'))).toEqual({
    changes: '6',
    create: '2',
    change: '3',
    remove: '1',
    blocked: '1',
    unread: '1',
    unlisted: '12',
    plan: 'plan.json',
  })
})
