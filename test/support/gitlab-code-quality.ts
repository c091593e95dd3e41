import {Ajv} from 'ajv'
import {expect} from 'vitest'

export interface CodeQualityIssue {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  readonly location: {readonly path: string; readonly lines: {readonly begin: number}}
}

const text = {type: 'string', minLength: 1}
const isReport = new Ajv({allErrors: true}).compile<readonly CodeQualityIssue[]>({
  type: 'array',
  items: strictly({
    description: text,
    check_name: text,
    fingerprint: text,
    severity: {enum: ['info', 'minor', 'major', 'critical', 'blocker']},
    location: strictly({
      path: {...text, pattern: '^(?!\\.?/)'},
      lines: strictly({begin: {type: 'integer', minimum: 1}}),
    }),
  }),
})

/**
 * Reads a Code Quality report and holds it to what GitLab documents (docs.gitlab.com/ci/testing/code_quality, "Code
 * Quality report format"): one array without a byte order mark, paths that are relative and do not begin with `./`, and a
 * fingerprint for each issue, of which GitLab shows only the first.
 */
export function parseCodeQuality(json: string): readonly CodeQualityIssue[] {
  const report: unknown = JSON.parse(json)
  if (!isReport(report)) expect.fail(JSON.stringify(isReport.errors))
  const fingerprints = report.map(({fingerprint}) => fingerprint)
  expect(fingerprints, 'fingerprints').toEqual([...new Set(fingerprints)])
  return report
}

/** An object with all of these members and no others. */
function strictly(properties: Readonly<Record<string, object>>) {
  return {type: 'object', properties, required: Object.keys(properties), additionalProperties: false}
}
