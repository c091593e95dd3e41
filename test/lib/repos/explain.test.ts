import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {toReposExplainResult, viewReposExplain} from '../../../src/lib/cli/repos-explain-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {explainSettings} from '../../../src/lib/repos/explain.ts'

const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
registries:
  "*": {settings: {BLOB_MOUNTING: ENABLED}}
  prod: {settings: {BLOB_MOUNTING: DISABLED}, scanning: {type: ENHANCED, onPush: ["*"]}}
presets:
  policy:
    pull: {statements: [{Sid: Pull, Effect: Allow, Principal: "*", Action: "ecr:BatchGetImage"}]}
defaults:
  tagMutability: IMMUTABLE
  policy: {use: pull}
repositories:
  payments/api: {tags: {team: payments}, lifecycle: {expire: [{untagged: true, olderThan: 14d}]}}
  here/only: {in: [dev]}
overlays:
  prod@us-east-1:
    repositories: {payments/api: {tagMutability: MUTABLE, tags: {team: null}}}
`,
  'repos.yaml',
)

function shown(repository: string | null, field?: string, ...accounts: string[]): readonly string[] {
  const subject = explainSettings(estate, {repository, accounts, field})
  return viewReposExplain(toReposExplainResult(subject, repository, field), plainStyle).split('\n')
}

describe('gantry repos explain', () => {
  test('shows registries at which the same holds once, with each value, its place and what it hides', () => {
    expect(shown('payments/api', 'tagMutability')).toEqual([
      'payments/api at dev@eu-west-1, prod@eu-west-1',
      '  tagMutability: IMMUTABLE',
      '      defaults.tagMutability (repos.yaml:12:18)',
      '',
      'payments/api at prod@us-east-1',
      '  tagMutability: MUTABLE',
      '      overlays."prod@us-east-1".repositories."payments/api".tagMutability (repos.yaml:19:50)',
      '      hides IMMUTABLE, defaults.tagMutability (repos.yaml:12:18)',
    ])
  })

  test('a field is a path or its start, elements of lists by their keys', () => {
    const statement = '{Sid: Pull, Effect: Allow, Principal: "*", Action: ecr:BatchGetImage}'
    for (const field of ['policy', 'policy.statements', 'policy.statements.Pull']) {
      expect(shown('payments/api', field, 'dev')).toEqual([
        'payments/api at dev@eu-west-1',
        `  policy.statements.Pull: ${statement}`,
        '      presets.policy.pull.statements[0] (repos.yaml:10:25)',
      ])
    }
    expect(shown('payments/api', 'tags.tea', 'dev').join()).toContain('not managed')
  })

  test('null is what removes', () => {
    expect(shown('payments/api', 'tags', 'prod@us-east-1').slice(1, 4)).toEqual([
      '  tags.team: null',
      '      overlays."prod@us-east-1".repositories."payments/api".tags.team (repos.yaml:19:72)',
      '      hides payments, repositories."payments/api".tags.team (repos.yaml:15:31)',
    ])
  })

  test('readable lifecycle rules are shown as what they become in ECR', () => {
    const [, line = ''] = shown('payments/api', 'lifecycle', 'dev')
    expect(parse(line.replace('  lifecycle: ', ''))).toMatchObject({
      rules: [{selection: {tagStatus: 'untagged', countNumber: 14}}],
    })
  })

  test('a repository that the file does not name gets what is said of all', () => {
    expect(shown('other/app', 'encryption')).toEqual([
      'other/app at dev@eu-west-1, prod@eu-west-1, prod@us-east-1',
      '  Nothing is said of encryption: it is not managed.',
      '',
      'other/app is not named under repositories: this is what is said of all, or by names.',
    ])
  })

  test('registries at which a repository is not meant are left out and told', () => {
    expect(shown('here/only', 'in')).toEqual([
      'here/only at dev@eu-west-1',
      '  in: [dev]',
      '      repositories."here/only".in (repos.yaml:16:19)',
      '',
      'Not meant at prod@eu-west-1, prod@us-east-1.',
    ])
    expect(shown('here/only', undefined, 'prod')).toEqual(['Not meant at prod@eu-west-1, prod@us-east-1.'])
  })

  test('a registry tells its own settings', () => {
    expect(shown(null, 'settings', 'prod')).toEqual([
      'prod@eu-west-1, prod@us-east-1',
      '  settings.BLOB_MOUNTING: DISABLED',
      '      registries.prod.settings.BLOB_MOUNTING (repos.yaml:7:36)',
      '      hides ENABLED, registries."*".settings.BLOB_MOUNTING (repos.yaml:6:35)',
    ])
  })

  test.each([
    ['payments/api', 'policyy', 'dev', '"policyy" is nothing that repos.yaml says. Did you mean "policy"?'],
    [
      'payments/api',
      'replication',
      'dev',
      '"replication" is nothing that repos.yaml says. Known: in, state, images,',
    ],
    [null, 'tags', 'dev', '"tags" is nothing that repos.yaml says. Known: policy, scanning, replication,'],
    ['prod/payments:v1', undefined, 'dev', '"prod/payments:v1" is not the name of a repository.'],
    ['payments/api', undefined, 'prd', 'repos.yaml names no account "prd"; did you mean "prod"?'],
  ])('%s %s at %s is refused', (repository, field, account, message) => {
    expect(() => shown(repository, field, account)).toThrow(message)
  })

  test('a file without accounts is explained as it stands', () => {
    const bare = parseEstate('version: 1\ndefaults: {tags: {a: "${account}"}}\n', 'repos.yaml')
    const {explanations} = explainSettings(bare, {repository: 'a/b', accounts: [], field: undefined})
    expect(explanations).toMatchObject([{registries: [], values: [{key: 'tags.a', value: '${account}'}]}])
  })
})
