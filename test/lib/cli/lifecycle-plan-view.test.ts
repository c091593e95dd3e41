import {describe, expect, test} from 'vitest'
import {escapeDeep} from '../../../src/lib/cli/escape.ts'
import {markdownOfPlan} from '../../../src/lib/cli/lifecycle-plan-markdown.ts'
import {toLifecyclePlanResult} from '../../../src/lib/cli/lifecycle-plan-result.ts'
import {viewLifecyclePlan} from '../../../src/lib/cli/lifecycle-plan-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {displayWidth} from '../../../src/lib/cli/text.ts'
import type {Outlook, PlannedDeparture, RepositoryPlan} from '../../../src/lib/lifecycle/plan-model.ts'
import type {UnplannedRepository} from '../../../src/lib/lifecycle/plan-run.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {storageRates} from '../../../src/lib/lifecycle/storage-cost.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'

const MiB = 1024 ** 2
const takenAt = Date.UTC(2026, 10, 1)
const terminal = {...plainStyle, columns: 80}
const marked = {...terminal, bad: (text: string) => `<bad>${text}</bad>`}
const prod = {label: 'prod@eu-west-1', host: 'prod.example.com', account: '222222222222', region: 'eu-west-1'}
const none: Outlook = {expire: 0, archive: 0, freed: {bytes: 0, atMost: 0}, usdPerMonth: 0}
const gone: Outlook = {
  expire: 12,
  archive: 3,
  freed: {bytes: 300 * MiB, atMost: 900 * MiB},
  usdPerMonth: 0.0293,
}

function keepNewest(rulePriority: number, countNumber: number, description?: string): LifecycleRule {
  return {
    rulePriority,
    ...(description === undefined ? {} : {description}),
    selection: {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber},
    action: {type: 'expire'},
  }
}

function departure(name: string, fields: Partial<PlannedDeparture> = {}): PlannedDeparture {
  return {
    digest: digestOf(Buffer.from(name)),
    tags: [name],
    fate: 'expire',
    rulePriority: 10,
    at: '2026-10-30T00:00:00.000Z',
    why: '13th newest of 24 of which rule 10 keeps 12',
    pushedAt: '2026-01-01T00:00:00.000Z',
    size: 30 * MiB,
    follows: null,
    ...fields,
  }
}

function plan(repository: string, fields: Partial<RepositoryPlan> = {}): RepositoryPlan {
  return {
    registry: prod,
    repository,
    change: {kind: 'none', before: '{}', after: '{}', rules: [], origin: null},
    images: {standard: 24, archived: 0},
    now: none,
    within: none,
    today: {now: none, within: none},
    departures: [],
    parts: [],
    endangered: [],
    preview: {status: 'agrees', reason: null, disagreements: [], notes: []},
    warnings: [],
    ...fields,
  }
}

const changed: Partial<RepositoryPlan> = {
  change: {
    kind: 'put',
    before: '{}',
    after: '{}',
    origin: 'repos.yaml:12:5',
    rules: [
      {kind: 'removed', before: keepNewest(5, 2, 'old'), after: null},
      {kind: 'changed', before: keepNewest(10, 20), after: keepNewest(10, 12)},
      {kind: 'same', before: keepNewest(20, 9), after: keepNewest(20, 9)},
      {kind: 'added', before: null, after: keepNewest(30, 1, 'expire all but the newest image')},
    ],
  },
  images: {standard: 24, archived: 7},
  now: gone,
  within: gone,
  departures: Array.from({length: 15}, (_, n) => departure(`v1.${n}`)),
}

function result(plans: readonly RepositoryPlan[], unplanned: readonly UnplannedRepository[] = []) {
  const traffic = {requests: 41, mutatingRequests: 2, retries: 0, bytesReceived: 0, bytesSent: 0}
  return toLifecyclePlanResult(
    {
      plan: {takenAt, days: 30, repositories: plans},
      unplanned,
      prices: storageRates(),
      warnings: [],
      callers: [{account: '222222222222', arn: 'arn:aws:iam::222222222222:role/ci'}],
      traffic,
      durationMs: 1240,
      inventory: null,
      planFile: 'plan.json',
      exitCode: 0,
    },
    0,
  )
}

const view = (plans: readonly RepositoryPlan[], style = plainStyle) => viewLifecyclePlan(result(plans), style)

