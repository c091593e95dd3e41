/** What commands ask that look at repositories and images, one table for each room. */
import {type Need, needs, type Side} from './need.ts'

const listing = (side: Side = 'source') =>
  needs(side, [['DescribeRepositories', 'the repositories that are meant are found', {wide: true}]])

/** Where images or repositories are named, and not meant by a pattern. */
const named = needs('source', [
  ['DescribeRepositories', 'what is named is found', {without: 'it is taken to be there'}],
])

const records = needs('source', [
  ['DescribeImages', 'images, tags, sizes and days are read, which is no pull'],
])
const policies = needs('source', [['GetLifecyclePolicy', 'the policies are read']])
const indexes = {when: 'there are indexes'}

export const loginNeeds: readonly Need[] = needs('source', [
  ['GetAuthorizationToken', 'the password is asked for; pulls and pushes need their own permissions'],
])

export const inventoryNeeds: readonly Need[] = [
  ...listing(),
  ...records,
  ...policies,
  ...needs('source', [['BatchGetImage', 'what manifests list is read', {unless: '--no-manifests'}]]),
]

const judged = [
  ...records,
  ...policies,
  ...needs('source', [
    [
      'BatchGetImage',
      'what indexes list and what manifests refer to',
      {when: 'a policy may remove something'},
    ],
  ]),
]

const pulls = needs('source', [
  ['ListPullTimeUpdateExclusions', 'whether looking counts as a pull', {when: 'a rule counts pulls'}],
])

const noPreview = {unless: '--no-preview', without: 'the plan says that there is no preview'}
const preview = needs('source', [
  ['StartLifecyclePolicyPreview', "ECR's own preview is started", noPreview],
  ['GetLifecyclePolicyPreview', "ECR's own preview is read", noPreview],
])

export const lifecyclePlanNeeds: readonly Need[] = [...listing(), ...judged, ...pulls, ...preview]
export const lifecycleExplainNeeds: readonly Need[] = [...named, ...judged, ...pulls]

export const lifecycleLintNeeds: readonly Need[] = [
  ...listing(),
  ...judged,
  ...needs('source', [
    ['DescribeRegistry', 'which registries replicate into which'],
    ['DescribeRepositoryCreationTemplates', 'policies of creation templates are looked at'],
  ]),
]

export const lifecycleApplyNeeds: readonly Need[] = [
  ...named,
  ...judged,
  ...needs('source', [
    ['PutLifecyclePolicy', 'policies are written', {when: 'the plan writes one'}],
    ['DeleteLifecyclePolicy', 'policies are deleted', {when: 'the plan deletes one'}],
  ]),
]

const evidence = [
  ...named,
  ...records,
  ...needs('source', [
    ['BatchGetImage', 'the platforms of indexes', indexes],
    ['DescribeImageScanFindings', 'the findings are read'],
    [
      'GetRegistryScanningConfiguration',
      'whether a scan will come at all',
      {when: 'an image has no findings yet', without: 'scans are waited for until time is over'},
    ],
    ['ListImages', 'a tag that is near', {when: 'a tag is not there', without: 'no tag is suggested'}],
  ]),
]

export const scanDiffNeeds: readonly Need[] = evidence
export const scanGateNeeds: readonly Need[] = [
  ...evidence,
  ...needs('source', [['StartImageScan', 'scans are begun', {flags: ['--start']}]]),
]

export const replicateStatusNeeds: readonly Need[] = [
  ...listing(),
  ...records,
  ...needs('source', [
    ['DescribeRegistry', 'the replication rules'],
    ['BatchGetImage', 'what indexes list', indexes],
    ['DescribeImageReplicationStatus', 'why an image is not there', {when: 'something is missing'}],
  ]),
  ...needs('destination', [
    ['DescribeImages', 'images are looked for by digest and tag'],
    [
      'DescribeRepositories',
      'immutable tags keep a copy from being tagged',
      {without: 'that reason is not given'},
    ],
  ]),
]

export const replicateLintNeeds: readonly Need[] = [
  ...listing(),
  ...needs('source', [
    ['DescribeRegistry', 'the replication rules'],
    ['DescribeImages', 'images and tags are read', {when: 'a policy or immutable tags may matter'}],
    ['GetLifecyclePolicy', 'the policies are compared', {when: 'the destination has one'}],
    ['BatchGetImage', 'what indexes list', indexes],
  ]),
  ...listing('destination'),
  ...needs('destination', [
    ['GetRegistryPolicy', 'whether the registry lets replicas in'],
    ['DescribeRepositoryCreationTemplates', 'what new repositories are made like'],
    ['GetLifecyclePolicy', 'policies that would remove what is replicated'],
    ['DescribeImages', 'images and tags are read', {when: 'a policy or immutable tags may matter'}],
    ['BatchGetImage', 'what indexes list', indexes],
  ]),
]

const backfills = needs('source', [['ListReplicationBackfills', 'the backfills of the registry']])
const progress = needs('source', [
  ['DescribeReplicationBackfillResults', 'how far it is, and what became of each image'],
])

export const backfillWatchNeeds: readonly Need[] = [...backfills, ...progress]
export const backfillResultsNeeds: readonly Need[] = [...backfills, ...progress]
export const backfillStopNeeds: readonly Need[] = [
  ...backfills,
  ...progress,
  ...needs('source', [['StopReplicationBackfill', 'the backfill is stopped']]),
]
export const backfillStartNeeds: readonly Need[] = [
  ...backfills,
  ...listing(),
  ...records,
  ...needs('source', [
    ['DescribeRegistry', 'the replication rules'],
    ['StartReplicationBackfill', 'the backfill is started'],
  ]),
]
