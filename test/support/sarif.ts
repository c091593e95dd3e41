import sarifSchema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with {type: 'json'}
import {Ajv} from 'ajv'
import {expect} from 'vitest'

interface Rule {
  readonly id: string
  readonly shortDescription?: {readonly text: string}
  readonly fullDescription?: {readonly text: string}
  readonly help?: {readonly text: string}
}

interface Log {
  readonly runs: readonly {
    readonly tool: {readonly driver: {readonly rules?: readonly Rule[]}}
    readonly results?: readonly {
      readonly ruleId?: string
      readonly ruleIndex?: number
      readonly locations?: readonly {
        readonly physicalLocation?: {readonly artifactLocation?: {readonly uri?: string}}
      }[]
    }[]
  }[]
}

// The schema is of draft 4, of which it uses nothing that later drafts know otherwise but these two.
const {$schema: _draft, id: _id, ...schema} = sarifSchema
/** RFC 3986, section 2: what may stand in a URI. */
const uriCharacters = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*$/i
const isSarif = new Ajv({
  strict: false,
  allErrors: true,
  // One of its patterns is none in Unicode mode.
  unicodeRegExp: false,
  formats: {
    uri: text => uriCharacters.test(text) && URL.canParse(text),
    'uri-reference': text => uriCharacters.test(text) && URL.canParse(text, 'https://base.invalid/'),
    'date-time': text => !Number.isNaN(Date.parse(text)),
  },
}).compile<Log>(schema)

/**
 * Holds a SARIF log to the schema of SARIF 2.1.0, which refuses unknown members, and to what GitHub wants beyond it: each
 * result is of a rule that is told and has an artifact, for want of which the whole log is refused (github/codeql-action
 * issue 1738), and each rule has its texts (docs.github.com, SARIF support).
 */
export function expectValidSarif(text: string): void {
  const log: unknown = JSON.parse(text)
  if (!isSarif(log)) expect.fail(JSON.stringify(isSarif.errors, undefined, 2))
  for (const {tool, results = []} of log.runs) {
    const told = tool.driver.rules ?? []
    const rules = told.map(({id}) => id)
    expect(rules, 'rules').toEqual([...new Set(rules)])
    for (const {id, shortDescription, fullDescription, help} of told)
      for (const text of [shortDescription, fullDescription, help])
        expect(text?.text, `texts of ${id}`).toMatch(/./)
    for (const {ruleId, ruleIndex, locations = []} of results) {
      expect(rules[ruleIndex ?? -1], 'rule of a result').toBe(ruleId)
      expect(locations, `places of ${ruleId}`).not.toHaveLength(0)
      for (const {physicalLocation} of locations)
        expect(physicalLocation?.artifactLocation?.uri, `artifact of ${ruleId}`).toMatch(/./)
    }
  }
}
