import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule, Spot} from './finding.ts'

/** What registries name by ARN and is not theirs. */
export const arnRules: readonly ReposLintRule[] = [
  {
    code: 'role-of-other-account',
    severity: 'error',
    summary: 'The role of a pull-through cache or a creation template is of another account.',
    check: ({registries}: LintedFile) => registries.flatMap(rolesElsewhere),
  },
  {
    code: 'profile-of-other-region',
    severity: 'error',
    summary: 'A signing profile is not of the region of the registry.',
    check: ({registries}: LintedFile) => registries.flatMap(profilesElsewhere),
  },
]

/** Whoever hands a role to a service has to be of the role's account (IAM user guide, "Grant a user permissions to pass a role"). */
function rolesElsewhere(registry: LintedRegistry): readonly ReposDoubt[] {
  const {settings, spot} = registry
  return (['pullThroughCache', 'creationTemplates'] as const).flatMap(key =>
    Object.entries(settings[key] ?? {}).flatMap(([prefix, entry]) =>
      roleElsewhere(registry, entry?.role, () => spot(key, prefix, 'role')),
    ),
  )
}

function roleElsewhere(
  {place, label}: LintedRegistry,
  role: string | undefined,
  spotOf: () => Spot,
): readonly ReposDoubt[] {
  const account = role?.split(':')[4]
  if (account === undefined || account === place.account) return []
  return [
    {
      at: spotOf(),
      registry: label,
      message: `The role is of ${account}, and the registry of ${place.account}: ECR refuses it.`,
      fix: `Name a role of ${place.account}; \${account} stands for that of each registry.`,
    },
  ]
}

/** ECR user guide, managed-signing: a profile of the same region, of whichever account. */
function profilesElsewhere({settings, spot, place, label}: LintedRegistry): readonly ReposDoubt[] {
  return (settings.signing?.rules ?? []).flatMap(({profile, state}) => {
    const region = profile.split(':')[3]
    if (state !== undefined || region === place.region) return []
    return [
      {
        at: spot('signing', 'rules', profile),
        registry: label,
        message: `The signing profile is of ${region}, and the registry of ${place.region}: ECR refuses it.`,
        fix: `Name a profile of ${place.region}; \${region} stands for that of each registry.`,
      },
    ]
  })
}
