import {describe, expect, test} from 'vitest'
import {resolveRegistry, resolveRepository} from '../../../src/lib/config/resolve.ts'
import {type Case, describeMalformed, v1} from './malformed.ts'
import {dev, east, parse, prod, tagsOf} from './places.ts'

describe('variables', () => {
  test('of the file and of the registry stand in texts and keys', () => {
    const text = `
vars: {org: o-a1b2c3, team: "core-\${region}"}
defaults: {tags: {o: "\${org}", where: "\${alias}/\${region}/\${account}", "for-\${alias}": "\${team}"}}
`
    expect(tagsOf(text, dev)).toEqual({
      o: 'o-a1b2c3',
      where: 'dev/eu-west-1/111111111111',
      'for-dev': 'core-eu-west-1',
    })
    expect(tagsOf(text, east)).toMatchObject({'for-prod': 'core-us-east-1'})
  })

  test('stand in every section that speaks of repositories and registries', () => {
    const estate = parse(`
vars: {v: x1, repo: team/app}
presets: {policy: {one: {statements: [{Sid: "\${v}\${alias}", Effect: Allow, Principal: {AWS: "\${account}"}, Action: "ecr:*"}]}}}
defaults: {policy: {use: one}}
match: [{names: ["\${alias}/**"], set: {tags: {m: "\${v}"}}}]
repositories: {"\${repo}": {in: ["dev", prod], tags: {own: "\${v}"}}}
registries:
  "*": {pullTimeExclusions: {"arn:aws:iam::\${account}:role/scan": true}}
overlays: {prod: {repositories: {team/app: {tags: {over: "\${account}"}}}}}
`)
    expect(resolveRepository(estate, prod, 'team/app').settings).toMatchObject({
      tags: {own: 'x1', over: '222222222222'},
      policy: {statements: [{Sid: 'x1prod', Principal: {AWS: '222222222222'}}]},
    })
    expect(resolveRepository(estate, prod, 'prod/a').settings.tags).toEqual({m: 'x1'})
    expect(resolveRepository(estate, dev, 'prod/a').settings.tags).toBeUndefined()
    expect(resolveRegistry(estate, dev).settings.pullTimeExclusions).toEqual({
      'arn:aws:iam::111111111111:role/scan': true,
    })
  })

  test("a statement of a level and one of another have the same Sid when their variables' texts say so", () => {
    const estate = parse(`
defaults: {policy: {statements: [{Sid: "for-\${alias}", Effect: Allow, Principal: "*", Action: "ecr:*"}]}}
overlays: {prod: {defaults: {policy: {statements: [{Sid: for-prod, Effect: Deny, Principal: "*", Action: "ecr:*"}]}}}}
`)
    const effects = (place: typeof dev) =>
      resolveRepository(estate, place, 'a').settings.policy?.statements?.map(({Effect}) => Effect)
    expect(effects(prod)).toEqual(['Deny'])
    expect(effects(dev)).toEqual(['Allow'])
  })

  test('make no two keys one at a registry in silence', () => {
    const text = 'repositories: {app: {tags: {"for-${alias}": one, for-prod: two}}}\n'
    expect(tagsOf(text, dev, 'app')).toEqual({'for-dev': 'one', 'for-prod': 'two'})
    expect(() => tagsOf(text, prod, 'app')).toThrow(
      'repos.yaml says "for-${alias}" and "for-prod" side by side, and both are "for-prod" in account 222222222222 in eu-west-1. Keep one.',
    )
  })

  test("those of IAM stay, and so does what is no variable's name", () => {
    const condition =
      '{StringLike: {"aws:username": ["${aws:username}", "${*}", "${Upper}", "$account", "{account}"]}}'
    const estate = parse(
      `defaults: {policy: {statements: [{Effect: Allow, Principal: "*", Action: "ecr:*", Condition: ${condition}}]}}`,
    )
    const [statement] = resolveRepository(estate, dev, 'a').settings.policy?.statements ?? []
    expect(JSON.stringify(statement?.['Condition'])).toBe(
      '{"StringLike":{"aws:username":["${aws:username}","${*}","${Upper}","$account","{account}"]}}',
    )
  })

  test('values may be variables where only some words are taken', () => {
    const estate = parse('vars: {mode: IMMUTABLE}\ndefaults: {tagMutability: "${mode}"}')
    expect(resolveRepository(estate, dev, 'a').settings.tagMutability).toEqual({
      mode: 'IMMUTABLE',
      except: [],
    })
  })

  test('the environment is not looked at', () => {
    process.env['gantry_secret'] = 'secret'
    expect(() => parse('defaults: {tags: {a: "${gantry_secret}"}}')).toThrow('is not a variable of this file')
  })

  test('a registry outside the file has no alias', () => {
    const estate = parse('defaults: {tags: {a: "${alias}"}}')
    expect(() => resolveRepository(estate, {account: '999999999999', region: 'eu-west-1'}, 'a')).toThrow(
      'repos.yaml says ${alias}, and has no account 999999999999 in eu-west-1. Add it under accounts.',
    )
  })

  test('sources are where the file has the text with the variable', () => {
    const estate = parse('vars: {v: x}\ndefaults: {tags: {"k-${v}-${alias}": "${v}"}}')
    expect(resolveRepository(estate, dev, 'a').sources().get('tags.k-x-dev')).toMatchObject({
      value: 'x',
      origin: {line: 7},
    })
  })
})

const wrong: readonly Case[] = [
  [
    'one that is not there',
    `${v1}vars: {org: o}\ndefaults: {tags: {a: "\${orgs}"}}\n`,
    '3:22 defaults.tags.a: ${orgs} is not a variable of this file. Did you mean "org"?',
  ],
  [
    'one that is not there, in a key',
    `${v1}registries: {"*": {pullTimeExclusions: {"arn:aws:iam::\${acount}:role/x": true}}}\n`,
    '2:41 registries."*".pullTimeExclusions."arn:aws:iam::${acount}:role/x": ${acount} is not a variable of this file. Did you mean "account"?',
  ],
  [
    'a value that its variable makes wrong',
    `${v1}vars: {role: nobody}\nregistries: {"*": {creationTemplates: {ROOT: {appliedFor: [REPLICATION], role: "\${role}"}}}}\n`,
    '3:80 registries."*".creationTemplates.ROOT.role: "nobody" is not a role\'s ARN. Write it as in arn:aws:iam::111111111111:role/name.',
  ],
  [
    'one that is no text',
    `${v1}vars: {org: 12}\n`,
    '2:13 vars.org: 12 is a number here, not text. Quote it: "12".',
  ],
  [
    'one of the file in another',
    `${v1}vars: {a: x, b: "\${a}"}\n`,
    '2:17 vars.b: ${a} stands in a variable, where only ${account}, ${region}, ${alias} may. Write its text out.',
  ],
  [
    'a name that is none',
    `${v1}vars: {Org: x}\n`,
    '2:8 vars.Org: "Org" is not the name of a variable. Use a lower-case letter, then letters, digits, - and _: org.',
  ],
  [
    'a key that is another one once it is filled in',
    `${v1}vars: {team: legacy}\nrepositories:\n  legacy: {tags: {a: b}}\n  "\${team}": {state: absent}\n`,
    '5:3 repositories."${team}": means "legacy", as in line 4. Keep one.',
  ],
  [
    'two that make a key which objects have already',
    `${v1}vars: {a: __pro, b: to__}\ndefaults: {tags: {"\${a}\${b}": x}}\n`,
    '3:19 defaults.tags."${a}${b}": means "__proto__", which cannot be a key. Choose another name.',
  ],
]

describeMalformed('a variable', wrong)
