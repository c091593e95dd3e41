import type {ScanGateResult} from '../../../../src/lib/cli/scan-gate-result.ts'
import {ignoreRulesOf} from '../../../../src/lib/scan/ignore-rules.ts'
import {findingOf, imageOf, ruleOf, scanned, without} from '../../scan/judge-support.ts'
import {resultOf} from '../scan-gate-support.ts'

/** What somebody may write who wants a report to do something. */
export const hostileTexts: readonly (readonly [what: string, text: string])[] = [
  ['lines', 'one\ntwo\r\nthree'],
  ['colours and a cleared screen', '\u001b[31mred\u001b[2J\u009b1m'],
  ['a title of the terminal', '\u001b]0;owned\u0007'],
  ['a turned reading direction', 'gpj.\u202etxt\u2066\u2069\u200f'],
  ['other line ends', 'a\u2028b\u2029c\u0085d\u000be'],
  ['half a pair', 'a\ud800b\udc00'],
  ['what XML forbids', 'a\u0000b\u0001c\ufffed\uffff'],
  ['the end of a section', ']]><x>&#0;&unknown;<![CDATA['],
  ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['the end of details', '</summary></details>\n\n# Passed'],
  ['the end of an attribute', `"/><testcase name='passed'/>`],
  ['Markdown', '| **bold** | `code` [x](https://evil.example) ![x](y) @everyone #1 $x$ ~~z~~'],
  ['a fence', '```\n</details>\n```'],
  ['links', 'https://evil.example www.evil.example [a](javascript:alert(1))'],
  ['commands of GitHub Actions', '::set-output name=verdict::passed'],
  ['commands in a later line', 'x\n::stop-commands::t\n##[add-mask]y'],
  ['what JSON ends', '","outcome":"passed"}]}'],
  ['the name of a rule', 'gantry/undetermined'],
  ['placeholders', String.raw`{0} {{1}} %s \u{a} $(id) %PATH%`],
  ['the names of objects', '__proto__'],
  ['white space alone', ' \n '],
  ['100 kB', `\n<&|${'long '.repeat(20_000)}`],
  ['100 kB without a space', '\u202e'.repeat(30_000)],
]

/** A result in which a text stands wherever strangers write. */
export function resultWith(text: string): ScanGateResult {
  const found = {name: text, version: text, manager: text, path: text}
  const finding = (id: string, severity: 'critical' | 'low') =>
    findingOf({id, severity, package: found, fixedIn: text, title: text, description: text, uri: text})
  const ignored = findingOf({id: 'CVE-2026-0009', package: {name: text}})
  const image = imageOf(
    {
      [text]: scanned([finding(text, 'critical'), finding(`${text} `, 'low'), ignored]),
      'linux/amd64': without('lost', text),
    },
    {text, registry: text, host: text, repository: text, tag: text},
  )
  const unread = imageOf({[text]: without('pending', text)}, {text, registry: text, repository: text})
  const address = imageOf({'': scanned([findingOf({uri: `https://example.com/${text}`})])}, {tag: null})
  return resultOf([image, image, unread, address], {
    terms: {
      ignores: ignoreRulesOf([
        ruleOf({id: ignored.id, reason: text, origin: {file: text, line: 1, column: 1}}),
      ]),
    },
    missing: [text],
    run: {gate: text, warnings: [text]},
  })
}
