import {describe, expect, test} from 'vitest'
import {millisecondsOf} from '../../../src/lib/config/duration.ts'
import {type Gate, gateDefaults, gatePolicy} from '../../../src/lib/config/gates.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'

const gateOf = (fields: string, file = 'repos.yaml'): Gate => {
  const gate = parseEstate(`{version: 1, gates: {strict: {${fields}}}}`, file).gates.get('strict')
  if (gate === undefined) throw new Error('no gate')
  return gate
}

describe('a gate of repos.yaml', () => {
  test('has the defaults for what it does not say', () => {
    expect(gateOf('')).toEqual({
      name: 'strict',
      policy: gateDefaults,
      origin: {file: 'repos.yaml', line: 1, column: 22},
    })
  })

  test('has all that it says, in plain values', () => {
    const {policy} = gateOf(
      'failOn: {severity: medium, fixable: true, cvss: 7.0, exploitable: true}, most: {critical: 0, high: 3}, unratedAs: low, grace: 2w, packages: ["lib*"], paths: ["app/**"], onUnsupported: warn, wait: 15m, ignores: [a.yaml], vex: [b.json], report: medium',
    )
    expect(policy).toEqual({
      failOn: {severity: 'medium', fixable: true, cvss: 7, exploitable: true},
      most: {critical: 0, high: 3},
      unratedAs: 'low',
      graceMs: 14 * 86_400_000,
      packages: ['lib*'],
      paths: ['app/**'],
      onUnsupported: 'warn',
      waitMs: 900_000,
      ignores: ['a.yaml'],
      vex: ['b.json'],
      report: 'medium',
    })
  })

  test('has no threshold when it only counts', () => {
    expect(gateOf('most: {critical: 0}').policy.failOn).toEqual({
      severity: null,
      fixable: false,
      exploitable: false,
    })
    expect(gateOf('most: {critical: 0}, failOn: {fixable: true}').policy.failOn).toEqual({
      severity: null,
      fixable: true,
      exploitable: false,
    })
  })

  test('takes files from the folder of repos.yaml', () => {
    const {policy} = gateOf(
      'ignores: [.gantry-ignores.yaml, /etc/org.yaml], vex: [vex/a.json]',
      '../infra/repos.yaml',
    )
    expect(policy.ignores.map(slashes)).toEqual(['../infra/.gantry-ignores.yaml', '/etc/org.yaml'])
    expect(policy.vex.map(slashes)).toEqual(['../infra/vex/a.json'])
  })

  test('is what a promotion names', () => {
    const text =
      '{version: 1, accounts: {a: {id: "111111111111", region: eu-west-1}, b: {id: "222222222222", region: eu-west-1}}, promotions: {r: {from: a, to: [b], gate: strict}}, gates: {strict: {}}}'
    expect(parseEstate(text, 'repos.yaml').promotions.get('r')?.gate).toBe('strict')
  })
})

describe('flags', () => {
  const gate = gateOf('failOn: {severity: medium, fixable: true}, packages: [a], ignores: [a.yaml], wait: 1m')

  test('without any, and without a gate, are the defaults', () => {
    expect(gatePolicy(undefined, {})).toEqual(gateDefaults)
  })

  test('without any are the gate', () => {
    expect(gatePolicy(gate, {})).toEqual(gate.policy)
    expect(gatePolicy(gate, {failOn: undefined, cvss: undefined, most: undefined})).toEqual(gate.policy)
  })

  test('win over the gate, each by itself, and files are added', () => {
    const policy = gatePolicy(gate, {failOn: 'low', cvss: 9, packages: ['b'], ignores: ['b.yaml', 'a.yaml']})
    expect(policy).toEqual({
      ...gate.policy,
      failOn: {severity: 'low', fixable: true, exploitable: false, cvss: 9},
      packages: ['b'],
      ignores: ['a.yaml', 'b.yaml'],
    })
  })

  test('that only count have no threshold, unless one is said', () => {
    expect(gatePolicy(undefined, {most: {high: 3}}).failOn.severity).toBeNull()
    expect(gatePolicy(undefined, {most: {high: 3}, failOn: 'critical'}).failOn.severity).toBe('critical')
    expect(gatePolicy(gate, {most: {high: 3}}).failOn.severity).toBe('medium')
    expect(gatePolicy(undefined, {most: {}})).toEqual(gateDefaults)
  })

  test('that count one severity leave the numbers of the others', () => {
    const counting = gateOf('most: {critical: 0, high: 3}')
    expect(gatePolicy(counting, {most: {high: 5}}).most).toEqual({critical: 0, high: 5})
    expect(gatePolicy(counting, {most: {}}).most).toEqual({critical: 0, high: 3})
  })
})

test.each([
  ['0d', 0],
  ['90s', 90_000],
  ['15m', 900_000],
  ['36h', 129_600_000],
  ['14d', 1_209_600_000],
  ['2w', 1_209_600_000],
  ['014d', undefined],
  ['14', undefined],
  ['14 d', undefined],
  ['-1d', undefined],
  ['1.5h', undefined],
  ['9999999s', undefined],
  ['', undefined],
  [14, undefined],
])('the duration %s is %s ms', (text, milliseconds) => {
  expect(millisecondsOf(text)).toBe(milliseconds)
})

function slashes(path: string): string {
  return path.replaceAll('\\', '/')
}
