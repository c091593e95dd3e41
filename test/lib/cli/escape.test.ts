import {parseXml} from '@rgrove/parse-xml'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {
  escapeDeep,
  escapeMarkdown,
  escapeText,
  escapeWorkflowData,
  escapeWorkflowLog,
  escapeWorkflowProperty,
  escapeXml,
  toSafeJson,
} from '../../../src/lib/cli/escape.ts'

/** What a terminal may act on, one code point at a time: everything below U+00A0 that is no letter, and bidi controls. */
function isDangerous(codePoint: number): boolean {
  return (
    codePoint < 0x20 ||
    (codePoint >= 0x7f && codePoint < 0xa0) ||
    [0x200e, 0x200f, 0x061c, 0x2028, 0x2029].includes(codePoint) ||
    (codePoint >= 0x202a && codePoint <= 0x202e) ||
    (codePoint >= 0x2066 && codePoint <= 0x2069)
  )
}

const codePoints = (text: string) => Array.from(text, character => character.codePointAt(0) ?? 0)

describe('text for a terminal', () => {
  test.each([
    ['\u001b]0;owned\u0007', String.raw`\u{1b}]0;owned\u{7}`],
    ['\u001b[2K', String.raw`\u{1b}[2K`],
    ['ok\rError', String.raw`ok\u{d}Error`],
    ['a\nb\tc', String.raw`a\u{a}b\u{9}c`],
    ['\u009b31m', String.raw`\u{9b}31m`],
    ['del\u007f', String.raw`del\u{7f}`],
    ['gpj.\u202etxt', String.raw`gpj.\u{202e}txt`],
    ['a\u2066b\u2069\u200e', String.raw`a\u{2066}b\u{2069}\u{200e}`],
    ['half \ud800 pair', String.raw`half \u{d800} pair`],
  ])('%j shows as what it is', (hostile, shown) => {
    expect(escapeText(hostile)).toBe(shown)
  })

  test('leaves letters of every script and emoji alone', () => {
    expect(escapeText('naïve 東京 שלום 🚀 a→b')).toBe('naïve 東京 שלום 🚀 a→b')
  })

  test('no text keeps a dangerous character', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), text => {
        expect(codePoints(escapeText(text)).some(isDangerous)).toBe(false)
      }),
    )
  })

  test('reaches every string of a value, keys too, and keeps everything else', () => {
    const when = new Date(0)
    expect(escapeDeep({'a\n': ['b\r', {c: 'd\u001b'}], n: 1, none: null, when})).toEqual({
      [String.raw`a\u{a}`]: [String.raw`b\u{d}`, {c: String.raw`d\u{1b}`}],
      n: 1,
      none: null,
      when,
    })
  })
})

describe('JSON', () => {
  test('says the same after parsing and shows nothing but letters', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), text => {
        const json = toSafeJson({text})
        expect(JSON.parse(json)).toEqual({text})
        expect(codePoints(json).some(code => code !== 10 && isDangerous(code))).toBe(false)
      }),
    )
  })

  test('holds no workflow command', () => {
    const json = toSafeJson({text: '##[add-mask]x'})
    expect(json).not.toContain('##[')
    expect(JSON.parse(json)).toEqual({text: '##[add-mask]x'})
  })
})

describe('Markdown', () => {
  test.each([
    'a | b',
    '`code`',
    '<img src=x onerror=alert(1)>',
    '[click](javascript:alert(1))',
    '**bold** _it_ ~~no~~ # head',
    '@everyone',
    'https://evil.example',
    'www.evil.example',
    'two\nlines',
  ])('%j is inert', hostile => {
    expect(escapeMarkdown(hostile)).not.toMatch(/[|`<>[\]()*_~@\n]|:\/\/|www\.|(?<!&)#/)
  })
})

test('whatever a text holds, XML is well-formed with it, and says the same', () => {
  const text = fc.string({unit: 'binary'})
  fc.assert(
    fc.property(text, hostile => {
      const safe = escapeXml(`]]>${hostile}`)
      const {root} = parseXml(`<a b="${safe}">${safe}</a>`)
      const shown = escapeText(`]]>${hostile}`).replace(/[\ufffe\uffff]/g, one =>
        one === '\ufffe' ? String.raw`\u{fffe}` : String.raw`\u{ffff}`,
      )
      expect([root?.attributes['b'], root?.text]).toEqual([shown, shown])
    }),
  )
  expect(escapeXml('<a b="c">::##[&\ufffe\u0000')).toBe(
    String.raw`&lt;a b=&quot;c&quot;&gt;&#58;:#&#35;[&amp;\u{fffe}\u{0}`,
  )
})

describe('GitHub Actions', () => {
  test('a message stays one command', () => {
    expect(escapeWorkflowData('50%\r\n::add-mask::x')).toBe('50%25%0D%0A::add-mask::x')
    expect(escapeWorkflowProperty('a:b,c')).toBe('a%3Ab%2Cc')
  })

  test.each([
    '::stop-commands::t',
    '  ::add-mask::x',
    '\t::error file=a::b',
    'fine\n::set-env name=A::b',
    'x ##[add-mask]y',
  ])('a log line %j is no command', line => {
    const safe = escapeWorkflowLog(line)
    expect(safe).not.toMatch(/^\s*::/m)
    expect(safe).not.toContain('##[')
  })

  test('ordinary lines stay as they are', () => {
    expect(escapeWorkflowLog('std::vector app:1.4 a::b')).toBe('std::vector app:1.4 a::b')
  })
})
