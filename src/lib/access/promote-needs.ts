/** What promotions and rollbacks ask of registries. */
import {type Need, needs} from './need.ts'

const token = 'the password for layers'
const bringing = 'layers that are missing are uploaded'

const source = needs('source', [
  // The API reference says of ListImageReferrers that BatchGetImage is its permission.
  ['BatchGetImage', 'tags become digests; manifests and what refers to them are read'],
  ['GetAuthorizationToken', token],
  ['GetDownloadUrlForLayer', 'layers that the destination lacks are read'],
  ['ListImages', 'the tags are listed', {flags: ['--all-tags', '--match']}],
  ['DescribeRepositories', 'the repositories are listed', {flags: ['--match'], wide: true}],
  [
    'DescribeRegistry',
    'what replication is bringing already is waited for',
    {without: 'it is copied instead'},
  ],
  [
    'DescribeImageReplicationStatus',
    'what replication is bringing already is waited for',
    {when: 'the source replicates to the destination', without: 'it is copied instead'},
  ],
])

const destination = needs('destination', [
  ['BatchCheckLayerAvailability', 'layers that are there are not sent'],
  ['BatchGetImage', 'what is there already is found, and what tags hold'],
  ['CompleteLayerUpload', bringing],
  ['GetAuthorizationToken', token],
  ['InitiateLayerUpload', bringing],
  ['PutImage', 'manifests are stored, and tags set last'],
  // Whether ECR asks for it where a layer comes in one request is unconfirmed.
  ['UploadLayerPart', bringing, {when: 'the registry takes no layer in one request'}],
  [
    'DescribeRepositories',
    'immutable tags are known before anything is sent',
    {without: 'the push finds out'},
  ],
  [
    'DescribeImages',
    'tags of an image are counted before it gets another one',
    {when: 'the image is there already', without: 'the push finds out'},
  ],
  [
    'GetAccountSetting',
    'layers of other repositories are mounted where the registry lets',
    {when: 'another repository has a layer', without: 'mounting is tried'},
  ],
  [
    'GetDownloadUrlForLayer',
    'layers of other repositories are mounted',
    {when: 'another repository has a layer', without: 'the layer is sent again'},
  ],
  [
    'DescribeRepositoryCreationTemplates',
    'a repository that is missing may be made by the push',
    {when: 'a repository is missing', without: 'the repository counts as missing'},
  ],
])

const creating = [
  ...needs('source', [
    [
      'DescribeRepositories',
      'a new repository is made like that of the source',
      {flags: ['--create-repositories'], without: "the registry's defaults are taken"},
    ],
  ]),
  ...needs('destination', [
    [
      'CreateRepository',
      'repositories that are missing are made',
      {flags: ['--create-repositories'], when: 'a repository is missing'},
    ],
  ]),
]

const gate = needs('source', [
  ['DescribeImages', 'the gate finds the image and its platforms', {flags: ['--gate']}],
  ['DescribeImageScanFindings', 'the gate judges the findings', {flags: ['--gate']}],
  [
    'GetRegistryScanningConfiguration',
    'whether a scan will come at all',
    {
      flags: ['--gate'],
      when: 'an image has no findings yet',
      without: 'scans are waited for until time is over',
    },
  ],
])

const wait = '--wait-replication'
const waiting = [
  ...needs('destination', [
    ['DescribeRegistry', "the destination's rules say where an image goes further", {flags: [wait]}],
    ['DescribeImages', 'what belongs to the image is looked for further on, too', {flags: [wait]}],
    [
      'DescribeImageReplicationStatus',
      'why an image is not further on yet',
      {flags: [wait], when: 'something is missing there'},
    ],
  ]),
  ...needs('replica', [
    ['DescribeImages', 'images are looked for by digest and tag', {flags: [wait]}],
    [
      'DescribeRepositories',
      'immutable tags keep a copy from being tagged',
      {flags: [wait], without: 'that reason is not given'},
    ],
  ]),
]

export const promoteNeeds: readonly Need[] = [...source, ...destination, ...creating, ...gate, ...waiting]

export const rollbackNeeds: readonly Need[] = needs('destination', [
  ['BatchGetImage', 'what the tags hold now, and the manifests that they go back to'],
  ['PutImage', 'tags are moved back'],
  [
    'DescribeRepositories',
    'immutable tags are known before anything is sent',
    {without: 'the push finds out'},
  ],
])
