import {
  DescribeImagesCommand,
  type ECRClient,
  type ImageDetail,
  PutImageCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import type {LifecycleRule, Selection} from '../../../src/lib/lifecycle/policy.ts'
import {describe, indexType, manifestType, putSmallImage, sha256, smallImage} from './support.ts'

export const repositoryName = 'app'
export const dayMs = 86_400_000

export function policyText(...rules: readonly LifecycleRule[]): string {
  return JSON.stringify({rules})
}

export function expire(selection: Partial<Selection> & Pick<Selection, 'tagStatus'>): LifecycleRule {
  return {
    rulePriority: 1,
    selection: {countType: 'imageCountMoreThan', countNumber: 1, ...selection},
    action: {type: 'expire'},
  }
}

/** A rule that archives everything that was pushed more than so many days ago. */
export function archiveAfter(days: number): LifecycleRule {
  return {
    rulePriority: 1,
    selection: {tagStatus: 'any', countType: 'sinceImagePushed', countUnit: 'days', countNumber: days},
    action: {type: 'transition', targetStorageClass: 'archive'},
  }
}

export async function putPolicy(client: ECRClient, ...rules: readonly LifecycleRule[]): Promise<void> {
  await client.send(
    new PutLifecyclePolicyCommand({repositoryName, lifecyclePolicyText: policyText(...rules)}),
  )
}

/** Puts an image with all its tags. @returns its digest. */
export async function putTagged(
  client: ECRClient,
  content: string,
  tags: readonly string[] = [],
): Promise<string> {
  const {manifest, digest} = await putSmallImage(client, repositoryName, tags[0], content)
  for (const imageTag of tags.slice(1)) {
    await client.send(new PutImageCommand({repositoryName, imageManifest: manifest, imageTag}))
  }
  return digest
}

/** Puts an index that lists small images by their contents. @returns its digest. */
export async function putIndex(client: ECRClient, imageTag: string, ...contents: string[]): Promise<string> {
  const manifests = contents.map(content => describe(manifestType, smallImage(content).manifest))
  return put(client, {schemaVersion: 2, mediaType: indexType, manifests}, imageTag)
}

/** Puts a referrer of a small image; its config and layer are that image's. @returns its digest. */
export async function putReferrer(client: ECRClient, subjectContent: string): Promise<string> {
  const {manifest} = smallImage(subjectContent)
  const subject = describe(manifestType, manifest)
  return put(client, {...(JSON.parse(manifest) as object), artifactType: 'application/example', subject})
}

async function put(client: ECRClient, manifest: object, imageTag?: string): Promise<string> {
  const imageManifest = JSON.stringify(manifest)
  await client.send(new PutImageCommand({repositoryName, imageManifest, imageTag}))
  return sha256(imageManifest)
}

/** All images of the repository, whatever their status. */
export async function allImages(client: ECRClient): Promise<readonly ImageDetail[]> {
  const {imageDetails = []} = await client.send(
    new DescribeImagesCommand({repositoryName, filter: {imageStatus: 'ANY'}, maxResults: 1000}),
  )
  return imageDetails
}

export async function digestsOf(client: ECRClient): Promise<ReadonlySet<string | undefined>> {
  return new Set((await allImages(client)).map(({imageDigest}) => imageDigest))
}
