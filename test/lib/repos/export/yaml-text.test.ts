import * as fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {toYamlText} from '../../../../src/lib/repos/export/yaml-text.ts'
import {cases} from '../../lifecycle/arbitraries.ts'

const textOf = (value: unknown) => toYamlText(new Map([['value', value as never]]), ['A header.'])

describe('a text', () => {
  test.each([
    'no',
    'Yes',
    '~',
    'null',
    '012',
    '0x1f',
    '1e5',
    '1_000',
    '12:30:45',
    '2012-10-17',
    '.inf',
    '=',
    '',
    ' x',
  ])('that looks like something else is quoted: %j', text => {
    expect(textOf(text)).toMatch(/^value: "/m)
    for (const version of ['1.1', '1.2'] as const)
      expect(parse(textOf(text), {version})).toEqual({value: text})
  })

  test.each([
    ['\u001b[31mred', String.raw`"\e[31mred"`],
    ['\u202eevil', String.raw`"\u202eevil"`],
    ['\u0085', String.raw`"\u0085"`],
    ['x\u2028y', String.raw`"x\u2028y"`],
    ['##[group]', String.raw`"#\u0023[group]"`],
    ['::set-env x', '"::set-env x"'],
    [
      `a first line of more than forty characters\n::error x`,
      String.raw`"a first line of more than forty characters\n::error x"`,
    ],
  ])('that a terminal or a log obeys is escaped: %j', (text, shown) => {
    const yaml = textOf(text)
    expect(yaml.toLowerCase()).toContain(`value: ${shown}`.toLowerCase())
    expect(parse(yaml)).toEqual({value: text})
  })
})

test('whatever is written is read as the same, and shows letters alone', () => {
  const texts = fc.oneof(fc.string({unit: 'grapheme'}), fc.string({unit: 'binary'}), fc.string())
  const long = fc.array(texts, {maxLength: 20}).map(parts => parts.join('\n'))
  const values = fc.letrec(tie => ({
    value: fc.oneof(
      {maxDepth: 3},
      fc.oneof(texts, long, fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie('value'), {maxLength: 4}),
      fc.dictionary(
        fc.oneof(texts, long).filter(key => key !== '__proto__'),
        tie('value'),
        {maxKeys: 4, noNullPrototype: true},
      ),
    ),
  })).value
  fc.assert(
    fc.property(values, value => {
      const yaml = textOf(value)
      expect(parse(yaml)).toEqual({value})
      expect(yaml).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]|##\[|^\s*::/mu)
    }),
    cases(200),
  )
})
