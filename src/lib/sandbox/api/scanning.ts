import {EcrError, repositoryNotFound} from '../ecr-error.ts'
import {scanningConfigurationOf, scanningOf, setScanningConfiguration} from '../scanning/configuration.ts'
import {beginScan, scanPresentImages, wasScannedLately} from '../scanning/run.ts'
import {frequenciesChanged} from '../scanning/scan-events.ts'
import {isScannable, type Scan, scanOf} from '../scanning/scans.ts'
import type {ImageId} from '../state/image-ids.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {Registry} from '../state/world.ts'
import {requireImage} from './image-listings.ts'
import type {ImageScanFindings, ImageScanStatus, RepositoryScanningConfigurationFailure} from './model/ecr.ts'
import {type Call, type EcrHandlers, registryOf, repositoryOf, where} from './operation.ts'
import {page} from './pages.ts'

export const scanningOperations = {
  GetRegistryScanningConfiguration: call => ({
    registryId: call.caller.account,
    scanningConfiguration: scanningConfigurationOf(registryOf(call)),
  }),

  // What is not given is as in a new registry: unconfirmed.
  PutRegistryScanningConfiguration: (call, {scanType = 'BASIC', rules = []}) => {
    const registry = registryOf(call)
    const before = Array.from(repositoriesOf(call, registry), repository => ({
      repository,
      before: scanningOf(call.world, repository),
    }))
    setScanningConfiguration(registry, {scanType, rules})
    if (scanType === 'ENHANCED') {
      const changes = before
        .map(change => ({...change, after: scanningOf(call.world, change.repository)}))
        .filter(({before, after}) => before.scanFrequency !== after.scanFrequency)
      frequenciesChanged(call, registry, changes)
      scanPresentImages(call, registry)
    }
    return {registryScanningConfiguration: {scanType, rules}}
  },

  BatchGetRepositoryScanningConfiguration: (call, {repositoryNames}) => {
    const {account} = call.caller
    const found: Repository[] = []
    const failures: RepositoryScanningConfigurationFailure[] = []
    for (const name of repositoryNames) {
      const repository = call.world.repository({account, region: call.region, name})
      if (repository === undefined) failures.push(missing(name, account))
      else found.push(repository)
    }
    return {scanningConfigurations: found.map(repository => describe(call, repository)), failures}
  },

  PutImageScanningConfiguration: (call, input) => {
    const repository = repositoryOf(call, input)
    const {scanOnPush = false} = input.imageScanningConfiguration
    repository.settings = {...repository.settings, scanOnPush}
    return {...where(repository), imageScanningConfiguration: {scanOnPush}}
  },

  StartImageScan: (call, input) => {
    const repository = repositoryOf(call, input)
    const image = requireImage(repository, input.imageId)
    requireScannable(registryOf(call, input), image)
    if (wasScannedLately(scanOf(repository, image, 'BASIC'), image, call.now())) {
      throw new EcrError(
        'LimitExceededException',
        'The scan quota per image has been exceeded. Wait and try again.',
      )
    }
    const scan = beginScan(call, repository, image, 'BASIC')
    return {...which(repository, image, input.imageId), imageScanStatus: statusOf(scan)}
  },

  DescribeImageScanFindings: (call, input) => {
    const repository = repositoryOf(call, input)
    const image = requireImage(repository, input.imageId)
    const {scanType} = scanningConfigurationOf(registryOf(call, input))
    const scan = scanOf(repository, image, scanType)
    if (scan === undefined) throw scanNotFound(repository, input.imageId)
    const answer = {...which(repository, image, input.imageId), imageScanStatus: statusOf(scan)}
    // That archived images keep no findings is unconfirmed.
    if (image.status === 'ARCHIVED') return {...answer, imageScanStatus: {status: 'IMAGE_ARCHIVED'}}
    if (scan.findings === undefined) return answer
    const {imageScanFindings, ...next} = pageOfFindings(
      call,
      `${repository.arn} ${image.digest}`,
      input,
      scan.findings,
    )
    return {...answer, imageScanFindings, ...next}
  },
} satisfies Partial<EcrHandlers>

function requireScannable(registry: Registry, image: Image): void {
  // alexjurkiewicz/ecr-scan-image#44; manual scans are for basic scanning alone (user guide, image-scanning-enhanced).
  if (scanningConfigurationOf(registry).scanType === 'ENHANCED') {
    throw new EcrError('ValidationException', 'This feature is disabled')
  }
  // The wordings are unconfirmed.
  if (image.status !== undefined) {
    throw new EcrError('ImageArchivedException', `The image with digest '${image.digest}' is archived`)
  }
  if (!isScannable(image)) {
    throw new EcrError('UnsupportedImageTypeException', 'The image is of a type that cannot be scanned.')
  }
}

/** One list or the other: basic scanning has `findings`, enhanced scanning `enhancedFindings`. */
function pageOfFindings(
  call: Call,
  scope: string,
  request: {readonly nextToken?: string; readonly maxResults?: number},
  all: ImageScanFindings,
): {readonly imageScanFindings: ImageScanFindings; readonly nextToken?: string} {
  const {findings, enhancedFindings} = all
  if (enhancedFindings !== undefined) {
    const {items, ...next} = page(call, scope, request, from => inOrder(enhancedFindings, from))
    return {imageScanFindings: {...all, enhancedFindings: items}, ...next}
  }
  const {items, ...next} = page(call, scope, request, from => inOrder(findings ?? [], from))
  return {imageScanFindings: {...all, findings: items}, ...next}
}

function* inOrder<T>(all: readonly T[], from: string): Generator<readonly [key: string, value: T]> {
  for (const [index, item] of [...all.entries()].slice(Number(from))) yield [String(index), item]
}

function describe({world}: Call, repository: Repository) {
  const {scanFrequency, appliedScanFilters} = scanningOf(world, repository)
  return {
    repositoryArn: repository.arn,
    repositoryName: repository.id.name,
    scanOnPush: scanFrequency === 'SCAN_ON_PUSH',
    scanFrequency,
    appliedScanFilters,
  }
}

function missing(name: string, account: string): RepositoryScanningConfigurationFailure {
  const {message} = repositoryNotFound(name, account)
  return {repositoryName: name, failureCode: 'REPOSITORY_NOT_FOUND', failureReason: message}
}

function statusOf({status, description}: Scan): ImageScanStatus {
  return {status, ...(description === undefined ? {} : {description})}
}

function which(repository: Repository, {digest}: Image, imageId: ImageId) {
  return {...where(repository), imageId: {...imageId, imageDigest: digest}}
}

function scanNotFound({id}: Repository, {imageDigest = 'null', imageTag = 'null'}: ImageId): EcrError {
  return new EcrError(
    'ScanNotFoundException',
    `Image scan does not exist for the image with '{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}' in the repository with name '${id.name}' in the registry with id '${id.account}'`,
  )
}

function* repositoriesOf({world}: Call, {account, region, repositories}: Registry): Generator<Repository> {
  for (const [name] of repositories.from()) {
    const repository = world.repository({account, region, name})
    if (repository !== undefined) yield repository
  }
}
