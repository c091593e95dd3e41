import {
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  ECRClient,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
  type RepositoryFilter,
} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {clientOptions, dev, http, openSandbox} from './support.ts'

export const home = 'eu-west-1'
export const away = 'us-east-1'
export const start = Date.UTC(2026, 10, 21)
/** How long a replication takes in these tests, in milliseconds. */
export const delay = 5000

/** A sandbox whose clock stands still. */
export async function openStill(): Promise<Sandbox> {
  const sandbox = await openSandbox({durations: {replication: delay}})
  await sandbox.setClock(start)
  return sandbox
}

/** An account's client in one region. */
export function client(sandbox: Sandbox, region = home, account = dev): ECRClient {
  const ecr = new ECRClient({...clientOptions(sandbox, account), region})
  onTestFinished(() => ecr.destroy())
  return ecr
}

/** Replicates all repositories, or those that begin so. */
export function replicateTo(
  ecr: ECRClient,
  destinations: readonly {readonly region: string; readonly registryId?: string}[],
  prefixes?: readonly string[],
) {
  const filters = prefixes?.map((filter): RepositoryFilter => ({filter, filterType: 'PREFIX_MATCH'}))
  const rule = {
    destinations: destinations.map(({region, registryId = dev}) => ({region, registryId})),
    ...(filters && {repositoryFilters: filters}),
  }
  return ecr.send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: [rule]}}))
}

/** Calls an operation with members that the SDK does not know yet. */
export async function call(sandbox: Sandbox, operation: string, input: object): Promise<unknown> {
  const {text} = await http(sandbox.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${dev}/20261121/${home}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  })
  return JSON.parse(text)
}

/** Lets another account do these actions with any repository of the client's registry. */
export function letReplicate(ecr: ECRClient, account: string, ...actions: readonly string[]) {
  const statement = {
    Sid: 'replication',
    Effect: 'Allow',
    Principal: {AWS: `arn:aws:iam::${account}:root`},
    Action: actions,
    Resource: '*',
  }
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
  return ecr.send(new PutRegistryPolicyCommand({policyText}))
}

/** Digests of a repository, each with its tags; undefined when there is no repository. */
export async function imagesOf(ecr: ECRClient, repositoryName: string) {
  try {
    const {imageDetails = []} = await ecr.send(
      new DescribeImagesCommand({repositoryName, filter: {imageStatus: 'ANY'}}),
    )
    return new Map(imageDetails.map(({imageDigest, imageTags = []}) => [imageDigest, imageTags]))
  } catch (error) {
    if (error instanceof Error && error.name === 'RepositoryNotFoundException') return undefined
    throw error
  }
}

export async function statusOf(ecr: ECRClient, repositoryName: string, imageDigest: string) {
  const command = new DescribeImageReplicationStatusCommand({repositoryName, imageId: {imageDigest}})
  return (await ecr.send(command)).replicationStatuses
}

/** The details of the sandbox's events of one type, each with the registry in which it was told. */
export function told(sandbox: Sandbox, type: string) {
  return sandbox.events
    .filter(event => event['detail-type'] === type)
    .map(({account, region, resources, detail}) => ({account, region, resources, ...detail}))
}