describe('for people', () => {
  test('a row for each repository, then what changes, what goes and what it comes to', () => {
    expect(
      view([plan('payments/api', changed), plan('web')])
        .split('\n')
        .map(line => line.trimEnd()),
    ).toEqual([
      'REPOSITORY    WHERE           POLICY            IMAGES  NOW                   IN 30 DAYS                FREED  $/MONTH',
      'payments/api  prod@eu-west-1  changed  24 + 7 archived  12 expire, 3 archive  12 expire, 3 archive  300.0 MiB    $0.02',
      'web           prod@eu-west-1  same                  24  -                     -                           0 B    $0.00',
      '',
      'prod@eu-west-1/payments/api: policy changed, by repos.yaml:12:5',
      '  - 5 expire all but the newest 2 images "old"',
      '  ~ 10 expire all but the newest 12 images (was: 10 expire all but the newest 20 images)',
      '    20 expire all but the newest 9 images',
      '  + 30 expire all but the newest image',
      '  WHEN  WHAT    IMAGE      SIZE  WHY',
      ...Array.from(
        {length: 10},
        (_, n) => `  now   expire  v1.${n}   30.0 MiB  13th newest of 24 of which rule 10 keeps 12`,
      ),
      '  and 5 more: --json',
      '',
      '2 repositories with 48 images and 7 archived · 1 policy changes · 2 previewed by ECR',
      'Now: 12 expire, 3 archive. Within 30 days: 12 expire, 3 archive; frees 300.0 MiB, $0.02 a month.',
      'Prices: $0.1 a GB and month, $0.1 in the archive (repos.yaml, else unconfirmed prices of 2026-03).',
      'The archive saves nothing, unless that of the account and region has more than 150 TB (unconfirmed).',
      '41 requests (2 previews) · 1.2 s',
      'As: arn:aws:iam::222222222222:role/ci',
      'Plan: plan.json',
    ])
  })

  test('on a terminal every table fits, and the names of repositories stay whole', () => {
    const name = 'platform/ingress-controller'
    const lines = view([plan(name, changed)], terminal).split('\n')
    expect(lines[0]).not.toMatch(/WHERE|IMAGES/)
    expect(lines[1]).toContain(name)
    const tables = lines.filter(line => /^(REPOSITORY| {2}WHEN| {2}now|platform)/.test(line))
    expect(tables).toHaveLength(13)
    expect(tables.every(line => displayWidth(line) <= 80)).toBe(true)
  })

  test('where several registries are planned the place stays in the row', () => {
    const other = {...prod, label: 'prod@us-east-1'}
    const lines = view([plan('a'), plan('a', {registry: other})], {...terminal, columns: 54}).split('\n')
    expect(lines.slice(0, 3).join('\n')).toMatch(/WHERE[^]*prod@eu-west-1[^]*prod@us-east-1/)
  })

  test('what something needs stands out with all that says so; what the new policy saves does not', () => {
    const image = {
      ...departure('v1'),
      evidence: ['in-use.txt:3: api:v1', 'in-use.txt:9: api:v1'],
      under: 'new',
    } as const
    const text = view([plan('api', {endangered: [image, {...image, under: 'today'}]})], marked)
    expect(text).toContain(
      '<bad>needed</bad> v1 would expire now by rule 10 of the new policy\n    in-use.txt:3: api:v1\n    in-use.txt:9: api:v1',
    )
    expect(text).toContain("  saved v1 would expire now by rule 10 of today's policy; the new one keeps it")
    expect(text).toContain('2 needed by something')
  })

  test("what ECR's preview says else is shown, what its documentation leaves open as a note", () => {
    const preview = {
      status: 'disagrees',
      reason: null,
      disagreements: [{digest: digestOf(Buffer.from('x')), ecr: 'expire by rule 3', gantry: 'kept'}],
      notes: ['ties are open'],
    } as const
    const text = view([plan('api', {preview, warnings: ['no manifest of 3 images']})], marked)
    expect(text).toMatch(/<bad>differs<\/bad> sha256:[0-9a-f]{12} {2}ECR: expire by rule 3, Gantry: kept/)
    expect(text).toContain('  note ties are open\n  warning no manifest of 3 images')
    expect(text).toContain("ECR's preview differs in 1")
  })

  test('bytes that are not known are at most what ECR says, and money is then none', () => {
    const unknown: Outlook = {...gone, freed: {bytes: null, atMost: 900 * MiB}, usdPerMonth: null}
    const text = view([plan('api', {within: unknown})])
    expect(text).toMatch(/≤ 900\.0 MiB +\?\n/)
    expect(text).toContain('frees ≤ 900.0 MiB.')
    expect(text).not.toContain('Prices:')
  })

  test('a day is told of what goes later, and the digest of what has no tag', () => {
    const later = departure('x', {tags: [], at: '2026-11-20T07:00:00.000Z', fate: 'archive'})
    const digest = later.digest.slice(0, 19)
    expect(view([plan('api', {departures: [later]})])).toContain(`  2026-11-20  archive  ${digest}`)
  })

  test('repositories that do not change are not told of one by one where there are many', () => {
    const plans = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => plan(name, {departures: [departure('v1')]}))
    expect(view(plans)).not.toContain('WHEN')
    expect(view(plans.slice(1))).toContain('WHEN')
  })

  test('a repository that could not be read is named with what to do', () => {
    const error = {code: 'ACCESS_DENIED', message: 'no', hints: ['Add this.'], exitCode: 5} as const
    const text = viewLifecyclePlan(result([], [{registry: prod, repository: 'api', error}]), plainStyle)
    expect(text).toMatch(/^No repository was planned\.\n\nfailed prod@eu-west-1\/api: no\n {2}Add this\.\n/)
    expect(text).toContain('1 failed')
  })
})

