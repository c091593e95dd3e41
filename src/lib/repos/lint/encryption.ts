import type {EncryptionSetting} from '../../config/settings.ts'
import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule, Spot} from './finding.ts'

/** Keys that repositories are encrypted with. */
export const encryptionRules: readonly ReposLintRule[] = [
  {
    code: 'key-of-other-region',
    severity: 'error',
    summary: 'The KMS key of a repository or template is not of the region of its registry.',
    check: ({registries}: LintedFile) => registries.flatMap(keysElsewhere),
  },
]

/** API reference, EncryptionConfiguration: the key must be in the region of the repository. */
function keysElsewhere(registry: LintedRegistry): readonly ReposDoubt[] {
  const {settings, spot, repositories} = registry
  return [
    ...[...repositories].flatMap(([name, resolved]) =>
      keyElsewhere(registry, resolved.settings.encryption, () => resolved.spot('encryption')).map(doubt => ({
        ...doubt,
        repository: name,
      })),
    ),
    ...Object.entries(settings.creationTemplates ?? {}).flatMap(([prefix, template]) =>
      keyElsewhere(registry, template?.encryption, () => spot('creationTemplates', prefix, 'encryption')),
    ),
  ]
}

function keyElsewhere(
  {place, label}: LintedRegistry,
  encryption: EncryptionSetting | undefined,
  spotOf: () => Spot,
): readonly ReposDoubt[] {
  const [, , service, region] = encryption?.key?.split(':') ?? []
  if (service !== 'kms' || region === place.region) return []
  return [
    {
      at: spotOf(),
      registry: label,
      message: `The key is of ${region}, and the registry of ${place.region}: no repository can be made with it.`,
      fix: `Name a key of ${place.region} in an overlay of ${label}, or an alias that is in every region.`,
    },
  ]
}
