import type {ApiModel} from '../api/api-model.ts'
import {check} from '../api/check.ts'
import ecrModel from '../api/model/ecr.json' with {type: 'json'}
import type {ImageScanFindings, ScanStatus, ScanType} from '../api/model/ecr.ts'
import {EcrError, invalidParameter} from '../ecr-error.ts'
import {fieldsOf, fromInspector, fromSecurityHub, listOf} from './forms.ts'
import type {Outcome} from './scans.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a document says that a scan found. */
export interface ReadDocument {
  /** Absent: it could be of either type. */
  readonly scanType?: ScanType
  readonly outcome: Outcome
}

const model = ecrModel as ApiModel

/**
 * Reads what a scan found: an answer of DescribeImageScanFindings, an image of an answer of DescribeImages, an answer of
 * Inspector's ListFindings, or one of Security Hub's GetFindings, each in the JSON of the API or of the AWS CLI. Times
 * become seconds since the epoch; members that ECR does not have are dropped.
 *
 * @throws what `refuse` makes of the place that is wrong.
 */
export function readDocument(value: unknown, refuse: (problem: string) => Error): ReadDocument {
  const document = inEcrsForm(fieldsOf(value))
  if (document === undefined) throw refuse('must have imageScanFindings or imageScanStatus')
  try {
    return read(document)
  } catch (error) {
    if (error instanceof EcrError) throw refuse(`is refused: ${error.message}`)
    throw error
  }
}

function inEcrsForm(document: Fields): Fields | undefined {
  if ('imageScanFindings' in document || 'imageScanFindingsSummary' in document) {
    return {imageScanFindings: document['imageScanFindingsSummary'], ...document}
  }
  if ('imageScanStatus' in document) return document
  if (Array.isArray(document['findings'])) return enhanced(listOf(document['findings']).map(fromInspector))
  if (Array.isArray(document['Findings'])) return enhanced(listOf(document['Findings']).map(fromSecurityHub))
  return undefined
}

function enhanced(enhancedFindings: readonly Fields[]): Fields {
  return {imageScanFindings: {enhancedFindings}}
}

function read(document: Fields): ReadDocument {
  const {status, description} = checked('ImageScanStatus', document['imageScanStatus'] ?? {}) as {
    readonly status?: ScanStatus
    readonly description?: string
  }
  const given = document['imageScanFindings']
  const findings = given === null || given === undefined ? given : readFindings(fieldsOf(given))
  return {
    ...typeOf(findings ?? {}),
    outcome: {
      ...(status === undefined ? {} : {status}),
      ...(description === undefined ? {} : {description}),
      ...(findings === undefined ? {} : {findings}),
    },
  }
}

function typeOf({findings, enhancedFindings}: ImageScanFindings): {readonly scanType?: ScanType} {
  if (enhancedFindings !== undefined) return {scanType: 'ENHANCED'}
  return findings === undefined ? {} : {scanType: 'BASIC'}
}

// Inspector counts severities that ECR's model does not have, such as UNTRIAGED, and ECR passes them on.
function readFindings({findingSeverityCounts, ...others}: Fields): ImageScanFindings {
  const findings = checked('ImageScanFindings', others) as ImageScanFindings
  const listed = findings.enhancedFindings ?? findings.findings ?? []
  const counts = findingSeverityCounts ?? count(listed.map(({severity}) => severity ?? 'UNDEFINED'))
  if (!Object.values(fieldsOf(counts)).every(Number.isSafeInteger)) {
    throw invalidParameter('findingSeverityCounts', 'Member must be a map of whole numbers')
  }
  return {...findings, findingSeverityCounts: fieldsOf(counts)}
}

function count(severities: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const severity of severities) counts[severity] = (counts[severity] ?? 0) + 1
  return counts
}

function checked(shape: string, value: unknown): unknown {
  return check(model, shape, withEpochs(shape, value), shape)
}

/** The value with every time as the API has it, whatever it is in. */
function withEpochs(shapeName: string, value: unknown): unknown {
  const shape = model.shapes[shapeName]
  if (shape?.type === 'timestamp' && typeof value === 'string') {
    const epochMs = Date.parse(value)
    return Number.isNaN(epochMs) ? value : epochMs / 1000
  }
  if (shape?.type === 'list' && Array.isArray(value)) {
    return value.map(item => withEpochs(shape.member ?? '', item))
  }
  if (shape?.type !== 'structure' || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withEpochs(shape.members?.[name] ?? '', member)]),
  )
}
