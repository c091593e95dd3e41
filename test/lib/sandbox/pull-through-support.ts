import {CreatePullThroughCacheRuleCommand, type ECRClient} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {type HostileRegistry, startHostileRegistry} from '../../support/hostile-registry.ts'
import {
  describe,
  dev,
  ecrClient,
  indexType,
  manifestType,
  openSandbox,
  region,
  smallImage,
} from './support.ts'

export const start = Date.UTC(2026, 10, 21)
export const day = 24 * 60 * 60 * 1000

/** A sandbox whose clock stands still, and the registry on this machine that stands for Quay in it. */
export async function openCached(hosts: readonly string[] = ['quay.io']): Promise<{
  readonly sandbox: Sandbox
  readonly upstream: HostileRegistry
  readonly ecr: ECRClient
}> {
  const upstream = await startHostileRegistry()
  onTestFinished(() => upstream.close())
  const upstreams = Object.fromEntries(hosts.map(host => [host, upstream.origin]))
  const sandbox = await openSandbox({upstreams})
  await sandbox.setClock(start)
  return {sandbox, upstream, ecr: ecrClient(sandbox)}
}

/** Caches Quay below a prefix, and by default all of it. */
export function cacheQuay(ecr: ECRClient, ecrRepositoryPrefix = 'quay', upstreamRepositoryPrefix = 'ROOT') {
  return ecr.send(
    new CreatePullThroughCacheRuleCommand({
      ecrRepositoryPrefix,
      upstreamRepositoryPrefix,
      upstreamRegistryUrl: 'quay.io',
    }),
  )
}

/** Gives the upstream registry a small image. */
export function addImage(upstream: HostileRegistry, tag?: string, content?: string) {
  const image = smallImage(content)
  for (const blob of [image.layer, image.config]) upstream.addBlob(blob)
  upstream.addManifest(image.manifest, manifestType, tag)
  return image
}

/** Gives the upstream registry an index of small images. */
export function addIndex(upstream: HostileRegistry, tag: string, contents: readonly string[]) {
  const images = contents.map(content => addImage(upstream, undefined, content))
  const manifests = images.map(({manifest}) => describe(manifestType, manifest))
  const digest = upstream.addManifest({schemaVersion: 2, mediaType: indexType, manifests}, indexType, tag)
  return {digest, images}
}

export function secretArn(name: string, account = dev): string {
  return `arn:aws:secretsmanager:${region}:${account}:secret:ecr-pullthroughcache/${name}`
}
