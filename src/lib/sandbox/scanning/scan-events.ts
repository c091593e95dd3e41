import type {ScanType} from '../api/model/ecr.ts'
import type {SeverityCounts} from '../events/details.ts'
import type {Services} from '../services.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {Registry} from '../state/world.ts'
import type {RepositoryScanning} from './configuration.ts'
import type {Scan} from './scans.ts'

/** What follows when a scan of an image has ended. Inspector tells of the first scan of an image that worked. */
export function scanEnded(
  services: Services,
  repository: Repository,
  image: Image,
  scanType: ScanType,
  {status, findings}: Scan,
): void {
  const counts = (findings?.findingSeverityCounts ?? {}) as SeverityCounts
  const where = {account: repository.id.account, region: repository.id.region, resources: [repository.arn]}
  const of = {'image-digest': image.digest, 'image-tags': [...image.tags]}
  if (scanType === 'BASIC') {
    services.events.emit({
      type: 'ECR Image Scan',
      ...where,
      detail: {
        'scan-status': status,
        'repository-name': repository.id.name,
        'finding-severity-counts': counts,
        ...of,
      },
    })
  } else if (findings !== undefined) {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    services.events.emit({
      type: 'Inspector2 Scan',
      ...where,
      detail: {
        'scan-status': 'INITIAL_SCAN_COMPLETE',
        'repository-name': repository.arn,
        'finding-severity-counts': {...counts, TOTAL: total},
        ...of,
      },
    })
    // Inspector has findings in a form of its own; here they are as ECR passes them on.
    for (const finding of findings.enhancedFindings ?? []) {
      services.events.emit({type: 'Inspector2 Finding', ...where, detail: finding})
    }
  }
}

export interface FrequencyChange {
  readonly repository: Repository
  readonly before: RepositoryScanning
  readonly after: RepositoryScanning
}

/** What follows when the rules of enhanced scanning change how often repositories are scanned. */
export function frequenciesChanged(
  services: Services,
  {account, region}: Registry,
  changes: readonly FrequencyChange[],
): void {
  if (changes.length === 0) return
  services.events.emit({
    type: 'ECR Scan Resource Change',
    account,
    region,
    resources: changes.map(({repository}) => repository.arn),
    detail: {
      'action-type': 'SCAN_FREQUENCY_CHANGE',
      repositories: changes.map(({repository, before, after}) => ({
        'repository-name': repository.id.name,
        'repository-arn': repository.arn,
        'scan-frequency': after.scanFrequency,
        'previous-scan-frequency': before.scanFrequency,
      })),
      'resource-type': 'REPOSITORY',
      'scan-type': 'ENHANCED',
    },
  })
}
