import {describe, expect, test} from 'vitest'
import {
  reposApplyOutputs,
  reposApplyQuestion,
  reposDeletionQuestion,
  toReposApplyResult,
  viewReposApply,
} from '../../../src/lib/cli/repos-apply-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {noTraffic} from '../../../src/lib/oci/registry.ts'
import type {ReposApplyItem} from '../../../src/lib/repos/apply-items.ts'
import type {ReposApplyQuestion} from '../../../src/lib/repos/apply-model.ts'

const caller = {account: '111111111111', arn: 'arn:aws:iam::111111111111:user/me'}

const applied: ReposApplyItem = {
  registry: 'dev@eu-west-1',
  repository: 'app',
  resource: 'policy',
  entry: '',
  verb: 'change-policy',
  outcome: 'applied',
  images: 0,
  error: null,
}
const denied: ReposApplyItem = {
  ...applied,
  repository: null,
  resource: 'settings',
  entry: 'BLOB_MOUNTING',
  verb: 'change-settings',
  outcome: 'failed',
  error: {code: 'ACCESS_DENIED', message: 'me is not allowed.', hints: ['Allow it.'], exitCode: 5},
}
const skipped: ReposApplyItem = {
  ...applied,
  outcome: 'skipped',
  error: {code: 'SKIPPED', message: 'not told twice', hints: [], exitCode: 5},
}

const resultOf = (items: readonly ReposApplyItem[]) =>
  toReposApplyResult({
    items,
    warnings: [],
    callers: [caller],
    traffic: {...noTraffic(), requests: 9, mutatingRequests: 1},
    durationMs: 1500,
    record: '/tmp/record.jsonl',
    exitCode: 4,
  })

describe('what came of an apply', () => {
  test('is a row for each change, the failures with what to do, and what it cost', () => {
    expect(viewReposApply(resultOf([applied, denied, skipped]), plainStyle)).toBe(
      `RESULT   REGISTRY       REPOSITORY  CHANGE                         IMAGES
applied  dev@eu-west-1  app         change-policy
failed   dev@eu-west-1              change-settings BLOB_MOUNTING
skipped  dev@eu-west-1  app         change-policy

failed dev@eu-west-1: me is not allowed.
  Allow it.
1 applied · 1 skipped · 1 failed · 9 requests (1 mutating) · 1.5 s
As: arn:aws:iam::111111111111:user/me
Record: /tmp/record.jsonl`,
    )
  })

  test('names the repository of what is blocked, once, and keeps within the terminal', () => {
    const blocked = (message: string): ReposApplyItem => ({
      ...applied,
      outcome: 'blocked',
      error: {code: 'BLOCKED', message, hints: [], exitCode: 4},
    })
    const items = [
      blocked('It holds 1 image: delete it first.'),
      blocked('dev@eu-west-1/app holds 2 images.'),
    ]
    const lines = viewReposApply(resultOf(items), {...plainStyle, columns: 40}).split('\n')
    expect(lines.slice(lines.indexOf('') + 1).slice(0, 4)).toEqual([
      'blocked dev@eu-west-1/app: It holds 1',
      '  image: delete it first.',
      'blocked dev@eu-west-1/app holds 2',
      '  images.',
    ])
  })

  test('of very many has rows for those alone that did not go as planned', () => {
    const many = Array.from({length: 10_000}, (_, n) => ({...applied, repository: `app/${n}`}))
    expect(
      viewReposApply(resultOf([...many, denied]), plainStyle)
        .split('\n')
        .slice(0, 6),
    ).toEqual([
      'RESULT  REGISTRY       REPOSITORY  CHANGE                         IMAGES',
      'failed  dev@eu-west-1              change-settings BLOB_MOUNTING',
      '10000 more changes: --json has all.',
      '',
      'failed dev@eu-west-1: me is not allowed.',
      '  Allow it.',
    ])
    expect(viewReposApply(resultOf(many), plainStyle).split('\n').slice(0, 2)).toEqual([
      '10000 changes: --json has all.',
      '',
    ])
  })

  test('of nothing says so', () => {
    expect(viewReposApply(resultOf([]), plainStyle)).toContain('Nothing is to be changed.')
  })

  test('is counted by outcome, for programs and for GitHub', () => {
    const result = resultOf([applied, denied, skipped])
    expect(result.summary).toMatchObject({changes: 3, applied: 1, failed: 1, skipped: 1, refused: 0})
    expect(reposApplyOutputs(result)).toEqual({
      changes: '3',
      applied: '1',
      unchanged: '0',
      planned: '0',
      blocked: '0',
      refused: '0',
      skipped: '1',
      failed: '1',
      interrupted: '0',
      record: '/tmp/record.jsonl',
    })
  })
})

const question: ReposApplyQuestion = {
  changes: {create: 0, change: 1, remove: 0},
  createdRepositories: 0,
  deletedRepositories: 0,
  deletedImages: 0,
  expire: 0,
  archive: 0,
  registries: ['dev@eu-west-1'],
  callers: [caller],
}

describe('the question', () => {
  test.each<[Partial<ReposApplyQuestion>, string]>([
    [{}, `Change 1 setting in dev@eu-west-1 as ${caller.arn}?`],
    [
      {archive: 3},
      `Change 1 setting in dev@eu-west-1 as ${caller.arn}? ECR then archives 3 images within a day.`,
    ],
    [
      {
        changes: {create: 2, change: 3, remove: 1},
        createdRepositories: 1,
        deletedRepositories: 2,
        deletedImages: 7,
        expire: 4,
        archive: 1,
      },
      `Make a repository, create 2 settings, change 3 settings, remove 1 setting, delete 2 repositories with 7 images in dev@eu-west-1 as ${caller.arn}? ECR then expires 4 images and archives 1 image within a day.`,
    ],
  ])('says what happens, where and as whom', (more, text) => {
    expect(reposApplyQuestion({...question, ...more})).toBe(text)
  })

  test('about one repository asks for its name, about several for the number of their images', () => {
    expect(reposDeletionQuestion({repositories: ['dev@eu-west-1/old'], images: 1})).toEqual({
      question: 'dev@eu-west-1/old: 1 image is deleted for good.',
      word: 'dev@eu-west-1/old',
    })
    expect(reposDeletionQuestion({repositories: ['dev/a', 'dev/b'], images: 12})).toEqual({
      question: 'dev/a, dev/b: 12 images are deleted for good.',
      word: '12',
    })
  })
})
