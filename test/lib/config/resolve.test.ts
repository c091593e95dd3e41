import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {isMeantAt, resolveRepository} from '../../../src/lib/config/resolve.ts'
import {allow, dev, east, parse, prod, sidsOf, tagsOf} from './places.ts'

describe('the levels of a repository', () => {
  test('are the defaults, match in the order written, and its own, each with overlays that win over it', () => {
    const text = `
defaults: {tags: {a: d, b: d, c: d, d: d, e: d, f: d, g: d}}
match:
  - {names: ["a/**"], set: {tags: {d: m1, e: m1}}}
  - {names: ["**"], set: {tags: {e: m2, f: m2}}}
  - {names: ["x/**"], set: {tags: {a: not here}}}
repositories: {a/b: {tags: {g: own}}, a/c: {tags: {a: not me}}}
overlays:
  prod: {defaults: {tags: {b: o, c: o, d: o}}, repositories: {a/b: {tags: {f: o}}}}
  prod@us-east-1: {defaults: {tags: {c: east}}, match: [{names: [a/b], set: {tags: {e: east, g: east}}}]}
  dev: {defaults: {tags: {a: dev}}}
`
    expect(tagsOf(text, prod)).toEqual({a: 'd', b: 'o', c: 'o', d: 'm1', e: 'm2', f: 'o', g: 'own'})
    expect(tagsOf(text, east)).toEqual({a: 'd', b: 'o', c: 'east', d: 'm1', e: 'east', f: 'o', g: 'own'})
    expect(tagsOf(text, dev)).toMatchObject({a: 'dev', b: 'd'})
  })

  test('stand above creation templates that apply to what exists: the longest prefix, ROOT for the rest', () => {
    const text = `
registries:
  "*":
    creationTemplates:
      ROOT: {appliedFor: [REPLICATION], tags: {t: root}, applyToExisting: true}
      team: {appliedFor: [REPLICATION], tags: {t: team, d: team, m: team}, applyToExisting: true}
      team/web/: {appliedFor: [REPLICATION], tags: {t: web}, applyToExisting: true}
      team/own: {appliedFor: [REPLICATION], tags: {t: own}}
  prod: {creationTemplates: {team/web/: null, team: {appliedFor: [REPLICATION], tags: {t: prod}}}}
defaults: {tags: {d: default}}
match: [{names: ["team/*"], set: {tags: {m: match}}}]
`
    expect(tagsOf(text, dev, 'other')).toEqual({t: 'root', d: 'default'})
    expect(tagsOf(text, dev, 'team/api')).toEqual({t: 'team', d: 'team', m: 'match'})
    expect(tagsOf(text, dev, 'team/web/x')).toEqual({t: 'web', d: 'default'})
    expect(tagsOf(text, prod, 'team/web/x')).toEqual({t: 'prod', d: 'team', m: 'team'})
    // ECR takes the most specific template, and this one is for new repositories alone.
    expect(tagsOf(text, dev, 'team/own/x')).toEqual({d: 'default'})
    // A prefix is of whole segments.
    expect(tagsOf(text, dev, 'teams/api')).toEqual({t: 'root', d: 'default'})
  })

  test('templates do not say how what exists is encrypted', () => {
    const text =
      'registries: {dev: {creationTemplates: {ROOT: {appliedFor: [REPLICATION], encryption: KMS, tagMutability: MUTABLE, applyToExisting: true}}}}'
    expect(resolveRepository(parse(text), dev, 'a').settings).toEqual({
      tagMutability: {mode: 'MUTABLE', except: []},
    })
  })

  test('encryption, mutability and lifecycle policies are one value each', () => {
    const text = `
defaults:
  encryption: {type: KMS, key: alias/a}
  tagMutability: {mode: IMMUTABLE_WITH_EXCLUSION, except: [a]}
  lifecycle: {keep: [{tags: a}]}
repositories: {a/b: {encryption: {type: KMS}, tagMutability: MUTABLE, lifecycle: {expire: [{any: true, keepLast: 1}]}}}
`
    const {encryption, tagMutability, lifecycle} = resolveRepository(parse(text), dev, 'a/b').settings
    expect(encryption).toEqual({type: 'KMS'})
    expect(tagMutability).toEqual({mode: 'MUTABLE', except: []})
    expect(lifecycle?.value).toMatchObject({keep: [], expire: [{limit: 1}]})
  })

  test('null removes what weaker levels say, and what is said after it starts anew', () => {
    const text = `
defaults: {policy: {statements: [${allow('D')}]}, tags: {a: d}}
match:
  - {names: ["a/**"], set: {policy: null, tags: {a: null}}}
  - {names: ["a/b"], set: {policy: {statements: [${allow('B')}]}}}
`
    expect(resolveRepository(parse(text), dev, 'a/x').settings).toEqual({policy: null, tags: {a: null}})
    expect(sidsOf(text)).toEqual(['B'])
    expect(sidsOf(text, dev, 'c')).toEqual(['D'])
  })
})

describe('answers', () => {
  const estate = parse(`
defaults: {tags: {a: b}, policy: {statements: [${allow('D')}]}}
match: [{names: ["payments/**"], set: {tags: {a: c}}}]
repositories: {own/app: {tags: {a: d}}}
`)
  test('are shared by repositories of which the same is said', () => {
    const answers = (prefix: string) =>
      new Set(Array.from({length: 1000}, (_, n) => resolveRepository(estate, prod, `${prefix}/r${n}`)))
    expect(answers('payments').size).toBe(1)
    expect(new Set([...answers('payments'), ...answers('other')]).size).toBe(2)
  })

  test('share what their own entries do not change', () => {
    const own = resolveRepository(estate, prod, 'own/app').settings
    expect(own.tags).toEqual({a: 'd'})
    expect(own.policy?.statements).toBe(resolveRepository(estate, prod, 'other').settings.policy?.statements)
  })
})

test.each([
  [undefined, [true, true, true]],
  [['dev'], [true, false, false]],
  [['prod'], [false, true, true]],
  [
    ['prod@us-east-1', 'dev@eu-west-1'],
    [true, false, true],
  ],
])('a repository with in %s is meant there alone', (places, expected) => {
  const settings = places === undefined ? {} : {in: places}
  expect([dev, prod, east].map(place => isMeantAt(settings, place))).toEqual(expected)
  expect(isMeantAt(settings, {account: '999999999999', region: 'eu-west-1'})).toBe(places === undefined)
})

test('a registry of two accounts has what is said of the first, by whichever it is asked', () => {
  const estate = parseEstate(
    `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  ci: {id: "111111111111", regions: [eu-west-1, us-east-1]}
defaults: {tags: {where: "\${alias}"}}
overlays: {dev: {defaults: {tags: {team: own}}}}
`,
    'repos.yaml',
  )
  const tagsAt = (region: string, alias: string) =>
    resolveRepository(estate, {account: '111111111111', region, alias}, 'app').settings.tags
  expect(tagsAt('eu-west-1', 'ci')).toEqual({where: 'dev', team: 'own'})
  expect(tagsAt('eu-west-1', 'dev')).toEqual({where: 'dev', team: 'own'})
  expect(tagsAt('us-east-1', 'ci')).toEqual({where: 'ci'})
})
