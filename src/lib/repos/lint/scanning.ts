import {show} from '../../config/problems.ts'
import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'

/** What the registry scans. */
export const scanningRules: readonly ReposLintRule[] = [
  {
    code: 'scan-filter-contains',
    severity: 'warning',
    summary: 'A filter of scanning without an asterisk fits every name that contains it.',
    check: ({registries}: LintedFile) => registries.flatMap(filtersThatContain),
  },
  {
    code: 'scan-on-push-unused',
    severity: 'note',
    summary: 'scanOnPush of a repository stands beside the filters of its registry, which decide alone.',
    check: ({registries}: LintedFile) => registries.flatMap(unusedScanOnPush),
  },
]

/** ECR user guide, image-scanning-filters: a filter without a wildcard fits names that contain it. */
function filtersThatContain({settings, spot, label}: LintedRegistry): readonly ReposDoubt[] {
  return (['continuous', 'onPush'] as const).flatMap(key =>
    (settings.scanning?.[key] ?? [])
      .filter(filter => !filter.includes('*'))
      .map(filter => ({
        at: spot('scanning', key),
        registry: label,
        message: `The filter ${show(filter)} fits every name that contains it, such as ${show(`other-${filter}-x`)}.`,
        fix: `Write ${show(`${filter}*`)} for what begins with it.`,
      })),
  )
}

/** API reference, PutImageScanningConfiguration: deprecated in favour of the registry's rules. */
function unusedScanOnPush({settings, repositories, label}: LintedRegistry): readonly ReposDoubt[] {
  if (settings.scanning?.type !== 'ENHANCED') return []
  return [...repositories].flatMap(([name, resolved]) =>
    resolved.settings.scanOnPush === undefined
      ? []
      : [
          {
            at: resolved.spot('scanOnPush'),
            registry: label,
            repository: name,
            message:
              'It is said of a repository, and the enhanced scanning of the registry goes by its filters alone.',
            fix: 'Take it out, and say scanning.onPush of the registry.',
          },
        ],
  )
}
