import {describe, expect, test} from 'vitest'
import type {PlannedChange} from '../../../../src/lib/repos/model.ts'
import {
  pullThroughRisks,
  pullTimeRisks,
  replicationRisks,
  scanningRisks,
  signingRisks,
  templateRisks,
} from '../../../../src/lib/repos/risks/registry-risks.ts'
import {plainTemplate} from '../../../../src/lib/repos/templates/template.ts'

function change(before: unknown, after: unknown, entry = ''): PlannedChange {
  return {before, after, entry} as unknown as PlannedChange
}

describe('replication', () => {
  const rule = (prefixes: readonly string[], to: readonly string[], deletions = false) => ({
    prefixes,
    to,
    deletions,
  })
  const [west, east] = ['111111111111@us-west-2', '111111111111@us-east-1']

  test('a rule that goes says what is not replicated any more', () => {
    expect(replicationRisks(change([rule(['a/', 'b/'], [west])], null))).toEqual([
      `What is pushed to repositories that begin with a/ is not replicated to ${west} any more; what is there stays.`,
      `What is pushed to repositories that begin with b/ is not replicated to ${west} any more; what is there stays.`,
    ])
    expect(replicationRisks(change([rule([], [west, east])], [rule([], [west])]))).toEqual([
      `What is pushed to all repositories is not replicated to ${east} any more; what is there stays.`,
    ])
  })

  test('what other rules still bring is not told', () => {
    expect(replicationRisks(change([rule(['a/b/'], [west])], [rule(['a/'], [west, east])]))).toEqual([])
    expect(replicationRisks(change([rule(['a/'], [west])], [rule([], [west])]))).toEqual([])
    expect(replicationRisks(change(null, [rule([], [west])]))).toEqual([])
  })

  test('deletions that reach another registry from now on are told', () => {
    expect(replicationRisks(change([rule(['a/'], [west])], [rule(['a/'], [west], true)]))).toEqual([
      `What is deleted in repositories that begin with a/ is deleted at ${west}, too, from now on.`,
    ])
    expect(
      replicationRisks(
        change([rule([], [west], true)], [rule([], [west], true), rule(['a/'], [west], true)]),
      ),
    ).toEqual([])
  })
})

describe('scanning', () => {
  const live = (type: string, continuous: readonly string[], onPush: readonly string[]) => ({
    type,
    continuous,
    onPush,
  })

  test('a switch of the type leaves gates without evidence', () => {
    expect(scanningRisks(change(live('BASIC', [], []), live('ENHANCED', [], [])))).toEqual([
      'Gates see no findings of BASIC scans any more: images without ENHANCED scans are undetermined until they are scanned again.',
    ])
  })

  test('filters that go, and those that are not continuous any more, are told', () => {
    expect(
      scanningRisks(change(live('ENHANCED', ['p*'], ['a*', 'b*']), live('ENHANCED', [], ['p*', 'b*']))),
    ).toEqual([
      'Repositories that only a* fits are not scanned any more.',
      'What p* fits is scanned when it is pushed, and not when a vulnerability becomes known.',
    ])
    expect(scanningRisks(change(live('BASIC', [], ['a*']), live('BASIC', [], ['a*', 'b*'])))).toEqual([])
  })
})

describe('creation templates', () => {
  const template = (mode: string, ...appliedFor: readonly string[]) => ({
    ...plainTemplate,
    tagMutability: {mode, except: []},
    appliedFor,
  })

  test('immutable tags leave what a pull-through cache made stale, and refuse a second push', () => {
    expect(
      templateRisks(
        change(null, template('IMMUTABLE', 'CREATE_ON_PUSH', 'PULL_THROUGH_CACHE', 'REPLICATION'), 'hub'),
      ),
    ).toEqual([
      'Repositories below hub that the pull-through cache makes have immutable tags: ECR cannot refresh them, and they stay as they were pulled first.',
      'Repositories below hub that a push makes have immutable tags: a second push of a tag such as latest fails.',
    ])
    expect(
      templateRisks(
        change(
          template('MUTABLE', 'PULL_THROUGH_CACHE'),
          template('IMMUTABLE_WITH_EXCLUSION', 'PULL_THROUGH_CACHE'),
          'ROOT',
        ),
      ),
    ).toEqual([expect.stringContaining('Repositories without a template of their own')])
  })

  test('what was so before is not told again', () => {
    const before = template('IMMUTABLE', 'CREATE_ON_PUSH')
    expect(templateRisks(change(before, {...before, description: 'new'}, 'x'))).toEqual([])
    expect(templateRisks(change(null, template('MUTABLE', 'CREATE_ON_PUSH'), 'x'))).toEqual([])
    expect(templateRisks(change(null, template('IMMUTABLE', 'REPLICATION'), 'x'))).toEqual([])
  })

  test('without one, pushes to what is not there fail', () => {
    expect(templateRisks(change(template('MUTABLE', 'CREATE_ON_PUSH'), null, 'x'))).toEqual([
      'Pushes to repositories below x that are not there fail from now on.',
    ])
    expect(templateRisks(change(template('MUTABLE', 'REPLICATION'), null, 'x'))).toEqual([])
  })
})

test('a pull-through cache rule that goes ends what nobody pulled yet', () => {
  expect(pullThroughRisks(change({upstream: 'ghcr.io'}, null, 'ghcr'))).toEqual([
    'Images below ghcr that nobody has pulled yet cannot be pulled any more, and those that are there are not refreshed.',
  ])
  expect(pullThroughRisks(change(null, {upstream: 'ghcr.io'}, 'ghcr'))).toEqual([])
})

test('a profile that goes signs nothing any more', () => {
  const profile = 'arn:aws:signer:eu-west-1:111111111111:/signing-profiles/prod'
  expect(signingRisks(change({rules: {[profile]: ['prod/*']}}, null))).toEqual([
    `${profile} does not sign what is pushed to prod/* any more.`,
  ])
  expect(signingRisks(change({rules: {[profile]: []}}, {rules: {[profile]: ['a/*']}}))).toEqual([])
})

test('pulls that do not count any more leave images to be archived', () => {
  const role = 'arn:aws:iam::111111111111:role/scanner'
  const excluded = {kind: 'create', entry: role} as PlannedChange
  expect(pullTimeRisks(excluded)).toEqual([
    `What only ${role} pulls counts as not pulled: lifecycle rules that count pulls archive it.`,
  ])
  expect(pullTimeRisks({...excluded, kind: 'remove'})).toEqual([])
})
