import type {Estate, RegistrySettings} from '../config/estate.ts'
import type {ChosenCommand} from './commands.ts'

/** What is configured with the help of a role that belongs to a service. */
const served = ['creationTemplates', 'pullThroughCache', 'replication', 'scanning'] as const

/**
 * What applying this repos.yaml may need of IAM, which no generated policy has: one line each. When and on which resource it is
 * asked for is unconfirmed (ECR user guide, "Using service-linked roles", "Repository creation templates").
 */
export function otherServices(commands: readonly ChosenCommand[], {registries}: Estate): string[] {
  if (!commands.some(({name}) => name === 'repos apply')) return []
  const settings = [...registries.values()]
  const isServed = settings.some(each => served.some(key => each[key] !== undefined && each[key] !== null))
  const roles = [...new Set(settings.flatMap(rolesOf))].toSorted()
  return [
    ...(isServed
      ? [
          'The first time that it is configured, replication, scanning, caching or making repositories may need iam:CreateServiceLinkedRole, too, which is not in the policies (unconfirmed).',
        ]
      : []),
    ...roles.map(
      role =>
        `Giving ECR the role ${role} may need iam:PassRole on it, which is not in the policies (unconfirmed).`,
    ),
  ]
}

function rolesOf({creationTemplates = {}, pullThroughCache = {}}: RegistrySettings): string[] {
  const entries = [...Object.values(creationTemplates), ...Object.values(pullThroughCache)]
  return entries.flatMap(entry => entry?.role ?? [])
}
