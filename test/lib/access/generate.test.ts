import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {checkedPattern, policyOfAccount} from '../../../src/lib/access/choose.ts'
import {readCommands} from '../../../src/lib/access/commands.ts'
import {statementsOf} from '../../../src/lib/access/document.ts'
import {generatePolicies} from '../../../src/lib/access/generate.ts'
import {isWider, repositoryArns} from '../../../src/lib/access/resources.ts'
import {emptyEstate} from '../../../src/lib/config/estate.ts'
import {matchesRepository, matchesWildcards} from '../../../src/lib/config/match.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'

const reposOf = (promotions: string, more = '') =>
  parseEstate(
    `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1, profile: ci}
  prod: {id: "222222222222", region: us-east-1, role: "arn:aws:iam::222222222222:role/teams/release", profile: ci}
  web: {id: "333333333333", region: eu-west-1, role: {arn: "arn:aws:iam::333333333333:role/w", webIdentityTokenFile: /t}}
  shared: {id: "444444444444", region: eu-west-1, via: prod}
  other: {id: "222222222222", region: eu-west-1, via: prod}
${promotions}${more}`,
    'repos.yaml',
  )

const generate = (words: string, estate = reposOf('')) =>
  generatePolicies({commands: readCommands([words]), repositories: []}, estate)

const names = (words: string, promotions: string) =>
  generate(words, reposOf(promotions)).policies.map(({kind, name}) => `${kind} ${name}`)

const route = (to: string, repositories = '"a/**"') =>
  `promotions:\n  r: {from: dev, to: [${to}], repositories: [${repositories}]}\n`

describe('commands are read', () => {
  test('one after the other, each with its flags, as words or in one', () => {
    const wanted = [
      {name: 'promote', flags: new Set(['--gate', '--match'])},
      {name: 'lifecycle plan', flags: new Set(['--no-preview'])},
      {name: 'login', flags: new Set()},
    ]
    const words = ['promote', '--gate', 'lifecycle plan --no-preview', 'login', 'promote --match']
    expect(readCommands(words)).toEqual(wanted)
    expect(readCommands([words.join(' ')])).toEqual(wanted)
  })

  test.each([
    ['promoet', 'Did you mean "promote"?'],
    ['backfill', 'Name one: backfill start, backfill watch, backfill stop, backfill results.'],
    ['login --gate', '--gate does not change what login needs; none of its flags does.'],
    ['scan-gate --strat', 'those that do: --start.'],
    ['--gate', 'is no command that asks a registry'],
    [' ', 'Say which commands the policy is for'],
  ])('and "%s" is refused', (words, message) => {
    expect(() => readCommands([words])).toThrow(message)
  })
})

describe('the resources of a pattern', () => {
  const place = {account: '111111111111', region: 'eu-west-1'}
  const prefix = 'arn:aws:ecr:eu-west-1:111111111111:repository/'

  test.each([
    ['a/b', ['a/b']],
    ['a/**', ['a/*']],
    ['**', ['*']],
    ['**/api', ['api', '*/api']],
    ['a/**/b', ['a/b', 'a/*/b']],
    ['a/**/**', ['a/*']],
    ['a/*-api', ['a/*-api']],
  ])('%s', (pattern, wanted) => {
    expect(repositoryArns(place, pattern)).toEqual(wanted.map(name => prefix + name))
  })

  test('have the partition of the region', () => {
    expect(repositoryArns({...place, region: 'cn-north-1'}, 'a')[0]).toMatch(/^arn:aws-cn:ecr:cn-north-1:/)
  })

  test('mean every repository that the pattern means, and no more unless it is called wider', () => {
    const segment = fc.constantFrom('a', 'b', 'a-b', '*', 'a*', '**')
    const plain = fc.constantFrom('a', 'b', 'a-b', 'ab')
    const pattern = fc.array(segment, {minLength: 1, maxLength: 4}).map(parts => parts.join('/'))
    const name = fc.array(plain, {minLength: 1, maxLength: 4}).map(parts => parts.join('/'))
    fc.assert(
      fc.property(pattern, name, (wanted, repository) => {
        const isMeant = matchesRepository(wanted, repository)
        const isAllowed = repositoryArns(place, wanted).some(arn =>
          matchesWildcards(arn, prefix + repository),
        )
        expect(isAllowed).toBe(isWider(wanted) ? isAllowed || isMeant : isMeant)
      }),
      {numRuns: 2000},
    )
  })
})

