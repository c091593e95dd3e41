/**
 * A JUnit report: no standard, but what GitLab (docs.gitlab.com/ci/testing/unit_test_reports) and Jenkins' junit plugin
 * read alike.
 */
import {escapeXml} from '../escape.ts'
import {type FindingItem, isGated, type ScanGateItem, type ScanGateResult} from '../scan-gate-result.ts'
import {outcomeWords, packageWords} from '../scan-packages.ts'
import {distinct} from './distinct.ts'
import {findingWords, isSetAside, nameOf, reasonsOf, titleOf} from './words.ts'

interface Case {
  readonly suite: string
  readonly name: string
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly lines: readonly string[]
}

/** A suite for each image; in it a case for the verdict, so that none is empty, and one for each finding. */
export function toJunit({items}: ScanGateResult): string {
  const distinctName = distinct()
  const suites = items.map(item => {
    const suite = distinctName(titleOf(item))
    return {suite, cases: casesOf(item, suite)}
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gantry scan-gate" ${countsOf(suites.flatMap(({cases}) => cases))}>`,
    ...suites.flatMap(({suite, cases}) => [
      `  <testsuite name="${escapeXml(suite)}" ${countsOf(cases)}>`,
      ...cases.flatMap(viewCase),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n')
}

function casesOf(item: ScanGateItem, suite: string): readonly Case[] {
  const distinctName = distinct()
  const reasons = reasonsOf(item)
  const outcome = ({passed: 'passed', failed: 'failure', undetermined: 'error'} as const)[item.verdict]
  return [
    {
      suite,
      name: distinctName('verdict'),
      outcome,
      message: reasons[0] ?? item.verdict,
      lines: [nameOf(item), ...reasons],
    },
    ...(isGated(item) ? item.findings : []).map((finding): Case => {
      const name = distinctName(`${finding.id} in ${packageWords(finding.package)}`)
      return {
        suite,
        name,
        outcome: outcomeOf(finding),
        message: outcomeWords(finding),
        lines: linesOf(finding),
      }
    }),
  ]
}

function outcomeOf(finding: FindingItem): Case['outcome'] {
  if (finding.outcome === 'fails') return 'failure'
  return isSetAside(finding) ? 'skipped' : 'passed'
}

function linesOf(finding: FindingItem): readonly string[] {
  const {title, uri, platforms} = finding
  const known = platforms.flatMap(platform => platform ?? [])
  return [
    findingWords(finding),
    ...(title === null ? [] : [`Title: ${title}`]),
    ...(known.length === 0 ? [] : [`Platforms: ${known.join(', ')}`]),
    ...(uri === null ? [] : [`See: ${uri}`]),
  ]
}

function viewCase({suite, name, outcome, message, lines}: Case): string[] {
  const start = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}"`
  const about = `message="${escapeXml(message)}"`
  const text = lines.map(escapeXml).join('\n')
  const result = {
    passed: `<system-out>${text}</system-out>`,
    skipped: `<skipped ${about}/>`,
    failure: `<failure ${about}>${text}</failure>`,
    error: `<error ${about}>${text}</error>`,
  }[outcome]
  return [`${start}>`, `      ${result}`, '    </testcase>']
}

function countsOf(cases: readonly Case[]): string {
  const number = (wanted: Case['outcome']) => cases.filter(({outcome}) => outcome === wanted).length
  return `tests="${cases.length}" failures="${number('failure')}" errors="${number('error')}" skipped="${number('skipped')}"`
}
