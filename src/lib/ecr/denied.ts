import {DeniedError} from '../errors.ts'
import {oneLine} from '../oci/one-line.ts'
import {isAccountId, parseEcrHost} from './hosts.ts'

export type Access = 'pull' | 'push' | 'inventory' | 'lifecycle' | 'replication' | 'scan' | 'reconcile'

/** What an inventory asks of a repository. */
const inventoryActions = [
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:DescribeRepositories',
  'ecr:GetLifecyclePolicy',
]

/** Actions on a repository that Gantry needs, as the ECR user guide lists them ("Pushing an image", "Repository policy examples"). */
const actions: Readonly<Record<Access, readonly string[]>> = {
  // The API reference says of ListImageReferrers that BatchGetImage is its permission.
  pull: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  push: [
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:GetDownloadUrlForLayer',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
  ],
  inventory: inventoryActions,
  lifecycle: [
    ...inventoryActions,
    'ecr:DeleteLifecyclePolicy',
    'ecr:GetLifecyclePolicyPreview',
    'ecr:PutLifecyclePolicy',
    'ecr:StartLifecyclePolicyPreview',
  ],
  replication: [
    'ecr:BatchGetImage',
    'ecr:DescribeImageReplicationStatus',
    'ecr:DescribeImages',
    'ecr:DescribeRepositories',
  ],
  scan: [
    'ecr:BatchGetImage',
    'ecr:DescribeImageScanFindings',
    'ecr:DescribeImages',
    'ecr:DescribeRepositories',
    'ecr:ListImages',
    'ecr:StartImageScan',
  ],
  // Deleting a repository is rare enough to be asked for when it is denied.
  reconcile: [
    ...inventoryActions,
    'ecr:DeleteLifecyclePolicy',
    'ecr:DeleteRepositoryPolicy',
    'ecr:GetRepositoryPolicy',
    'ecr:ListTagsForResource',
    'ecr:PutImageScanningConfiguration',
    'ecr:PutImageTagMutability',
    'ecr:PutLifecyclePolicy',
    'ecr:SetRepositoryPolicy',
    'ecr:TagResource',
    'ecr:UntagResource',
  ],
}

const statementIds: Readonly<Record<Access, string>> = {
  pull: 'AllowPull',
  push: 'AllowPush',
  inventory: 'AllowInventory',
  lifecycle: 'AllowLifecycle',
  replication: 'AllowReplicationStatus',
  scan: 'AllowScanFindings',
  reconcile: 'AllowReconciliation',
}

const pushActions: ReadonlySet<string> = new Set([
  'ecr:BatchCheckLayerAvailability',
  'ecr:CompleteLayerUpload',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
])

/** What AWS says when it denies: who, what, on which resource and for want of which policy. */
export interface Denial {
  readonly principal: string
  /** For example `ecr:PutImage`. */
  readonly action: string
  /** ARN, or `*`. */
  readonly resource: string
  readonly reason?: string
}

const denial =
  /User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?(?: (?:because )?(.+?))?\.?$/

/** Reads the text of an AccessDeniedException, or of the `DENIED` code of the registry protocol. */
export function parseDenial(text: string): Denial | undefined {
  const [, principal, action, resource = '*', reason] = denial.exec(text) ?? []
  if (principal === undefined || action === undefined) return undefined
  return {principal, action, resource, ...(reason === undefined ? {} : {reason})}
}

/**
 * The statement to add to a repository's policy so that `principal` has this access to it, as JSON on one line.
 *
 * @param principal account id or ARN; the session of a role becomes the role.
 * @param denied an action of ECR that is allowed in any case.
 */
export function repositoryPolicyStatement(principal: string, access: Access, denied = ''): string {
  const allowed = actions[access]
  return JSON.stringify({
    Sid: statementIds[access],
    Effect: 'Allow',
    Principal: {AWS: policyPrincipal(principal)},
    Action:
      allowed.includes(denied) || !denied.startsWith('ecr:') ? allowed : [...allowed, denied].toSorted(),
  })
}

/**
 * An ARN that a policy accepts as its principal. The session ARN of a role has lost the role's path, so roles of IAM
 * Identity Center, which always have one, become their account.
 */
function policyPrincipal(principal: string): string {
  if (isAccountId(principal)) return `arn:aws:iam::${principal}:root`
  const session = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(principal)
  if (session === null) return principal
  const [, partition, account, role = ''] = session
  const owner = role.startsWith('AWSReservedSSO_') ? 'root' : `role/${role}`
  return `arn:${partition}:iam::${account}:${owner}`
}

export interface DenialContext {
  /** What the service said. */
  readonly message: string
  readonly registryHost: string
  readonly repository?: string | undefined
  /** Account of the registry. */
  readonly account: string
  /** ARN of who asked; without it, whom the message names. */
  readonly principal?: string | undefined
  /** What the registry is used for: the statement to add allows all of it, not only what was denied first. */
  readonly purpose?: Access | undefined
}

/**
 * The error for a denied request: one line that names action, principal and resource, with hints that say which policy
 * to change. Pure.
 */
export function deniedError(context: DenialContext): DeniedError {
  const said = parseDenial(context.message)
  if (said === undefined) {
    const where = context.repository === undefined ? '' : `/${context.repository}`
    return new DeniedError(
      'ACCESS_DENIED',
      `${context.registryHost}${where} denied access: ${oneLine(context.message, 400)}`,
    )
  }
  const {principal, action, resource, reason} = said
  const why = reason === undefined ? '' : ` (${reason})`
  return new DeniedError(
    'ACCESS_DENIED',
    oneLine(`${principal} is not allowed ${action} on ${resource}${why}.`, 1000),
    {hints: hints(said, context)},
  )
}

function hints(said: Denial, context: DenialContext): readonly string[] {
  const {action, resource, reason = ''} = said
  const principal = context.principal ?? said.principal
  const caller = accountOfArn(principal)
  const owner = accountOfArn(resource) ?? context.account
  const repository = repositoryOfArn(resource) ?? context.repository
  const identity = `Allow ${action} on ${resource} in the IAM policy of ${policyPrincipal(principal)}.`

  if (action.startsWith('sts:Assume')) {
    return [
      `The trust policy of ${resource} must let ${policyPrincipal(principal)} assume it, with the external id that repos.yaml gives, if any.`,
    ]
  }
  if (/explicit deny/.test(reason))
    return ['A policy denies this explicitly; allowing it elsewhere does not help.']
  const repositoryPolicyDecides =
    caller !== owner && repository !== undefined && action !== 'ecr:CreateRepository'
  if (!repositoryPolicyDecides || /identity-based/.test(reason)) return [identity]

  const access: Access = pushActions.has(action) ? 'push' : (context.purpose ?? 'pull')
  const host = parseEcrHost(context.registryHost)
  const region = host?.kind === 'private' ? `/${host.region}` : ''
  return [
    `Add this statement to the policy of repository ${repository} in ${owner}${region}: ${repositoryPolicyStatement(principal, access, action)}`,
  ]
}

function accountOfArn(arn: string): string | undefined {
  const account = arn.split(':')[4] ?? ''
  return isAccountId(account) ? account : undefined
}

function repositoryOfArn(arn: string): string | undefined {
  return /:repository\/(.+)$/.exec(arn)?.[1]
}
