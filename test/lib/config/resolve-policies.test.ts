import {describe, expect, test} from 'vitest'
import {resolveRegistry, resolveRepository} from '../../../src/lib/config/resolve.ts'
import {allow, dev, parse, sidsOf} from './places.ts'

describe('policies', () => {
  const presets = `
presets:
  policy:
    one: {version: "2012-10-17", statements: [${allow('One')}, ${allow('Both')}]}
    two: {statements: [{Sid: Both, Effect: Deny, Principal: "*", Action: "ecr:*"}]}
`
  test('take the statements of presets first; what is written wins over them by Sid', () => {
    const text = `${presets}
defaults: {policy: {use: [one, two], statements: [${allow('D')}]}}
repositories: {a/b: {policy: {statements: [{Sid: D, Effect: Deny, Principal: "*", Action: "*"}, ${allow('Own')}]}}}
`
    const {policy} = resolveRepository(parse(text), dev, 'a/b').settings
    expect(policy).toEqual({
      version: '2012-10-17',
      statements: [
        {Sid: 'One', Effect: 'Allow', Principal: '*', Action: 'ecr:*'},
        {Sid: 'Both', Effect: 'Deny', Principal: '*', Action: 'ecr:*'},
        {Sid: 'D', Effect: 'Deny', Principal: '*', Action: '*'},
        {Sid: 'Own', Effect: 'Allow', Principal: '*', Action: 'ecr:*'},
      ],
    })
  })

  test('a stronger list of presets replaces the weaker', () => {
    const text = `${presets}
defaults: {policy: {use: one}}
repositories: {a/b: {policy: {use: two}}, a/c: {policy: {use: []}}}
`
    expect(sidsOf(text)).toEqual(['Both'])
    expect(sidsOf(text, dev, 'a/c')).toBeUndefined()
    expect(sidsOf(text, dev, 'x')).toEqual(['One', 'Both'])
  })

  test('statements without a Sid stand beside all others', () => {
    const nameless = '{Effect: Allow, Principal: "*", Action: "ecr:*"}'
    const text = `defaults: {policy: {statements: [${nameless}]}}\nrepositories: {a/b: {policy: {statements: [${nameless}]}}}`
    expect(sidsOf(text)).toEqual([undefined, undefined])
  })

  test('of registries and of templates use presets, too', () => {
    const text = `${presets}
registries: {dev: {policy: {use: one}, creationTemplates: {ROOT: {appliedFor: [REPLICATION], policy: {use: two}}}}}
`
    const {policy, creationTemplates} = resolveRegistry(parse(text), dev).settings
    expect(policy?.statements).toHaveLength(2)
    expect(creationTemplates?.['ROOT']?.policy?.statements).toHaveLength(1)
  })
})
