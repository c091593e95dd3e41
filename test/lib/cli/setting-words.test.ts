import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {settingWords} from '../../../src/lib/cli/setting-words.ts'

describe('settings read as in repos.yaml', () => {
  test.each([
    ['tagMutability', {mode: 'IMMUTABLE', except: []}, 'IMMUTABLE'],
    [
      'creationTemplates.ROOT.tagMutability',
      {except: ['latest'], mode: 'IMMUTABLE_WITH_EXCLUSION'},
      '{mode: IMMUTABLE_WITH_EXCLUSION, except: [latest]}',
    ],
    ['encryption', {type: 'AES256'}, 'AES256'],
    ['encryption', {key: null, type: 'KMS'}, 'KMS'],
    ['encryption', {key: 'alias/ecr', type: 'KMS'}, '{type: KMS, key: alias/ecr}'],
    [
      'tags',
      {team: 'payments', 'managed-by': 'gantry', empty: ''},
      '{empty: "", managed-by: gantry, team: payments}',
    ],
    ['mode', 'MUTABLE', 'MUTABLE'],
    ['role', 'arn:aws:iam::111111111111:role/x', 'arn:aws:iam::111111111111:role/x'],
    ['', true, 'true'],
    ['onPush', '*', '"*"'],
    ['version', '2012-10-17', '"2012-10-17"'],
    [
      'rules.*',
      {deletions: false, prefixes: [], to: ['us-east-1', '444455556666@eu-west-1']},
      '{to: [us-east-1, 444455556666@eu-west-1]}',
    ],
    [
      'rules.prod/',
      {deletions: true, prefixes: ['prod/'], to: ['us-east-1']},
      '{prefixes: [prod/], to: [us-east-1], deletions: true}',
    ],
    ['appliedFor', [], '[]'],
  ])('%s: %j', (path, value, words) => {
    expect(settingWords(value, path)).toBe(words)
  })

  test('statements in the order and the short forms of people', () => {
    const statement = {
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Condition: {StringEquals: {'aws:PrincipalOrgID': ['o-a1b2c3d4e5']}},
      Effect: 'Allow',
      Principal: {AWS: ['*']},
      Sid: 'OrgPull',
    }
    expect(settingWords(statement, 'statements.OrgPull')).toBe(
      '{Sid: OrgPull, Effect: Allow, Principal: "*", Action: [ecr:BatchGetImage, ecr:GetDownloadUrlForLayer], ' +
        'Condition: {StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}}}',
    )
    expect(settingWords({Principal: {AWS: ['*'], Service: ['a.amazonaws.com']}, Action: ['ecr:*']})).toBe(
      '{Principal: {AWS: "*", Service: a.amazonaws.com}, Action: ecr:*}',
    )
  })
})

test('YAML reads every value as what it is, by either of its versions', () => {
  const word = fc.oneof(
    fc.string({unit: 'grapheme-ascii', maxLength: 6}),
    fc.constantFrom(
      '*',
      '- a',
      'a: b',
      'a #b',
      '12:30',
      '0x1f',
      '1e3',
      '~',
      'NO',
      '<<',
      '2012-10-17',
      '-',
      '---',
    ),
  )
  fc.assert(
    fc.property(fc.dictionary(word, fc.array(word, {maxLength: 3}), {maxKeys: 3}), value => {
      const wanted = Object.fromEntries(Object.entries(value).filter(([, list]) => list.length > 0))
      for (const version of ['1.1', '1.2'] as const)
        expect(parse(settingWords(wanted), {version})).toEqual(wanted)
    }),
    {numRuns: 500},
  )
})

test('what is too long ends after a member', () => {
  const tags = Object.fromEntries(Array.from({length: 50}, (_, n) => [`key-${n + 10}`, 'some-value']))
  const words = settingWords(tags, 'tags')
  expect(words.length).toBeLessThan(405)
  expect(words).toMatch(/some-value, …$/)
  expect(settingWords('x'.repeat(500))).toBe(`${'x'.repeat(400)}…`)
})
