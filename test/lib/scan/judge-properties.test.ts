import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {gateSeverities} from '../../../src/lib/config/gates.ts'
import type {Evidence, ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {severities} from '../../../src/lib/scan/finding.ts'
import {ignoreRulesOf} from '../../../src/lib/scan/ignore-rules.ts'
import type {GateTerms} from '../../../src/lib/scan/judge-image.ts'
import type {VexStatement} from '../../../src/lib/scan/vex/model.ts'
import {vexStatementsOf} from '../../../src/lib/scan/vex.ts'
import {
  day,
  findingOf,
  imageOf,
  judge,
  now,
  type PolicyParts,
  policyOf,
  ruleOf,
  scanned,
  without,
} from './judge-support.ts'

const ids = ['CVE-2026-0001', 'CVE-2026-0002', 'GHSA-1', '__proto__', 'a\nb', '*']
const packages = ['openssl', 'zlib', '@scope/x', 'constructor', '\u202e']
const platforms = ['linux/amd64', 'linux/arm64/v8', '']
const severity = fc.constantFrom(...gateSeverities)

const finding = fc
  .record({
    id: fc.constantFrom(...ids),
    severity: fc.constantFrom(...severities),
    fix: fc.constantFrom('yes', 'no', 'partial', 'unknown'),
    exploitable: fc.constantFrom(true, false, null),
    score: fc.constantFrom(null, 0, 5, 7, 9.8),
    firstObservedAt: fc.constantFrom(null, now, now - 3 * day, now - 30 * day, now + 30 * day),
    status: fc.constantFrom('active', 'active', 'active', 'suppressed', 'closed'),
    package: fc.record({
      name: fc.constantFrom(...packages),
      version: fc.constantFrom('1', '2', null),
      manager: fc.constantFrom('OS', 'NPM', null),
      path: fc.constantFrom(null, 'app/x', 'usr/lib/y'),
    }),
  } as const)
  .map(findingOf)

const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  {weight: 5, arbitrary: fc.array(finding, {maxLength: 6}).map(findings => scanned(findings))},
  {weight: 1, arbitrary: fc.constantFrom('pending', 'lost', 'unsupported').map(kind => without(kind))},
)

const images: fc.Arbitrary<ImageEvidence> = fc
  .dictionary(fc.constantFrom(...platforms), evidence, {minKeys: 1})
  .map(each => imageOf(each))

const number = fc.option(fc.nat(3), {nil: undefined})
const policies: fc.Arbitrary<PolicyParts> = fc
  .record({
    failOn: fc.record({
      severity: fc.option(severity),
      fixable: fc.boolean(),
      exploitable: fc.boolean(),
      cvss: fc.option(fc.constantFrom(0, 7, 10), {nil: undefined}),
    }),
    most: fc.record({critical: number, high: number, medium: number, low: number, informational: number}),
    unratedAs: severity,
    graceMs: fc.constantFrom(0, 14 * day),
    packages: fc.constantFrom([], ['openssl'], ['*']),
    paths: fc.constantFrom([], ['app/**']),
    onUnsupported: fc.constantFrom('fail', 'warn', 'pass'),
  } as const)
  .map(({failOn: {cvss, ...failOn}, most, ...policy}) => ({
    ...policy,
    failOn: {...failOn, ...(cvss === undefined ? {} : {cvss})},
    most: Object.fromEntries(Object.entries(most).filter(([, allowed]) => allowed !== undefined)),
  }))

const rule = fc
  .record({
    id: fc.constantFrom(...ids),
    repositories: fc.constantFrom([], ['payments/**'], ['shop/**']),
    packages: fc.constantFrom([], ['open*'], ['\u202e']),
    platforms: fc.constantFrom([], ['linux/arm64']),
    endsAt: fc.constantFrom(null, now, now + 1),
  })
  .map(ruleOf)

const statement: fc.Arbitrary<VexStatement> = fc.record({
  vulnerabilities: fc.constantFrom(...ids).map(id => [id]),
  products: fc
    .constantFrom('a', 'b', '1')
    .map(letter => [{purls: [], sha256: letter.repeat(64), subcomponents: []}]),
  status: fc.constantFrom('not_affected', 'fixed', 'affected', 'under_investigation'),
  at: fc.constantFrom(1, 2),
  because: fc.constantFrom(null, 'a\nreason'),
  origin: fc.constant({file: 'a.json', line: 1, column: 1}),
})

