import type {ImageScanFindings, ScanStatus, ScanType} from '../api/model/ecr.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {Table} from '../state/table.ts'

/** The latest scan of an image, of one of the two types. */
export interface Scan {
  readonly startedAt: number
  readonly status: ScanStatus
  readonly description?: string
  /** As the API answers them. */
  readonly findings?: ImageScanFindings
}

/** What scans of one type find in an image. What is absent is as it is in an image without flaws. */
export interface Outcome {
  readonly status?: ScanStatus
  readonly description?: string
  /** Null: the scan has no findings, not even none. */
  readonly findings?: ImageScanFindings | null
}

/** Scans of the other type are kept, and show again when the registry returns to it. */
export function scanOf(repository: Repository, {digest}: Image, scanType: ScanType): Scan | undefined {
  return scansIn(repository).get(`${scanType} ${digest}`)
}

export function keepScan(repository: Repository, {digest}: Image, scanType: ScanType, scan: Scan): void {
  scansIn(repository).set(`${scanType} ${digest}`, scan)
}

/** An image that is deleted has not been scanned when it is pushed anew. */
export function forgetScans(repository: Repository, digest: string): void {
  for (const scanType of ['BASIC', 'ENHANCED']) scansIn(repository).delete(`${scanType} ${digest}`)
}

function scansIn(repository: Repository): Table<Scan> {
  return repository.table('scan')
}

/** What scans of an image find: also of one that was not pushed yet. */
export function outcomeOf(repository: Repository, digest: string, scanType: ScanType): Outcome {
  return repository.table<Outcome>('scan-outcome').get(`${scanType} ${digest}`) ?? {}
}

export function keepOutcome(
  repository: Repository,
  digest: string,
  scanType: ScanType,
  outcome: Outcome,
): void {
  repository.table<Outcome>('scan-outcome').set(`${scanType} ${digest}`, outcome)
}

// Of anything else, and of indexes, it is unconfirmed what ECR makes when it is pushed; here it is not scanned.
const scannable = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
])

export function isScannable({configMediaType, subject}: Image): boolean {
  return subject === undefined && configMediaType !== undefined && scannable.has(configMediaType)
}
