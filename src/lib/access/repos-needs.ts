/** What reconciling asks of registries. */
import {type Need, needs} from './need.ts'

/** What there is besides repositories themselves: a permission, and what it tells. */
const reads = [
  ['GetRepositoryPolicy', 'the policies of repositories'],
  ['GetLifecyclePolicy', 'the lifecycle policies'],
  ['ListTagsForResource', 'the tags of repositories'],
  ['GetAccountSetting', 'the settings of accounts'],
  ['GetRegistryPolicy', 'the policies of registries'],
  ['GetRegistryScanningConfiguration', 'what is scanned'],
  ['DescribeRegistry', 'the replication rules'],
  ['GetSigningConfiguration', 'what is signed'],
  ['ListPullTimeUpdateExclusions', 'the pull-time exclusions'],
  ['DescribePullThroughCacheRules', 'the pull-through cache rules'],
  ['DescribeRepositoryCreationTemplates', 'the creation templates'],
] as const

const found = needs('source', [
  [
    'DescribeRepositories',
    'the repositories that are there, with encryption, mutability and scans on push',
    {wide: true},
  ],
])

const compared = [
  ...found,
  ...needs(
    'source',
    reads.map(([operation, what]) => [operation, what, {when: 'repos.yaml says something of it'}]),
  ),
  ...needs('source', [
    [
      'DescribeImages',
      'what becomes of images',
      {when: 'a lifecycle policy or mutability changes, or a repository is to go'},
    ],
    ['BatchGetImage', 'what indexes list', {when: 'a lifecycle policy changes'}],
  ]),
]

export const reposPlanNeeds: readonly Need[] = [
  ...compared,
  ...needs('source', [
    [
      'ValidatePullThroughCacheRule',
      'rules that bring nothing are told',
      {when: 'repos.yaml names pull-through cache rules', without: 'they are not'},
    ],
  ]),
]

export const reposExportNeeds: readonly Need[] = [...found, ...needs('source', reads)]

const one = {when: 'one is to be made'}
const change = {when: 'one changes'}
const removal = {when: 'one is to go'}

export const reposApplyNeeds: readonly Need[] = [
  ...compared,
  ...needs('source', [
    ['CreateRepository', 'repositories are made', one],
    // CreateRepository with tags asks for it, too (ECR user guide, tag-based access control).
    ['TagResource', 'tags are set, of new repositories too', {when: 'one is to be set'}],
    ['UntagResource', 'tags are removed', removal],
    ['PutImageTagMutability', 'mutability is set', change],
    ['PutImageScanningConfiguration', 'scans on push are set', change],
    ['SetRepositoryPolicy', "repositories' policies are written", change],
    ['DeleteRepositoryPolicy', "repositories' policies are removed", removal],
    ['PutLifecyclePolicy', 'lifecycle policies are written', change],
    ['DeleteLifecyclePolicy', 'lifecycle policies are removed', removal],
    ['DeleteRepository', 'repositories with a tombstone are deleted', removal],
    ['PutAccountSetting', 'settings are set', change],
    ['PutRegistryPolicy', "registries' policies are written", change],
    ['DeleteRegistryPolicy', "registries' policies are removed", removal],
    ['PutRegistryScanningConfiguration', 'scanning is configured', change],
    ['PutReplicationConfiguration', 'replication is configured', change],
    ['PutSigningConfiguration', 'signing is configured', change],
    ['DeleteSigningConfiguration', 'signing ends', removal],
    ['RegisterPullTimeUpdateExclusion', 'pull-time exclusions are made', one],
    ['DeregisterPullTimeUpdateExclusion', 'pull-time exclusions are removed', removal],
    ['CreatePullThroughCacheRule', 'pull-through cache rules are made', one],
    ['UpdatePullThroughCacheRule', 'pull-through cache rules get another credential or role', change],
    ['DeletePullThroughCacheRule', 'pull-through cache rules are removed', removal],
    ['ValidatePullThroughCacheRule', 'pull-through cache rules are tried', {when: 'one was made or changed'}],
    ['CreateRepositoryCreationTemplate', 'creation templates are made', one],
    ['UpdateRepositoryCreationTemplate', 'creation templates are changed', change],
    ['DeleteRepositoryCreationTemplate', 'creation templates are removed', removal],
  ]),
]
