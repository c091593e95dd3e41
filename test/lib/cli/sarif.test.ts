import fc from 'fast-check'
import {expect, test} from 'vitest'
import {mostResults, type SarifResult, toSarif} from '../../../src/lib/cli/sarif.ts'
import {expectValidSarif} from '../../support/sarif.ts'

const rules = [
  {id: 'a', level: 'note', summary: 'A thing.'},
  {
    id: 'b',
    level: 'error',
    summary: 'A worse thing.',
    help: 'A worse thing. Take another.',
    helpUri: 'https://example.com/b?c=d',
    securitySeverity: 9.8,
  },
  {id: 'unused', level: 'note', summary: 'Nothing.'},
] as const
const ofFile: SarifResult = {
  ruleId: 'a',
  level: 'note',
  message: 'here',
  place: {file: {path: 'a b/p#1.json', line: 3, column: 2}},
}
const image = `111111111111.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:${'0'.repeat(64)}`
const ofImage: SarifResult = {
  ruleId: 'b',
  level: 'error',
  message: 'there',
  place: {subject: image, part: 'openssl 3.0'},
}

interface Run {
  readonly tool: {readonly driver: {readonly rules: readonly {readonly id: string}[]}}
  readonly results: readonly {
    readonly message: {readonly text: string}
    readonly ruleIndex: number
    readonly locations: readonly [{readonly physicalLocation: {readonly artifactLocation: object}}]
    readonly partialFingerprints?: {readonly primaryLocationLineHash: string}
    readonly suppressions?: readonly object[]
  }[]
  readonly invocations: unknown
}

/** The one run of a valid log. */
function runOf(...results: readonly SarifResult[]): Run {
  const text = JSON.stringify(toSarif(rules, results, {version: '1.2.3', root: '/repo'}))
  expectValidSarif(text)
  return (JSON.parse(text) as {runs: [Run]}).runs[0]
}

test('files have places that code scanning finds, images are artifacts, and the gravest come first', () => {
  const {results, tool} = runOf(ofFile, ofImage)
  expect(results.map(({message}) => message.text)).toEqual(['there', 'here'])
  expect(tool.driver.rules.map(({id}) => id)).toEqual(['a', 'b'])
  expect(results.map(({ruleIndex}) => tool.driver.rules[ruleIndex]?.id)).toEqual(['b', 'a'])
  expect(results.map(({locations}) => locations[0])).toEqual([
    {
      physicalLocation: {
        artifactLocation: {uri: image.replace('@', '%40').replace(':', '%3A')},
        region: {startLine: 1},
      },
      logicalLocations: [{fullyQualifiedName: `${image} openssl 3.0`, kind: 'resource'}],
    },
    {
      physicalLocation: {
        artifactLocation: {uri: 'a%20b/p%231.json', uriBaseId: 'ROOT'},
        region: {startLine: 3, startColumn: 2},
      },
    },
  ])
})

test.each([
  ['/repo/a/p.json', {uri: 'a/p.json', uriBaseId: 'ROOT'}],
  ['..p.json', {uri: '..p.json', uriBaseId: 'ROOT'}],
  ['../p.json', {uri: 'file:///p.json'}],
  ['/elsewhere/p.json', {uri: 'file:///elsewhere/p.json'}],
])('the path %s is told relative to the root where it is inside of it', (path, artifact) => {
  const {results} = runOf({...ofFile, place: {file: {path, line: 1, column: 1}}})
  expect(results[0]?.locations[0].physicalLocation.artifactLocation).toEqual(artifact)
})

test('a rule has what GitHub shows of it: help, a page and how grave it is', () => {
  const {tool} = runOf(ofFile, ofImage)
  expect(tool.driver).toMatchObject({name: 'gantry', semanticVersion: '1.2.3'})
  expect(tool.driver.rules[0]).toMatchObject({
    help: {text: 'A thing.'},
    defaultConfiguration: {level: 'note'},
  })
  expect(tool.driver.rules[0]).not.toHaveProperty('properties')
  expect(tool.driver.rules[1]).toMatchObject({
    help: {text: 'A worse thing. Take another.'},
    helpUri: 'https://example.com/b?c=d',
    properties: {tags: ['security'], 'security-severity': '9.8'},
  })
})

test('a finding has the same fingerprint in every run, and another than any other finding', () => {
  const hashes = (...results: SarifResult[]) =>
    runOf(...results).results.map(result => result.partialFingerprints?.primaryLocationLineHash)
  const [first, ...others] = hashes(
    ofImage,
    {...ofImage, place: {subject: image, part: 'zlib'}},
    {...ofImage, ruleId: 'a'},
    {...ofImage, fingerprint: 'openssl'},
  )
  expect(hashes({...ofImage, message: 'said otherwise'})).toEqual([first])
  expect(new Set([first, ...others]).size).toBe(4)
  const elsewhere: SarifResult = {...ofImage, fingerprint: 'openssl', place: {subject: 'another'}}
  expect(hashes(elsewhere)).toEqual([others[2]])
  expect(hashes(ofFile)).toEqual([undefined])
})

test('a suppressed result comes last and says why, and then every other says that it is not suppressed', () => {
  const {results} = runOf({...ofImage, suppression: {justification: 'not reachable'}}, ofFile)
  expect(results.map(({suppressions}) => suppressions)).toEqual([
    [],
    [{kind: 'external', status: 'accepted', justification: 'not reachable'}],
  ])
  expect(runOf(ofImage, ofFile).results.map(({suppressions}) => suppressions)).toEqual([undefined, undefined])
})

test('whatever stands in names, paths and messages, the log is valid', () => {
  const text = fc.string({unit: 'binary', minLength: 1})
  const place = fc.oneof(
    fc.record({file: fc.record({path: text, line: fc.integer({min: 1}), column: fc.integer({min: 1})})}),
    fc.record({subject: text, part: text}),
  )
  fc.assert(
    fc.property(text, place, text, (message, where, justification) => {
      const result = {
        ruleId: 'a',
        level: 'note',
        message,
        place: where,
        suppression: {justification},
      } as const
      expect(runOf(result).results).toMatchObject([{message: {text: message}}])
    }),
  )
})

test('what is beyond the limit is left out, the least grave first, and that is said', () => {
  const least: SarifResult = {...ofFile, ruleId: 'unused'}
  const run = runOf(...Array.from({length: mostResults - 1}, () => ofFile), ofImage, least)
  expect(run.results).toHaveLength(mostResults)
  expect(run.results[0]?.message.text).toBe('there')
  expect(run.tool.driver.rules.map(({id}) => id)).toEqual(['a', 'b'])
  expect(run.invocations).toMatchObject([
    {toolExecutionNotifications: [{message: {text: '1 more results were left out.'}}]},
  ])
})

test('the schema refuses what SARIF does not know', () => {
  const log = toSarif(rules, [ofImage], {version: '1.2.3', root: '/repo'})
  expect(() => expectValidSarif(JSON.stringify({...log, more: 1}))).toThrow('additionalProperties')
  expect(() => expectValidSarif(JSON.stringify({...log, version: '2.0.0'}))).toThrow('enum')
})
