import type {ImageDetail} from '../api/model/ecr.ts'
import type {Image, Repository} from '../state/repository.ts'
import type {World} from '../state/world.ts'
import {scanningConfigurationOf} from './configuration.ts'
import {scanOf} from './scans.ts'

/**
 * What DescribeImages tells of an image's scan. Basic scanning has told nothing there since it is AWS's own (API reference,
 * DescribeImages); that enhanced scanning does is unconfirmed.
 */
export function scanSummaryOf(
  world: World,
  repository: Repository,
  image: Image,
): Pick<ImageDetail, 'imageScanStatus' | 'imageScanFindingsSummary'> {
  const {account, region} = repository.id
  if (scanningConfigurationOf(world.registry(account, region)).scanType === 'BASIC') return {}
  const scan = scanOf(repository, image, 'ENHANCED')
  if (scan === undefined) return {}
  const {status, description, findings} = scan
  const {findings: _, enhancedFindings: __, ...summary} = findings ?? {}
  return {
    imageScanStatus: {status, ...(description === undefined ? {} : {description})},
    ...(findings === undefined ? {} : {imageScanFindingsSummary: summary}),
  }
}
