import {describe, expect, test} from 'vitest'
import {resolveRegistry} from '../../../src/lib/config/resolve.ts'
import {dev, east, parse, prod, via} from './places.ts'

describe('a registry', () => {
  test('is told what is said of all, of its account, and of its account and region', () => {
    const text = `
registries:
  "*":
    settings: {A: all, B: all, C: all}
    replication: {rules: [{prefixes: [aa, bb], to: [ap-south-1]}, {to: [us-west-2]}]}
    signing: {rules: [{profile: "arn:aws:signer:eu-west-1:111111111111:/signing-profiles/one", repositories: [a]}]}
    pullThroughCache: {hub: {upstream: registry-1.docker.io, upstreamPrefix: library}, quay: {upstream: quay.io}}
    scanning: {type: ENHANCED, onPush: [a, b]}
  prod:
    settings: {B: prod, C: prod}
    replication: {rules: [{prefixes: [bb, aa], to: [eu-north-1]}, {prefixes: [cc], to: [eu-north-1]}], exclusive: true}
    signing: {rules: [{profile: "arn:aws:signer:eu-west-1:111111111111:/signing-profiles/one", state: absent}]}
    pullThroughCache: {hub: {upstream: docker.io}, quay: null}
    scanning: {onPush: [c]}
  prod@us-east-1: {settings: {C: east}, replication: null}
`
    const estate = parse(text)
    expect(resolveRegistry(estate, dev).settings.settings).toEqual({A: 'all', B: 'all', C: 'all'})
    const {replication, signing, pullThroughCache, scanning, settings} = resolveRegistry(
      estate,
      prod,
    ).settings
    expect(settings).toEqual({A: 'all', B: 'prod', C: 'prod'})
    expect(replication).toEqual({
      rules: [
        {prefixes: ['bb', 'aa'], to: ['eu-north-1']},
        {to: ['us-west-2']},
        {prefixes: ['cc'], to: ['eu-north-1']},
      ],
      exclusive: true,
    })
    expect(signing?.rules).toEqual([
      {profile: 'arn:aws:signer:eu-west-1:111111111111:/signing-profiles/one', state: 'absent'},
    ])
    expect(pullThroughCache).toEqual({hub: {upstream: 'docker.io', upstreamPrefix: 'library'}, quay: null})
    expect(scanning).toEqual({type: 'ENHANCED', onPush: ['c']})
    expect(resolveRegistry(estate, east).settings).toMatchObject({settings: {C: 'east'}, replication: null})
  })

  test('of an account with other credentials is told nothing', () => {
    const text = 'registries: {"*": {settings: {A: b}}}'
    expect(resolveRegistry(parse(text), via).settings).toEqual({})
    expect(resolveRegistry(parse(text), prod).settings).toEqual({settings: {A: 'b'}})
  })

  test('may have templates by names that are keys elsewhere', () => {
    const template = '{appliedFor: [REPLICATION], tags: {a: b}}'
    const text = `registries: {"*": {creationTemplates: {lifecycle: ${template}}}, dev: {creationTemplates: {lifecycle: {appliedFor: [CREATE_ON_PUSH]}}}}`
    expect(resolveRegistry(parse(text), dev).settings.creationTemplates).toEqual({
      lifecycle: {appliedFor: ['CREATE_ON_PUSH'], tags: {a: 'b'}},
    })
  })
})