const rules = fc.array(rule, {maxLength: 4})
const terms: fc.Arbitrary<GateTerms> = fc
  .record({rules, statements: fc.array(statement, {maxLength: 4})})
  .map(each => ({now, ignores: ignoreRulesOf(each.rules), vex: vexStatementsOf(each.statements)}))

const runs = {numRuns: 1000}
const atPlatform = (
  image: ImageEvidence,
  index: number,
  changed: (old: Evidence) => Evidence,
): ImageEvidence => ({
  ...image,
  platforms: image.platforms.map((one, at) =>
    at === index % image.platforms.length ? {...one, evidence: changed(one.evidence)} : one,
  ),
})

test('one more finding never turns an image that failed into one that did not, nor makes any pass', () => {
  const grave = {failed: 2, undetermined: 1, passed: 0}
  fc.assert(
    fc.property(
      images,
      policies,
      terms,
      finding,
      fc.nat(2),
      fc.nat(6),
      (image, policy, said, more, which, place) => {
        const worse = atPlatform(image, which, old =>
          old.kind === 'scanned' ? {...old, findings: old.findings.toSpliced(place, 0, more)} : old,
        )
        expect(grave[judge(worse, policy, said).verdict]).toBeGreaterThanOrEqual(
          grave[judge(image, policy, said).verdict],
        )
      },
    ),
    runs,
  )
})

test('without the evidence of any one platform no image passes', () => {
  fc.assert(
    fc.property(
      images,
      policies,
      terms,
      fc.nat(2),
      fc.constantFrom('pending', 'lost'),
      (image, policy, said, which, kind) => {
        expect(
          judge(
            atPlatform(image, which, () => without(kind)),
            policy,
            said,
          ).verdict,
        ).not.toBe('passed')
      },
    ),
    runs,
  )
})

test('what nobody rated never passes in silence', () => {
  fc.assert(
    fc.property(images, policies, terms, (image, policy, said) => {
      const {findings, reasons} = judge(image, policy, said)
      const silent = findings.filter(
        ({finding: {severity: word}, outcome}) =>
          outcome === 'allowed' && !(gateSeverities as readonly string[]).includes(word),
      )
      expect(reasons.some(reason => reason.includes('that nobody rated'))).toBe(silent.length > 0)
    }),
    runs,
  )
})

test('rules of other repositories change nothing', () => {
  fc.assert(
    fc.property(images, policies, terms, rules, (image, policy, said, others) => {
      const elsewhere = others.map(one => ({...one, repositories: ['shop/**', 'payments']}))
      const both = {...said, ignores: ignoreRulesOf([...said.ignores.all, ...elsewhere])}
      expect(judge(image, policy, both)).toEqual(judge(image, policy, said))
    }),
    runs,
  )
})

test('rules and statements never make an image fail, nor change what is not known', () => {
  const grave = {failed: 2, undetermined: 1, passed: 0}
  fc.assert(
    fc.property(images, policies, terms, (image, policy, said) => {
      const [bare, full] = [judge(image, policy), judge(image, policy, said)]
      expect(grave[full.verdict]).toBeLessThanOrEqual(grave[bare.verdict])
      expect(full.verdict === 'undetermined' || bare.verdict !== 'undetermined').toBe(true)
    }),
    runs,
  )
})

test('every finding of every platform is told, with a reason in one line, and every verdict but a pass has one', () => {
  fc.assert(
    fc.property(images, policies, terms, (image, policy, said) => {
      const {verdict, findings, reasons} = judge(image, policy, said)
      for (const {platform, evidence: each} of image.platforms) {
        for (const one of each.kind === 'scanned' ? each.findings : []) {
          const told = findings.filter(
            ({
              finding: {
                id,
                severity: word,
                package: {name},
              },
              platforms: at,
            }) =>
              id === one.id && word === one.severity && name === one.package.name && at.includes(platform),
          )
          expect(told.length).toBeGreaterThan(0)
        }
      }
      for (const {why} of findings) expect(why).toMatch(/^[^\p{C}]+$/u)
      for (const reason of reasons) expect(reason).toMatch(/^[^\p{C}]+$/u)
      expect(verdict === 'passed' || reasons.length > 0).toBe(true)
      const fails = findings.some(({outcome}) => outcome === 'fails')
      const unsupported =
        policyOf(policy).onUnsupported === 'fail' &&
        image.platforms.some(({evidence: {kind}}) => kind === 'unsupported')
      expect(verdict === 'failed').toBe(fails || unsupported)
    }),
    runs,
  )
})
