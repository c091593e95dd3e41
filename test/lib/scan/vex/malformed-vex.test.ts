import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {describe, expect, test} from 'vitest'
import {ConfigError} from '../../../../src/lib/config/problems.ts'
import {parseVex} from '../../../../src/lib/scan/vex/read.ts'
import {readVex} from '../../../../src/lib/scan/vex.ts'
import {documentOf, type Fields, statementOf} from './vex-support.ts'

const without = (key: string): Fields => {
  const {[key]: _, ...rest} = statementOf()
  return rest
}

const cases: readonly (readonly [what: string, text: string, ...lines: string[]])[] = [
  ['nothing', '', '1:1 the file is empty. Start it with "{"@context": "https://openvex.dev/ns/v0.2.0"".'],
  ['no JSON', '{"a": ', '1:7 not valid YAML'],
  ['a list', '[]', '1:1 must be a mapping, not a list.'],
  [
    'an older version of the format',
    documentOf([statementOf()], {'@context': 'https://openvex.dev/ns/v0.0.1'}),
    '2:15 "@context": "https://openvex.dev/ns/v0.0.1" is not the context of an OpenVEX document that is known here. Known is https://openvex.dev/ns/v0.2.0.',
  ],
  ['another format', '{"bomFormat": "CycloneDX", "specVersion": "1.6"}', '1:1 "@context" is missing.'],
  [
    'no statements',
    documentOf([]),
    '7:17 statements: is an empty list. A document makes at least one statement.',
  ],
  [
    'a status that nobody knows',
    documentOf([statementOf({status: 'wont_fix'})]),
    '17:17 statements[0].status: must be one of not_affected, affected, fixed, under_investigation, not "wont_fix".',
  ],
  ['no status', documentOf([without('status')]), '8:5 statements[0]: "status" is missing. Add "status".'],
  [
    'not_affected without a why',
    documentOf([without('justification')]),
    '17:17 statements[0].status: is not_affected and does not say why. Add justification: component_not_present, or impact_statement.',
  ],
  [
    'affected without what to do',
    documentOf([statementOf({status: 'affected'})]),
    '17:17 statements[0].status: is affected and does not say what to do. Add action_statement.',
  ],
  [
    'a justification that there is not',
    documentOf([statementOf({justification: 'false_positive'})]),
    '18:24 statements[0].justification: must be one of component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, vulnerable_code_cannot_be_controlled_by_adversary, inline_mitigations_already_exist, not "false_positive".',
  ],
  [
    'a vulnerability that is text, as in older documents',
    documentOf([statementOf({vulnerability: 'CVE-2026-0001'})]),
    '9:24 statements[0].vulnerability: must be a mapping, not "CVE-2026-0001".',
  ],
  [
    'products that are text, as in older documents',
    documentOf([statementOf({products: ['pkg:oci/api']})]),
    '13:9 statements[0].products[0]: must be a mapping, not "pkg:oci/api".',
  ],
  [
    'a key that nobody knows, which may change the meaning',
    documentOf([statementOf({except: ['pkg:oci/api']})]),
    '19:7 statements[0]: "except" is not a known key. Known here:',
  ],
  [
    'a time that is none',
    documentOf([statementOf()], {timestamp: 'yesterday'}),
    '5:16 timestamp: "yesterday" is not a time. Write it as in 2026-11-21T08:00:00Z.',
  ],
  [
    'a time without a zone',
    documentOf([statementOf({timestamp: '2026-11-21T08:00:00'})]),
    '19:20 statements[0].timestamp: "2026-11-21T08:00:00" is not a time. Write it as in 2026-11-21T08:00:00Z.',
  ],
  [
    'no time',
    documentOf([statementOf()], {timestamp: undefined}),
    '1:1 "timestamp" is missing. Add "timestamp".',
  ],
  [
    'a version that is text',
    documentOf([statementOf()], {version: '1'}),
    '6:14 version: must be a whole number.',
  ],
  ['a key twice', '{"@id": "a", "@id": "b"}', '1:1 "@context" is missing.'],
]

describe('a VEX document is refused by one line that says where and what to do:', () => {
  test.each(cases)('%s', (_, text, ...lines) => {
    const found = linesOf(text)
    expect(found.length).toBeGreaterThan(0)
    for (const line of lines)
      expect(
        found.some(each => each.startsWith(`a.json:${line}`)),
        found.join('\n'),
      ).toBe(true)
  })
})

test('a key twice is refused, so that nobody can hide the one that counts', () => {
  const text = documentOf([statementOf()]).replace('"status":', '"status": "fixed", "status":')
  expect(linesOf(text)).toEqual([
    'a.json:17:26 statements[0].status: is given twice, first in line 17. Keep one.',
  ])
})

test('everything that the specification has is taken', () => {
  const component = {
    '@id': 'pkg:apk/wolfi/git@2.39.0-r1?arch=armv7',
    identifiers: {purl: 'pkg:apk/wolfi/git@2.39.0-r1', cpe22: 'cpe:/a:x', cpe23: 'cpe:2.3:a:x'},
    hashes: {'sha-256': 'a', 'sha-512': 'b'},
  }
  const full = statementOf({
    '@id': 'https://example.com/1',
    version: 2,
    vulnerability: {
      '@id': 'https://example.com/2',
      name: 'CVE-2026-0001',
      description: 'x',
      aliases: ['GHSA-1'],
    },
    timestamp: '2026-11-02T00:00:00Z',
    last_updated: '2026-11-03t00:00:00z',
    products: [{...component, subcomponents: [component]}],
    supplier: 'x',
    status_notes: 'x',
    impact_statement: 'x',
    action_statement: 'x',
    action_statement_timestamp: '2026-11-03T00:00:00+02:00',
  })
  const document = documentOf([full], {
    '@context': 'https://openvex.dev/ns',
    role: 'x',
    last_updated: '2026-11-03T00:00:00Z',
    tooling: 'x',
  })
  expect(parseVex(document, 'a.json')).toMatchObject([
    {
      vulnerabilities: ['CVE-2026-0001', 'GHSA-1'],
      at: Date.parse('2026-11-02T00:00:00Z'),
      products: [
        {
          purls: ['pkg:apk/wolfi/git@2.39.0-r1?arch=armv7', 'pkg:apk/wolfi/git@2.39.0-r1'],
          sha256: 'a',
          subcomponents: [{sha256: 'a'}],
        },
      ],
    },
  ])
})

test('JSON that is indented with tabs, or not at all, is read', () => {
  const data: unknown = JSON.parse(documentOf([statementOf()]))
  expect(parseVex(JSON.stringify(data, undefined, '\t'), 'a.json')).toHaveLength(1)
  expect(parseVex(JSON.stringify(data), 'a.json')).toHaveLength(1)
})

test('a document that is not there is an error, never no statements', async () => {
  const folder = await mkdtemp(`${tmpdir()}/gantry-vex-`)
  try {
    await expect(readVex(['gone.json'], folder)).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      exitCode: 2,
      message: 'gone.json: there is no such file. Check the name that the gate or a flag gives.',
    })
  } finally {
    await rm(folder, {recursive: true})
  }
})

function linesOf(text: string): readonly string[] {
  try {
    parseVex(text, 'a.json')
  } catch (error) {
    if (!(error instanceof ConfigError) || error.exitCode !== 2) throw error
    return [error.message, ...error.hints]
  }
  return []
}
