import type {
  RegistryScanningConfiguration,
  ScanFrequency,
  ScanningRepositoryFilter,
  ScanType,
} from '../api/model/ecr.ts'
import {invalidParameter} from '../ecr-error.ts'
import type {Repository} from '../state/repository.ts'
import {matchesWildcard} from '../state/wildcard.ts'
import type {Registry, World} from '../state/world.ts'

export type ScanningConfiguration = Required<RegistryScanningConfiguration>

/** How the images of a repository are scanned. */
export interface RepositoryScanning {
  readonly scanType: ScanType
  /** MANUAL: not by themselves. */
  readonly scanFrequency: ScanFrequency
  /** The filters of the registry's rule for it that its name matches. */
  readonly appliedScanFilters: readonly ScanningRepositoryFilter[]
}

const unset: ScanningConfiguration = {scanType: 'BASIC', rules: []}

export function scanningConfigurationOf(registry: Registry): ScanningConfiguration {
  return registry.table<ScanningConfiguration>('scanning').get('configuration') ?? unset
}

/**
 * ECR user guide, image-scanning: basic scanning knows scan on push alone, enhanced scanning that and continuous scanning.
 * The wording of the refusal is unconfirmed.
 *
 * @throws {EcrError} InvalidParameterException.
 */
export function setScanningConfiguration(registry: Registry, configuration: ScanningConfiguration): void {
  const {scanType, rules} = configuration
  const frequencies = scanType === 'BASIC' ? ['SCAN_ON_PUSH'] : ['SCAN_ON_PUSH', 'CONTINUOUS_SCAN']
  if (!rules.every(({scanFrequency}) => frequencies.includes(scanFrequency))) {
    throw invalidParameter(
      'scanFrequency',
      `Member must satisfy enum value set: [${frequencies.join(', ')}] when scanType is ${scanType}`,
    )
  }
  registry.table<ScanningConfiguration>('scanning').set('configuration', configuration)
}

/**
 * Continuous scanning wins over scan on push. With basic scanning the repository's own scan on push holds beside the
 * registry's rules (that it still does is unconfirmed); with enhanced scanning, what no rule names is not scanned.
 */
export function scanningOf(world: World, {id, settings}: Repository): RepositoryScanning {
  const {scanType, rules} = scanningConfigurationOf(world.registry(id.account, id.region))
  for (const scanFrequency of ['CONTINUOUS_SCAN', 'SCAN_ON_PUSH'] as const) {
    const appliedScanFilters = rules
      .filter(rule => rule.scanFrequency === scanFrequency)
      .flatMap(rule => rule.repositoryFilters)
      .filter(({filter}) => matchesScanFilter(filter, id.name))
    if (appliedScanFilters.length > 0) return {scanType, scanFrequency, appliedScanFilters}
  }
  const ownRule = scanType === 'BASIC' && settings.scanOnPush
  return {scanType, scanFrequency: ownRule ? 'SCAN_ON_PUSH' : 'MANUAL', appliedScanFilters: []}
}

/** A filter without a wildcard matches every name that contains it (ECR user guide, image-scanning-filters). */
export function matchesScanFilter(filter: string, repositoryName: string): boolean {
  return filter.includes('*') ? matchesWildcard(filter, repositoryName) : repositoryName.includes(filter)
}
