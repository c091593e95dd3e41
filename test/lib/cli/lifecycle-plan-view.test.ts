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
      {kind: 'added', before: null, after: keepNewest(30, 1)},
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
      'REPOSITORY    WHERE           POLICY           IMAGES  NOW                   IN 30 DAYS                FREED  $/MONTH',
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
      '2 repositories with 48 images and 7 archived · 1 policy changes',
      'Now: 12 expire, 3 archive. Within 30 days: 12 expire, 3 archive; frees 300.0 MiB, $0.02 a month.',
      'Prices: $0.1 a GB and month, $0.1 in the archive (repos.yaml, else unconfirmed prices of 2026-03).',
      'The archive saves nothing, unless that of the account and region has more than 150 TB (unconfirmed).',
      '41 requests (2 previews) · 1.2 s',
      'As: arn:aws:iam::222222222222:role/ci',
      'Plan: plan.json',
    ])
  })
})