describe('as a comment on GitHub', () => {
  const commentOf = (plans: readonly RepositoryPlan[]) => markdownOfPlan(result(plans))

  test('totals, a table, and of each repository the rules and what goes, folded away', () => {
    const text = commentOf([plan('api', changed)])
    expect(text).toMatch(
      /^### Lifecycle plan\n\n1 repository with 24 images and 7 archived; 1 policy changes\./,
    )
    expect(text).toContain('| prod&#64;eu&#45;west&#45;1/api | changed | 24 | 7 | 12 expire, 3 archive |')
    expect(text).toContain('```diff\n- 5 expire all but the newest 2 images "old"\n~ 10 expire')
    expect(text).toContain('| now | expire | v1.0 | 30.0 MiB | 13th newest of 24 of which rule 10 keeps 12 |')
    expect(text).toContain('and 5 more\n\n</details>')
  })

  test('what is needed is not folded away', () => {
    const image = {...departure('v1'), evidence: ['in-use.txt:3: api'], under: 'both'} as const
    const [before = ''] = commentOf([plan('api', {...changed, endangered: [image]})]).split('<details>')
    expect(before).toContain(
      '- needed&#58; v1 would expire now by rule 10&#58; in&#45;use.txt&#58;3&#58; api',
    )
  })

  test('holds no more than 64 KiB, with everything in it whole, and says that something is left out', () => {
    const plans = Array.from({length: 400}, (_, n) => plan(`repository-${n}`, changed))
    const text = commentOf(plans)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024)
    expect(Buffer.byteLength(text)).toBeGreaterThan(60 * 1024)
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length)
    const shown = text.match(/<details>/g)?.length ?? 0
    expect(text).toContain(
      `**${400 - shown} more parts are left out, for a comment has no room: see \`--json\`.**`,
    )
    expect(text).toContain('and 300 more repositories')
  })

  test('one repository that is too large for a comment gives way to the others', () => {
    const rules = [{kind: 'added', before: null, after: keepNewest(1, 1, 'x'.repeat(70_000))}] as const
    const huge = {...changed, change: {...plan('x').change, kind: 'put', rules}} as const
    const text = commentOf([plan('huge', huge), plan('small', changed)])
    expect(text).toContain('prod&#64;eu&#45;west&#45;1/small&#58; policy changed')
    expect(text).toMatch(/\*\*1 more part is left out/)
  })
})

describe('of what strangers wrote', () => {
  const evil = 'v1\n```\n</details><script>|`x`\u001b[31m\u202e**@team** [a](b)\r'
  const hostile = plan('api', {
    ...changed,
    change: {
      ...plan('x').change,
      kind: 'put',
      origin: evil,
      rules: [{kind: 'added', before: null, after: keepNewest(1, 1, evil)}],
    },
    departures: [departure('x', {tags: [evil], why: evil})],
    endangered: [{...departure('x', {tags: [evil]}), evidence: [evil], under: 'both'}],
    warnings: [evil],
  })

  test('nothing moves a cursor, ends a line or turns a line around on a terminal', () => {
    const text = viewLifecyclePlan(escapeDeep(result([hostile])), plainStyle)
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
    expect(text.split('\n').filter(line => line.includes('</details>'))).toHaveLength(6)
    expect(text).not.toMatch(/^```/m)
  })

  test('nothing is markup in a comment, nor ends a block, a cell or a fold', () => {
    const text = markdownOfPlan(result([hostile]))
    expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
    const [folded = ''] = text.split('<details>').slice(1)
    const [, diff = '', after = ''] = folded.split('\n```')
    expect(
      diff
        .split('\n')
        .slice(1)
        .every(line => /^[-+~ ] /.test(line)),
    ).toBe(true)
    expect(after).not.toMatch(/<(?!\/details>)|`|\*\*|@|\]\(/)
    for (const row of text.split('\n').filter(line => line.startsWith('| now'))) {
      expect(row.match(/\|/g)).toHaveLength(6)
    }
    // Between fences everything is shown as it is.
    expect(text.replace(/^```diff\n.*?^```$/ms, '').match(/<\/?\w+>/g)).toEqual([
      '<details>',
      '<summary>',
      '</summary>',
      '</details>',
    ])
  })
})
