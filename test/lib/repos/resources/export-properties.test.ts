import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {emptyEstate} from '../../../../src/lib/config/estate.ts'
import type {PullThroughCacheSetting, SigningSetting} from '../../../../src/lib/config/settings.ts'
import {pullThroughCache} from '../../../../src/lib/repos/resources/pull-through-cache.ts'
import {type LiveSigning, signing} from '../../../../src/lib/repos/resources/signing.ts'

const registry = {
  label: 'dev@eu-west-1',
  host: '111111111111.dkr.ecr.eu-west-1.amazonaws.com',
  account: '111111111111',
  region: 'eu-west-1',
}
const where = {registry, estate: emptyEstate}

const profile = fc
  .constantFrom('a', 'b', 'c')
  .map(name => `arn:aws:signer:eu-west-1:111111111111:/signing-profiles/${name}`)
const patterns = fc.uniqueArray(fc.constantFrom('prod/*', 'team/*', '*', 'app'), {maxLength: 4})
const liveSigning: fc.Arbitrary<LiveSigning> = fc
  .dictionary(
    profile,
    patterns.map(each => each.toSorted()),
    {minKeys: 1},
  )
  .map(rules => ({rules}))
const text = fc.constantFrom('one', 'two')
const rule: fc.Arbitrary<PullThroughCacheSetting> = fc.record(
  {upstream: text, kind: text, upstreamPrefix: text, credential: text, role: text},
  {requiredKeys: ['upstream']},
)

describe('signing', () => {
  test('what is exported changes nothing, also when it is all there may be', () => {
    fc.assert(
      fc.property(liveSigning, live => {
        const exported = signing.export(live, where) ?? null
        for (const setting of [exported, {...exported, exclusive: true}] as SigningSetting[]) {
          const {state, blocked} = signing.desired(setting, live, where)
          expect(blocked).toBeUndefined()
          expect(signing.diff(live, state)).toEqual([])
        }
      }),
    )
  })

  test('the order of rules and of patterns makes no difference', () => {
    const shuffled = liveSigning.chain(live =>
      fc
        .shuffledSubarray(Object.entries(live.rules), {minLength: Object.keys(live.rules).length})
        .map(entries => ({live, rules: entries.map(([key, all]) => [key, all.toReversed()] as const)})),
    )
    fc.assert(
      fc.property(shuffled, ({live, rules}) => {
        const setting = {rules: rules.map(([key, repositories]) => ({profile: key, repositories}))}
        expect(signing.diff(live, signing.desired(setting, live, where).state)).toEqual([])
      }),
    )
  })

  test('what is wanted is wanted no more once it is there', () => {
    fc.assert(
      fc.property(liveSigning, fc.option(liveSigning), (wanted, live) => {
        const setting = signing.export(wanted, where) ?? null
        const {state} = signing.desired(setting, live, where)
        expect(signing.diff(state, signing.desired(setting, state, where).state)).toEqual([])
        for (const [key, value] of Object.entries(wanted.rules)) expect(state?.rules[key]).toEqual(value)
        for (const key of Object.keys(live?.rules ?? {})) expect(state?.rules).toHaveProperty([key])
      }),
    )
  })

  test('each change of a value is found', () => {
    fc.assert(
      fc.property(liveSigning, liveSigning, (one, other) => {
        const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
        expect(signing.diff(one, other).length === 0).toBe(isSame)
      }),
    )
  })
})

function sorted({rules}: LiveSigning): unknown {
  return Object.entries(rules).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

describe('a pull-through cache rule', () => {
  test('that is exported changes nothing', () => {
    fc.assert(
      fc.property(rule, live => {
        const {state, blocked} = pullThroughCache.desired(
          pullThroughCache.export(live, where) ?? null,
          live,
          where,
        )
        expect(blocked).toBeUndefined()
        expect(pullThroughCache.diff(live, state)).toEqual([])
      }),
    )
  })

  test('is blocked just when what is fixed differs, and all that differs is shown', () => {
    fc.assert(
      fc.property(rule, rule, (live, setting) => {
        const {state, blocked} = pullThroughCache.desired(setting, live, where)
        const differs = (keys: readonly (keyof PullThroughCacheSetting)[]) =>
          keys.filter(key => setting[key] !== undefined && setting[key] !== live[key])
        expect(blocked !== undefined).toBe(differs(['upstream', 'kind', 'upstreamPrefix']).length > 0)
        expect(pullThroughCache.diff(live, state).map(({path}) => path)).toEqual(
          differs(['upstream', 'kind', 'upstreamPrefix', 'credential', 'role']),
        )
      }),
    )
  })

  test('that ECR has completed is as it was wanted', () => {
    fc.assert(
      fc.property(rule, rule, (setting, told) => {
        const {state} = pullThroughCache.desired(setting, null, where)
        expect(pullThroughCache.diff({...told, ...state, upstream: setting.upstream}, state)).toEqual([])
      }),
    )
  })
})
