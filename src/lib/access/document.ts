/** A policy in the grammar of IAM, as far as permissions need it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: readonly Statement[]
}

export interface Statement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal?: {readonly AWS: string}
  readonly Action: readonly string[]
  /** A repository's own policy has none. */
  readonly Resource?: readonly string[]
}

/** That an action is allowed on a resource: an ARN, in which `*` stands for any text, or `*`. */
export interface Grant {
  readonly action: string
  readonly resource: string
}

/**
 * The shortest list of statements for grants: resources with the same actions share one, and what a wider resource allows
 * already is left out. The order is always the same.
 */
export function statementsOf(grants: readonly Grant[]): Statement[] {
  const byAction = Map.groupBy(grants, ({action}) => action)
  const actionsOf = new Map<string, string[]>()
  for (const [action, group] of byAction) {
    const resources = new Set(group.map(({resource}) => resource))
    for (const resource of resources) {
      if (![...resources].some(other => covers(other, resource)))
        actionsOf.set(resource, [...(actionsOf.get(resource) ?? []), action])
    }
  }
  const byActions = Map.groupBy(actionsOf.keys(), resource =>
    (actionsOf.get(resource) ?? []).toSorted().join(' '),
  )
  const used = new Map<string, number>()
  return [...byActions]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([actions, resources]) => ({
      Sid: numbered(sidOf(resources), used),
      Effect: 'Allow',
      Action: actions.split(' '),
      Resource: resources.toSorted(),
    }))
}

/** Whether a resource that ends with `*` means another one, too. */
function covers(wide: string, resource: string): boolean {
  return wide !== resource && wide.endsWith('/*') && resource.startsWith(wide.slice(0, -1))
}

function sidOf([first = '']: readonly string[]): string {
  if (first === '*') return 'Registries'
  return first.includes(':role/') ? 'Roles' : 'Repositories'
}

function numbered(sid: string, used: Map<string, number>): string {
  const count = (used.get(sid) ?? 0) + 1
  used.set(sid, count)
  return count === 1 ? sid : `${sid}${count}`
}

/** Its length as IAM counts it, without white space (IAM user guide, "IAM and AWS STS quotas"). */
export function charactersOf(policy: PolicyDocument): number {
  return JSON.stringify(policy).length
}
