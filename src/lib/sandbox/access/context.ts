import type {AccessRequest, Tags} from './request.ts'

/**
 * The values of a condition key in a request: none where AWS would have none, undefined for a key that the sandbox does
 * not know. Names of keys are not case-sensitive.
 */
export function valuesOf(request: AccessRequest, key: string): readonly string[] | undefined {
  const name = key.toLowerCase()
  const slash = name.indexOf('/')
  if (slash >= 0) return tagValues(request, name.slice(0, slash), name.slice(slash + 1))
  return absent.has(name) ? [] : keys.get(name)?.(request)
}

// IAM user guide, "AWS global condition context keys".
const keys = new Map<string, (request: AccessRequest) => readonly string[]>([
  ['aws:currenttime', ({now}) => [new Date(now).toISOString()]],
  ['aws:epochtime', ({now}) => [String(Math.floor(now / 1000))]],
  [
    'aws:multifactorauthpresent',
    ({caller}) => (caller.temporary === true ? [String(caller.mfa === true)] : []),
  ],
  ['aws:principalaccount', ({caller}) => [caller.account]],
  ['aws:principalarn', ({caller}) => [caller.principalArn]],
  ['aws:principalisawsservice', () => ['false']],
  ['aws:principalorgid', ({organization}) => organizationId(organization)],
  ['aws:principalorgpaths', ({organization}) => organizationPath(organization)],
  ['aws:principaltype', ({caller}) => [principalType(caller)]],
  ['aws:requestedregion', ({region}) => (region === undefined ? [] : [region])],
  ['aws:resourceaccount', ({resource}) => [resource.account]],
  ['aws:resourceorgid', ({resource}) => organizationId(resource.organization)],
  ['aws:resourceorgpaths', ({resource}) => organizationPath(resource.organization)],
  // Real registries speak TLS alone; the plain HTTP of the sandbox stands for it.
  ['aws:securetransport', () => ['true']],
  ['aws:sourceip', ({sourceIp}) => [sourceIp]],
  ['aws:tagkeys', ({tagKeys, requestTags = {}}) => tagKeys ?? Object.keys(requestTags)],
  ['aws:userid', ({caller}) => [caller.userId]],
  [
    'aws:username',
    ({caller}) =>
      principalType(caller) === 'User' ? [caller.arn.slice(caller.arn.lastIndexOf('/') + 1)] : [],
  ],
  ['aws:viaawsservice', () => ['false']],
  ['sts:externalid', ({externalId}) => (externalId === undefined ? [] : [externalId])],
])

// Keys of calls that a service makes, that come through a VPC, or by a federation which the sandbox does not have.
const absent = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:federatedprovider',
  'aws:multifactorauthage',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceidentity',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpcarn',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:vpcsourceip',
])

function tagValues(request: AccessRequest, prefix: string, tag: string): readonly string[] | undefined {
  switch (prefix) {
    case 'aws:principaltag':
      return tagValue(request.principalTags, tag)
    case 'aws:resourcetag':
    case 'ecr:resourcetag':
      return tagValue(request.resource.tags(), tag)
    case 'aws:requesttag':
      return tagValue(request.requestTags ?? {}, tag)
    default:
      return undefined
  }
}

function tagValue(tags: Tags, name: string): readonly string[] {
  const found = Object.entries(tags).find(([key]) => key.toLowerCase() === name)
  return found === undefined ? [] : [found[1]]
}

function principalType({role, arn}: AccessRequest['caller']): string {
  if (role !== undefined) return 'AssumedRole'
  return arn.endsWith(':root') ? 'Account' : 'User'
}

function organizationId(organization: string | undefined): readonly string[] {
  return organization === undefined ? [] : [organization.split('/', 1)[0] ?? '']
}

function organizationPath(organization: string | undefined): readonly string[] {
  return organization === undefined ? [] : [organization.endsWith('/') ? organization : `${organization}/`]
}
