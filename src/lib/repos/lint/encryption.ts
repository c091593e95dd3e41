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
      keyElsewhere(registry, name, resolved.settings.encryption, resolved.spot('encryption')),
    ),
    ...Object.entries(settings.creationTemplates ?? {}).flatMap(([prefix, template]) =>
      keyElsewhere(
        registry,
        `the template ${prefix}`,
        template?.encryption,
        spot('creationTemplates', prefix, 'encryption'),
      ),
    ),
  ]
}

function keyElsewhere(
  {place, label}: LintedRegistry,
  what: string,
  encryption: EncryptionSetting | undefined,
  at: Spot,
): readonly ReposDoubt[] {
  const [, , service, region] = encryption?.key?.split(':') ?? []
  if (service !== 'kms' || region === place.region) return []
  return [
    {
      at,
      registry: label,
      message: `The key is of ${region}, and ${what} of ${place.region}: ECR refuses to make it.`,
      fix: `Name a key of ${place.region} in an overlay of ${label}, or an alias that is in every region.`,
    },
  ]
}
