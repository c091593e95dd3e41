import type {ImageScanFindings, ScanFrequency, ScanStatus, ScanType} from '../api/model/ecr.ts'
import {seconds} from '../api/operation.ts'
import type {Services} from '../services.ts'
import type {Image, Repository, RepositoryId} from '../state/repository.ts'
import type {Registry} from '../state/world.ts'
import {day} from '../time/durations.ts'
import {scanningOf} from './configuration.ts'
import {scanEnded} from './scan-events.ts'
import {isScannable, keepScan, type Outcome, outcomeOf, type Scan, scanOf} from './scans.ts'

// Images that are older when enhanced scanning begins are not scanned (ECR user guide, image-scanning-enhanced).
const eligibleFor = 14 * day

/** The end of a scan. */
export interface ScanTask extends RepositoryId {
  readonly kind: 'scan'
  readonly digest: string
  readonly scanType: ScanType
  readonly startedAt: number
  readonly [member: string]: unknown
}

/** Whether the image may not be scanned again by basic scanning: once in 24 hours. */
export function wasScannedLately(scan: Scan | undefined, image: Image, now: number): boolean {
  // Restoring an image scans it anew.
  return scan !== undefined && now - scan.startedAt < day && scan.startedAt >= (image.activatedAt ?? 0)
}

/** Scans an image that was pushed or restored, if its repository is scanned on push or continuously. */
export function scanOnPush(services: Services, repository: Repository, image: Image): void {
  const {scanType, scanFrequency} = scanningOf(services.world, repository)
  if (scanFrequency === 'MANUAL' || !isScannable(image)) return
  if (wasScannedLately(scanOf(repository, image, scanType), image, services.now())) return
  beginScan(services, repository, image, scanType)
}

/** Scans an image; what is found shows after the duration of a scan. */
export function beginScan(
  services: Services,
  repository: Repository,
  image: Image,
  scanType: ScanType,
): Scan {
  const scan: Scan = {
    startedAt: services.now(),
    status: scanType === 'BASIC' ? 'IN_PROGRESS' : 'PENDING',
  }
  keepScan(repository, image, scanType, scan)
  scheduleEnd(services, repository, image, scanType, scan)
  return scan
}

/** Scans an image that is scanned continuously once more, because there is more to find. */
export function scanAgain(services: Services, repository: Repository, image: Image): void {
  const scan = scanOf(repository, image, 'ENHANCED')
  if (scan?.status === 'ACTIVE') scheduleEnd(services, repository, image, 'ENHANCED', scan)
}

function scheduleEnd(
  {timeline, durations, now}: Services,
  {id}: Repository,
  {digest}: Image,
  scanType: ScanType,
  {startedAt}: Scan,
): void {
  const task: ScanTask = {kind: 'scan', ...id, digest, scanType, startedAt}
  timeline.schedule(now() + durations.scan, task)
}

const underWay: ReadonlySet<ScanStatus> = new Set(['IN_PROGRESS', 'PENDING', 'ACTIVE'])

/** Ends a scan, if the image is still there and no later scan of it has begun. */
export function endScan(services: Services, {digest, scanType, startedAt, ...id}: ScanTask): void {
  const repository = services.world.repository(id)
  const image = repository?.images.get(digest)
  if (repository === undefined || image === undefined) return
  const begun = scanOf(repository, image, scanType)
  if (begun?.startedAt !== startedAt || !underWay.has(begun.status)) return
  const outcome = outcomeOf(repository, digest, scanType)
  const ended = {...scanWith(services, repository, scanType, outcome), startedAt}
  const at = seconds(services.now())
  const findings = ended.findings && {...ended.findings, imageScanCompletedAt: at}
  const scan: Scan = {...ended, ...(findings === undefined ? {} : {findings})}
  keepScan(repository, image, scanType, scan)
  if (begun.status !== 'ACTIVE') scanEnded(services, repository, image, scanType, scan)
}

/** The scan of an image that has ended with this outcome, now or when the outcome says. */
export function scanWith(
  {world, now}: Services,
  repository: Repository,
  scanType: ScanType,
  outcome: Outcome,
): Scan {
  const status = outcome.status ?? usualStatus(scanType, scanningOf(world, repository).scanFrequency)
  const description = outcome.description ?? descriptions[status]
  const failed = outcome.findings === undefined && descriptions[status] === undefined
  const at = seconds(now())
  const findings: ImageScanFindings | undefined =
    outcome.findings === null || failed
      ? undefined
      : {
          imageScanCompletedAt: at,
          vulnerabilitySourceUpdatedAt: at,
          findingSeverityCounts: {},
          ...(scanType === 'BASIC' ? {findings: []} : {enhancedFindings: []}),
          ...outcome.findings,
        }
  return {
    startedAt: (findings?.imageScanCompletedAt ?? at) * 1000,
    status,
    ...(description === undefined ? {} : {description}),
    ...(findings === undefined ? {} : {findings}),
  }
}

/** Enhanced scanning is in force from now on: images that it has not seen are scanned, if they are not too old. */
export function scanPresentImages(services: Services, registry: Registry): void {
  for (const [name] of registry.repositories.from()) {
    const repository = services.world.repository({account: registry.account, region: registry.region, name})
    if (repository === undefined || scanningOf(services.world, repository).scanFrequency === 'MANUAL')
      continue
    for (const [, image] of repository.images.from()) {
      if (isScannable(image) && scanOf(repository, image, 'ENHANCED') === undefined) {
        scanPresentImage(services, repository, image)
      }
    }
  }
}

function scanPresentImage(services: Services, repository: Repository, image: Image): void {
  const now = services.now()
  if (now - image.pushedAt <= eligibleFor) {
    beginScan(services, repository, image, 'ENHANCED')
    return
  }
  keepScan(repository, image, 'ENHANCED', {startedAt: now, status: 'SCAN_ELIGIBILITY_EXPIRED'})
}

// That enhanced scanning on push ends with COMPLETE is unconfirmed.
function usualStatus(scanType: ScanType, frequency: ScanFrequency): ScanStatus {
  return scanType === 'ENHANCED' && frequency === 'CONTINUOUS_SCAN' ? 'ACTIVE' : 'COMPLETE'
}

// Of scans that worked (API reference, DescribeImageScanFindings).
const descriptions: Partial<Record<ScanStatus, string>> = {
  COMPLETE: 'The scan was completed successfully.',
  ACTIVE: 'Continuous scan is selected for image.',
}
