/** Repositories and their policies as plans are made of them, without any registry. */
import type {ImageRecord} from '../../../src/lib/ecr/inventory/model.ts'
import {type PolicyPair, policyPair} from '../../../src/lib/lifecycle/plan-policies.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {ago} from './judge-support.ts'

export const registry = {
  label: 'prod@eu-west-1',
  host: '222222222222.dkr.ecr.eu-west-1.amazonaws.com',
  account: '222222222222',
  region: 'eu-west-1',
  alias: 'prod',
}

/** The digest of the image that a test calls so. */
export function digest(name: string): Digest {
  return `sha256:${name}`
}

/** An image without tags, of 100 bytes, pushed so many days ago. */
export function record(name: string, days: number, members: Partial<ImageRecord> = {}): ImageRecord {
  return {
    digest: digest(name),
    tags: [],
    mediaType: mediaTypes.ociManifest,
    size: 100,
    status: 'active',
    pushedAt: ago(days),
    ...members,
  }
}

/** The policy of a repository as it is, null for none, and as it is to be; undefined where nobody says that. */
export function policies(
  today: readonly LifecycleRule[] | null,
  next?: readonly LifecycleRule[] | null,
): PolicyPair {
  return policyPair(
    {registry, name: 'app', policy: today === null ? null : JSON.stringify({rules: today})},
    next === undefined
      ? {kind: 'unmanaged'}
      : next === null
        ? {kind: 'none', origin: 'repos.yaml:1:1'}
        : {kind: 'policy', policy: {rules: next}, origin: 'repos.yaml:1:1'},
  )
}
