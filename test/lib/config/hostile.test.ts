import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {ConfigError} from '../../../src/lib/config/problems.ts'
import {decodeText} from '../../../src/lib/config/text.ts'

const untouched = Reflect.ownKeys(Object.prototype)

/** What the answer to the text has wrong: lines without a place, an error that is no user's, a changed prototype. */
function faultsOf(text: string): unknown[] {
  const faults: unknown[] = []
  try {
    parseEstate(text, 'repos.yaml')
  } catch (error) {
    if (!(error instanceof ConfigError)) return [error]
    const good = /^repos\.yaml:\d+:\d+ \S[^\r\n]*$|^and \d+ more$/
    faults.push(...[error.message, ...error.hints].filter(line => !good.test(line)))
  }
  faults.push(...Reflect.ownKeys(Object.prototype).filter(key => !untouched.includes(key)))
  return faults
}

/** The text of bytes that are UTF-8, else nothing. */
function decoded(bytes: Uint8Array): string {
  try {
    return decodeText(bytes, 'repos.yaml')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return ''
  }
}

const word = fc.constantFrom(
  ...'version accounts promotions defaults promote dev id region regions role via from to tags'.split(' '),
  ...'repositories __proto__ constructor prototype toString << 1 ~ eu-west-1 012345678901 1e3 yes true'.split(
    ' ',
  ),
  ...`.nan null '' "111111111111" 2026-11-21`.split(' '),
)
const indicator = fc.constantFrom(
  ...': : - ? [ ] { } , & * ! | > " \' # @ ` % --- ... &a *a !!str !x %YAML'.split(' '),
)
const space = fc.constantFrom(' ', '\n', '\n  ', '\n    ', '\t', '\r\n', '\uFEFF', '\0', '\u2028')
const json = fc.letrec<{node: unknown}>(tie => ({
  node: fc.oneof(
    {maxDepth: 5},
    fc.constantFrom<unknown>(1, 8, 0.5, true, null, '', 'dev', 'eu-west-1', '111111111111', 'v*'),
    fc.array(tie('node'), {maxLength: 4}),
    fc.dictionary(word, tie('node'), {maxKeys: 5, noNullPrototype: true}),
  ),
})).node

describe('whatever the file holds, the answer is an estate or one line per problem', () => {
  test('random text', () => {
    const texts = fc.string({unit: 'binary', maxLength: 200})
    fc.assert(
      fc.property(texts, text => {
        expect(faultsOf(text)).toEqual([])
      }),
    )
  })

  test('pieces of YAML in any order', () => {
    const texts = fc
      .array(fc.oneof(word, indicator, space), {maxLength: 60})
      .map(pieces => `version: 1\n${pieces.join('')}`)
    fc.assert(
      fc.property(texts, text => {
        expect(faultsOf(text)).toEqual([])
      }),
      {numRuns: 1500},
    )
  })

  test('well-formed documents of any shape', () => {
    const texts = json.map(value => JSON.stringify({version: 1, accounts: value}))
    fc.assert(
      fc.property(texts, text => {
        expect(faultsOf(text)).toEqual([])
      }),
    )
  })

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), bytes => {
        expect(faultsOf(decoded(bytes))).toEqual([])
      }),
    )
  })

  test.each([
    [
      'nine levels of aliases',
      Array.from({length: 9}, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`).join('\n'),
    ],
    ['nested mappings without end', '{a: '.repeat(20_000)],
    ['nested blocks', Array.from({length: 500}, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['explicit keys in keys', '? '.repeat(20_000)],
    ['closing brackets', ']'.repeat(20_000)],
    ['one long key', `${'k'.repeat(500_000)}: {a: {b: {c: 1}}}`],
    ['many keys', Array.from({length: 10_000}, (_, i) => `k${i}: ${i}`).join('\n')],
  ])('%s', (_, text) => {
    expect(() => parseEstate(`version: 1\n${text}`, 'repos.yaml')).toThrow(ConfigError)
  })
})

test('keys that reach for a prototype change no object', () => {
  for (const text of [
    '__proto__: {polluted: true}',
    '"__proto__": {polluted: true}',
    'accounts: {__proto__: {polluted: true}}',
    'constructor: {prototype: {polluted: true}}',
    'accounts: {a: {id: "111111111111", region: eu-west-1, __proto__: {profile: evil}}}',
  ]) {
    expect(() => parseEstate(`version: 1\n${text}\n`, 'repos.yaml')).toThrow(ConfigError)
  }
  expect(Reflect.ownKeys(Object.prototype)).toEqual(untouched)
})
