import type {EcrApi} from '../ecr/api.ts'
import type {Digest} from '../oci/digest.ts'

/** What there is in a registry to ask about. */
export interface Sample {
  readonly repository?: string
  readonly digest?: Digest
}

/** A read that commands need, as IAM names it. */
export interface Probe {
  readonly action: string
  /** Asks; undefined when there is nothing in the registry to ask about. */
  ask(api: EcrApi, sample: Sample): Promise<unknown> | undefined
}

/** Blobs of this digest are nowhere; whoever may ask for one is told so. */
const noBlob: Digest = `sha256:${'0'.repeat(64)}`

/** Of the registry as a whole, told to its own account alone. */
export const registryProbes: readonly Probe[] = [
  {
    action: 'ecr:DescribePullThroughCacheRules',
    ask: api => first(api.pullThrough.pullThroughCacheRules()),
  },
  {
    action: 'ecr:DescribeRegistry',
    ask: api => api.registry.replicationRules(),
  },
  {
    action: 'ecr:DescribeRepositoryCreationTemplates',
    ask: api => first(api.registry.creationTemplates()),
  },
  {
    action: 'ecr:GetAccountSetting',
    ask: api => api.registry.accountSetting('BLOB_MOUNTING'),
  },
  {
    action: 'ecr:GetRegistryPolicy',
    ask: api => api.registry.policy(),
  },
  {
    action: 'ecr:GetRegistryScanningConfiguration',
    ask: api => api.settings.scanningConfiguration(),
  },
  {
    action: 'ecr:GetSigningConfiguration',
    ask: api => api.settings.signingConfiguration(),
  },
  {
    action: 'ecr:ListPullTimeUpdateExclusions',
    ask: api => first(api.registry.pullTimeExclusions()),
  },
]

/** Of repositories and images, one of which stands for all. */
export const repositoryProbes: readonly Probe[] = [
  {
    action: 'ecr:DescribeImages',
    ask: (api, {repository}) =>
      repository === undefined ? undefined : first(api.facts.listImageDetails(repository)),
  },
  {
    action: 'ecr:ListImages',
    ask: (api, {repository}) =>
      repository === undefined ? undefined : first(api.listTaggedImages(repository)),
  },
  {
    action: 'ecr:GetLifecyclePolicy',
    ask: (api, {repository}) => (repository === undefined ? undefined : api.lifecycle.getPolicy(repository)),
  },
  {
    action: 'ecr:GetRepositoryPolicy',
    ask: (api, {repository}) =>
      repository === undefined ? undefined : api.repositories.getRepositoryPolicy(repository),
  },
  {
    action: 'ecr:ListTagsForResource',
    ask: (api, {repository}) => (repository === undefined ? undefined : api.repositories.tags(repository)),
  },
  {
    action: 'ecr:BatchCheckLayerAvailability',
    ask: (api, {repository}) =>
      repository === undefined ? undefined : api.batchCheckLayerAvailability(repository, [noBlob]),
  },
  {
    action: 'ecr:GetDownloadUrlForLayer',
    ask: (api, {repository}) =>
      repository === undefined ? undefined : api.facts.getDownloadUrl(repository, noBlob),
  },
  {
    action: 'ecr:BatchGetImage',
    ask: (api, {repository, digest}) =>
      repository === undefined ? undefined : api.batchGetImage(repository, [{imageDigest: digest ?? noBlob}]),
  },
  {
    action: 'ecr:DescribeImageScanFindings',
    ask: (api, {repository, digest}) =>
      repository === undefined || digest === undefined
        ? undefined
        : first(api.scan.findings(repository, digest)),
  },
  {
    action: 'ecr:DescribeImageReplicationStatus',
    ask: (api, {repository, digest}) =>
      repository === undefined || digest === undefined
        ? undefined
        : api.facts.imageReplication(repository, digest),
  },
]

/** What IAM has to allow so that nothing is denied. @public for the guide */
export const reads: readonly string[] = [
  'ecr:DescribeRepositories',
  ...[...registryProbes, ...repositoryProbes].map(({action}) => action),
]

/** The first page, and no more. */
export async function first<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page
  return undefined
}
