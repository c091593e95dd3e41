import {partitionOf} from '../../ecr/hosts.ts'
import type {PolicyStatement, RouteDoubt} from './finding.ts'
import {type Grant, grantOf} from './grant.ts'
import type {LintedRepository, LintedRoute} from './route.ts'

const replicate = 'ecr:ReplicateImage'
const create = 'ecr:CreateRepository'

/**
 * Whether the policy of the destination's registry lets the source replicate a repository there. Within an account nothing
 * need be granted, and a deny counts all the same.
 */
export function grantDoubts(route: LintedRoute, repository: LintedRepository): RouteDoubt[] {
  return [doubtOf(replicate, route, repository), doubtOf(create, route, repository)].filter(
    doubt => doubt !== undefined,
  )
}

/** What the destination has to allow, whichever of it is there. */
export function statementFor({
  source,
  destination,
}: Pick<LintedRoute, 'source' | 'destination'>): PolicyStatement {
  const partition = partitionOf(destination.region)
  return {
    Sid: `ReplicationFrom${source.account}`,
    Effect: 'Allow',
    Principal: {AWS: `arn:${partition}:iam::${source.account}:root`},
    Action: [create, replicate],
    Resource: `arn:${partition}:ecr:${destination.region}:${destination.account}:repository/*`,
  }
}

function doubtOf(
  action: string,
  route: LintedRoute,
  {name, isThere}: LintedRepository,
): RouteDoubt | undefined {
  const {source, destination, policy} = route
  const isCreate = action === create
  const grant = grantOf(policy, questionOf(action, route, name))
  if (isGranted(grant, source.account === destination.account)) return undefined
  const severity = isCreate && isThere ? 'warning' : 'error'
  const statement = statementFor(route)
  if (grant.kind === 'denied') {
    return {
      code: 'explicit-deny',
      severity,
      message: `The policy of ${destination.label} denies ${action} to account ${source.account}.`,
      fix: 'Take the denial out: a statement that allows it does not help.',
    }
  }
  if (grant.kind === 'unclear') {
    return {
      code: 'unclear-policy',
      severity: 'warning',
      message: `Whether the policy of ${destination.label} allows ${action} to account ${source.account} cannot be told: ${grant.reason}.`,
      fix: 'Add a statement of its own for replication, which depends on nothing else.',
      statement,
    }
  }
  const consequence = !isCreate
    ? 'nothing arrives'
    : isThere
      ? 'repositories that are not there yet are not made'
      : 'the repository is not made, and nothing arrives'
  return {
    code: isCreate ? 'no-create-grant' : 'no-replicate-grant',
    severity,
    message: `The policy of ${destination.label} does not allow ${action} to account ${source.account}: ${consequence}.`,
    fix: fixOf(route),
    statement,
  }
}

function isGranted({kind}: Grant, isOneAccount: boolean): boolean {
  return kind === 'allowed' || (isOneAccount && kind === 'silent')
}

function questionOf(action: string, {source, destination}: LintedRoute, name: string) {
  const partition = partitionOf(destination.region)
  const resource = `arn:${partition}:ecr:${destination.region}:${destination.account}:repository/${name}`
  return {account: source.account, partition, action, resource}
}

function fixOf({destination, policy}: LintedRoute): string {
  const where = `in account ${destination.account}, region ${destination.region}`
  return policy === null
    ? `There is no policy ${where}: put one with this statement (aws ecr put-registry-policy).`
    : `Add this statement to the registry's policy ${where} (aws ecr put-registry-policy replaces the whole policy).`
}
