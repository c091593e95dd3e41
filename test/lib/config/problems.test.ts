import {describe, expect, test} from 'vitest'
import {account, linesOf, twoAccounts, v1} from './malformed.ts'

describe('several problems', () => {
  test('are shown at once, in the order of the file, faults of shape and of meaning together', () => {
    const text = `${twoAccounts}  b: {from: dev, to: [qa], imutable: true}\n  a: {from: 5, to: []}\ndefaults: {promote: {concurrency: 99}}\n`
    expect(linesOf(text)).toEqual([
      'repos.yaml:6:23 promotions.b.to[0]: "qa" is not an account of this file. Add it under accounts, or name one that is there.',
      'repos.yaml:6:28 promotions.b: "imutable" is not a known key. Did you mean "immutable"?',
      'repos.yaml:7:13 promotions.a.from: 5 is a number here, not text. Quote it: "5".',
      'repos.yaml:7:20 promotions.a.to: is an empty list. Write at least one.',
      'repos.yaml:8:35 defaults.promote.concurrency: 99 is too many. Use 1 to 64.',
    ])
  })

  test('beyond twenty are counted', () => {
    const lines = linesOf(v1 + Array.from({length: 33}, (_, index) => `key${index}: 1\n`).join(''))
    expect(lines).toHaveLength(21)
    expect(lines[19]).toMatch(/^repos\.yaml:21:1 /)
    expect(lines[20]).toBe('and 13 more')
  })

  test('of a value that was refused as YAML are not told twice', () => {
    expect(linesOf(`${v1}accounts:\n  dev: {id: !!int "5", region: eu-west-1}\n`)).toHaveLength(1)
  })
})

test('a byte order mark and carriage returns do not move positions', () => {
  expect(linesOf('\uFEFFversion: 1\r\nacounts: {}\r\n')).toEqual([
    'repos.yaml:2:1 "acounts" is not a known key. Did you mean "accounts"?',
  ])
})

test('a long value is cut in the message', () => {
  const [line = ''] = linesOf(account(`region: ${'x'.repeat(5000)}`))
  expect(line.length).toBeLessThan(200)
})
