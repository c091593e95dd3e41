import type {ScanPage} from '../ecr/scan-api.ts'
import {TransientError} from '../errors.ts'
import {type Fields, isFields} from '../oci/descriptor.ts'
import type {Digest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Finding} from './finding.ts'
import {keyOfFinding} from './finding-key.ts'
import {
  basicFinding,
  enhancedFindings,
  fieldsOf,
  malformed,
  type Share,
  severityWord,
  textOf,
  timeOf,
} from './normal-form.ts'

/** Which manifest was asked about. */
export interface Asked {
  /** Account of the registry, 12 digits. */
  readonly account: string
  readonly repository: string
  readonly digest: Digest
}

/** All of what ECR answers about the scan of a manifest: one answer, in however many pages it came. */
export interface ScanAnswer {
  readonly status: string
  readonly description: string | null
  /** Milliseconds since the epoch: when the scan ended, and how old its knowledge is. */
  readonly scannedAt: number | null
  readonly sourceAt: number | null
  /** Null when the answer has no such list, not even an empty one. */
  readonly basic: readonly Finding[] | null
  readonly enhanced: readonly Finding[] | null
}

/**
 * Reads an answer, page by page; each is forgotten once it is read. Every page has to be of the manifest that was asked
 * about and of the same scan, and as many findings of each severity have to be listed as ECR says that there are: a list
 * that is cut short is none. More may be listed: what ECR counts besides active findings is unconfirmed.
 *
 * @throws {FailureError} MALFORMED_ANSWER; {TransientError} SCAN_CHANGED when another scan ended while it was read; what
 *   the pages throw.
 */
export async function readAnswer(
  pages: AsyncIterable<ScanPage>,
  asked: Asked,
  share: Share,
): Promise<ScanAnswer> {
  let first: Head | undefined
  const basic: Finding[] = []
  const enhanced: Finding[] = []
  const counted = new Map<string, number>()
  const listed = new Map<string, number>()
  const seen = new Set<string>()
  for await (const answered of pages) {
    const head = headOf(answered, asked)
    first ??= head
    if (!isSame(head, first)) throw changed(asked)
    const found = findingsOf(answered)
    for (const [severity, count] of countsOf(found)) {
      counted.set(severity, Math.max(count, counted.get(severity) ?? 0))
    }
    const [basicBefore, enhancedBefore] = [basic.length, enhanced.length]
    for (const [index, each] of listOf(found, 'findings').entries()) {
      basic.push(basicFinding(each, `findings[${index}]`, share))
      countWord(each, listed)
    }
    for (const [index, each] of listOf(found, 'enhancedFindings').entries()) {
      enhanced.push(...enhancedFindings(each, `enhancedFindings[${index}]`, share))
      countWord(each, listed)
    }
    // Counted twice it would stand for one that is missing.
    const page = [...basic.slice(basicBefore), ...enhanced.slice(enhancedBefore)].map(keyOfFinding).join()
    if (page !== '' && seen.has(page)) throw malformed('it gives one page twice')
    seen.add(page)
  }
  if (first === undefined) throw malformed('it has no page')
  for (const [severity, count] of counted) {
    const here = listed.get(severity) ?? 0
    if (count > here) throw malformed(`it counts ${count} findings of severity ${severity} and lists ${here}`)
  }
  const {hasBasic, hasEnhanced, ...told} = first
  return {...told, basic: hasBasic ? basic : null, enhanced: hasEnhanced ? enhanced : null}
}

/** What all pages of one answer have in common. */
interface Head extends Pick<ScanAnswer, 'status' | 'description' | 'scannedAt' | 'sourceAt'> {
  readonly hasBasic: boolean
  readonly hasEnhanced: boolean
}

function headOf(page: ScanPage, asked: Asked): Head {
  const {registryId, repositoryName} = page
  const {imageDigest} = fieldsOf(page['imageId'], 'imageId')
  const isAsked =
    imageDigest === asked.digest &&
    repositoryName === asked.repository &&
    (registryId === undefined || registryId === asked.account)
  if (!isAsked) {
    const [registry, repository, digest] = [registryId, repositoryName, imageDigest].map(shown)
    throw malformed(`it is about ${registry}/${repository}@${digest}, which was not asked about`)
  }
  const {status, description} = fieldsOf(page['imageScanStatus'], 'imageScanStatus')
  const found = findingsOf(page)
  return {
    status: textOf(status, 'imageScanStatus.status'),
    description: typeof description === 'string' ? description : null,
    scannedAt: timeOf(found?.['imageScanCompletedAt'], 'imageScanCompletedAt'),
    sourceAt: timeOf(found?.['vulnerabilitySourceUpdatedAt'], 'vulnerabilitySourceUpdatedAt'),
    hasBasic: isThere(found?.['findings']),
    hasEnhanced: isThere(found?.['enhancedFindings']),
  }
}

function isSame(head: Head, first: Head): boolean {
  const keys = Object.keys(first) as (keyof Head)[]
  return keys.every(key => head[key] === first[key])
}

/** Undefined when the scan has found nothing at all yet, or never will. */
function findingsOf(page: ScanPage): Fields | undefined {
  const found = page['imageScanFindings']
  return isThere(found) ? fieldsOf(found, 'imageScanFindings') : undefined
}

function listOf(found: Fields | undefined, name: 'findings' | 'enhancedFindings'): readonly unknown[] {
  const list = found?.[name]
  if (!isThere(list)) return []
  if (Array.isArray(list)) return list
  throw malformed(`${name} is no list`)
}

function countsOf(found: Fields | undefined): readonly (readonly [string, number])[] {
  if (found === undefined) return []
  const counts = fieldsOf(found['findingSeverityCounts'], 'findingSeverityCounts')
  return Object.entries(counts).map(([word, count]) => {
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0)
      return [word.toUpperCase(), count]
    throw malformed(`findingSeverityCounts.${word} is ${shown(count)}`)
  })
}

function countWord(finding: unknown, listed: Map<string, number>): void {
  if (!isFields(finding)) return
  const word = severityWord(finding, 'a finding')
  listed.set(word, (listed.get(word) ?? 0) + 1)
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function shown(value: unknown): string {
  if (value === undefined) return '(nothing)'
  return oneLine(typeof value === 'string' ? value : JSON.stringify(value), 80)
}

function changed({repository, digest}: Asked): TransientError {
  return new TransientError(
    'SCAN_CHANGED',
    `Another scan of ${repository}@${digest} ended while its findings were read. Look again.`,
  )
}