describe('statements', () => {
  test('share resources that have the same actions, and leave out what a wider one allows', () => {
    const grants = [
      {action: 'ecr:B', resource: 'x/repository/a'},
      {action: 'ecr:A', resource: 'x/repository/a'},
      {action: 'ecr:B', resource: 'x/repository/b'},
      {action: 'ecr:A', resource: 'x/repository/b'},
      {action: 'ecr:C', resource: 'x/repository/b'},
      {action: 'ecr:C', resource: 'x/repository/*'},
      {action: 'ecr:C', resource: 'x/repository/*'},
    ]
    expect(statementsOf(grants)).toEqual([
      {
        Sid: 'Repositories',
        Effect: 'Allow',
        Action: ['ecr:A', 'ecr:B'],
        Resource: ['x/repository/a', 'x/repository/b'],
      },
      {Sid: 'Repositories2', Effect: 'Allow', Action: ['ecr:C'], Resource: ['x/repository/*']},
    ])
    expect(statementsOf(grants.toReversed())).toEqual(statementsOf(grants))
  })
})

describe('the policies', () => {
  test('are those of the accounts that routes lead from and to, and of who assumes their roles', () => {
    expect(names('promote', route('prod'))).toEqual(['identity dev', 'identity prod', 'assume-role ci'])
  })

  test('have no permission to assume a role by web identity, which its trust policy gives', () => {
    expect(names('promote', route('web'))).toEqual(['identity dev', 'identity web'])
  })

  test('have what owners add, where an account of another owner is asked', () => {
    expect(names('promote', route('shared'))).toEqual([
      'identity dev',
      'identity prod',
      'assume-role ci',
      'repository shared@eu-west-1/a/**',
    ])
    expect(names('promote', route('other'))).toEqual(['identity dev', 'identity prod', 'assume-role ci'])
  })

  test('let an identity of another account in by its role, and make repositories by the registry policy', () => {
    const {policies} = generate('promote --create-repositories', reposOf(route('shared')))
    const principal = {AWS: 'arn:aws:iam::222222222222:role/teams/release'}
    const registry = policies.find(({kind}) => kind === 'registry')
    expect(registry?.policy.Statement).toEqual([
      {
        Sid: 'GantryprodCreateRepository',
        Effect: 'Allow',
        Principal: principal,
        Action: ['ecr:CreateRepository'],
        Resource: ['arn:aws:ecr:eu-west-1:444444444444:repository/a/*'],
      },
    ])
    const repository = policies.find(({kind}) => kind === 'repository')
    expect(repository?.policy.Statement).toMatchObject([{Principal: principal}])
    expect(JSON.stringify(repository?.policy)).not.toMatch(/CreateRepository|GetAuthorizationToken/)
  })

  test('ask another owner for nothing that ECR tells its own account alone', () => {
    const {policies} = generate('replicate-status', reposOf(''))
    const prod = policies.find(({name}) => name === 'prod')
    expect(JSON.stringify(prod?.policy)).toContain('DescribeRegistry')
    const only = reposOf('promotions:\n  r: {from: shared, to: [dev], repositories: ["a"]}\n')
    expect(JSON.stringify(generate('promote', only))).not.toContain('DescribeRegistry')
  })

  test('have what repos.yaml says by itself: a gate of a route, repositories that are created', () => {
    const actions = (estate: ReturnType<typeof reposOf>) => JSON.stringify(generate('promote', estate))
    const plain = actions(reposOf(route('prod')))
    expect(plain).not.toMatch(/DescribeImageScanFindings|CreateRepository/)
    const gated = route('prod').replace(
      '}\n',
      ', gate: strict}\ngates:\n  strict: {failOn: {severity: high}}\n',
    )
    expect(actions(reposOf(gated))).toContain('DescribeImageScanFindings')
    const defaults = 'defaults:\n  promote: {createRepositories: true}\n'
    expect(actions(reposOf(route('prod'), defaults))).toContain('ecr:CreateRepository')
  })

  test('are for the repositories that are asked for, where a command has no routes', () => {
    const order = {commands: readCommands(['lifecycle apply']), repositories: ['a/**']}
    const text = JSON.stringify(generatePolicies(order, reposOf(route('prod'))))
    expect(text).toContain(':111111111111:repository/a/*')
    expect(text).not.toContain('repository/*')
  })

  test('that are too long, wider than their patterns or without routes have a warning each', () => {
    const many = Array.from({length: 200}, (_, n) => `"team/repository-${n}"`).join(', ')
    expect(generate('promote', reposOf(route('prod', many))).warnings).toEqual([
      expect.stringMatching(/^The policy for profile ci has \d{5} characters .* AWS takes 6144\./),
      expect.stringMatching(
        /^The policy for arn:aws:iam::222222222222:role\/teams\/release has \d{5} characters/,
      ),
    ])
    expect(generate('promote', reposOf(route('prod', '"a/*"'))).warnings).toEqual([
      expect.stringContaining('The * of "a/*" ends at a slash'),
    ])
    expect(generate('promote').warnings).toEqual([expect.stringContaining('has no promotions')])
    expect(generate('inventory').warnings).toEqual([])
  })

  test('tell what applying repos.yaml may need of other services, and only then', () => {
    const role = 'arn:aws:iam::111111111111:role/templates'
    const registries = `registries:
  "*": {settings: {BLOB_MOUNTING: ENABLED}, replication: null}
  dev: {creationTemplates: {ROOT: {appliedFor: [REPLICATION], role: "${role}"}, old: null}}
  prod: {creationTemplates: {ROOT: {appliedFor: [REPLICATION], role: "${role}"}}}
`
    expect(generate('repos apply', reposOf('', registries)).warnings).toEqual([
      expect.stringContaining('iam:CreateServiceLinkedRole'),
      expect.stringContaining(`iam:PassRole on it`),
    ])
    expect(generate('repos plan', reposOf('', registries)).warnings).toEqual([])
    const others = 'registries: {"*": {settings: {BLOB_MOUNTING: ENABLED}, replication: null}}\n'
    expect(generate('repos apply', reposOf('', others)).warnings).toEqual([])
  })

  test('need accounts', () => {
    expect(() => generate('login', emptyEstate)).toThrow('There is no repos.yaml that names accounts.')
  })
})

describe('the policy of one account', () => {
  const estate = reposOf(route('prod'))
  const all = generate('promote', estate)

  test('is alone, and how many others there are is said', () => {
    const {policies, warnings} = policyOfAccount(all, 'dev', estate)
    expect(policies.map(({name}) => name)).toEqual(['dev'])
    expect(warnings).toEqual(['2 other policies are needed, too; they are shown without --account.'])
  })

  test.each([
    ['nobody', 'repos.yaml names no account "nobody". It names dev, prod, web, shared, other.'],
    ['shared', 'shared is asked with the credentials of prod. Use --account prod.'],
    ['web', 'web needs no permissions for that'],
  ])('of %s is refused', (alias, message) => {
    expect(() => policyOfAccount(all, alias, estate)).toThrow(message)
  })

  test('is for patterns of repositories alone', () => {
    expect(checkedPattern('a/**')).toBe('a/**')
    expect(() => checkedPattern('A b')).toThrow('--repository "A b" is no pattern of repositories')
  })
})
