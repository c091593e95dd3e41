import {accounts, allow, api, type MalformedFile, profile, registry, repository} from './files.ts'

/** Keys that nobody knows, at each level. */
export const unknownKeys: readonly MalformedFile[] = [
  [
    'in a repository',
    repository('tagMutablity: IMMUTABLE'),
    `7:13 ${api}: "tagMutablity" is not a known key. Did you mean "tagMutability"?`,
  ],
  [
    'in a repository, near to none',
    repository('immutabilty: true'),
    `7:13 ${api}: "immutabilty" is not a known key. Known here: in, encryption, tagMutability, scanOnPush, policy, lifecycle, tags, state, images.`,
  ],
  [
    'in defaults',
    `${accounts}defaults: {tag: {}}\n`,
    '6:12 defaults: "tag" is not a known key. Did you mean "tags"?',
  ],
  [
    'in a rule of match',
    `${accounts}match: [{names: ["a/**"], sets: {}, set: {}}]\n`,
    '6:27 match[0]: "sets" is not a known key. Did you mean "set"?',
  ],
  [
    'a tombstone for many',
    `${accounts}match: [{names: ["a/**"], set: {state: absent}}]\n`,
    '6:33 match[0].set: "state" is not a known key. Known here: in, encryption, tagMutability, scanOnPush, policy, lifecycle, tags.',
  ],
  [
    'a tombstone for all',
    `${accounts}defaults: {state: absent}\n`,
    '6:12 defaults: "state" is not a known key. Known here: promote, in, encryption, tagMutability, scanOnPush, policy, lifecycle, tags.',
  ],
  [
    'in an overlay',
    `${accounts}overlays: {prod: {repository: {}}}\n`,
    '6:19 overlays.prod: "repository" is not a known key. Did you mean "repositories"?',
  ],
  [
    'in a registry',
    registry('scaning: {}'),
    '7:9 registries.dev: "scaning" is not a known key. Did you mean "scanning"?',
  ],
  [
    'in scanning',
    registry('scanning: {on-push: []}'),
    '7:20 registries.dev.scanning: "on-push" is not a known key. Did you mean "onPush"?',
  ],
  [
    'in a replication rule',
    registry('replication: {rules: [{prefix: [a/], to: [us-east-1]}]}'),
    '7:32 registries.dev.replication.rules[0]: "prefix" is not a known key. Did you mean "prefixes"?',
  ],
  [
    'in a cache rule',
    registry('pullThroughCache: {hub: {upstream: quay.io, creds: x}}'),
    '7:53 registries.dev.pullThroughCache.hub: "creds" is not a known key. Known here: upstream, kind, upstreamPrefix, credential, role.',
  ],
  [
    'in a template',
    registry('creationTemplates: {web: {appliedFor: [REPLICATION], lifecycel: x}}'),
    '7:62 registries.dev.creationTemplates.web: "lifecycel" is not a known key. Did you mean "lifecycle"?',
  ],
  [
    'in signing',
    registry(`signing: {rules: [{profile: "${profile}", repository: []}]}`),
    '7:98 registries.dev.signing.rules[0]: "repository" is not a known key. Did you mean "repositories"?',
  ],
  [
    'in a statement',
    repository(`policy: {statements: [{Sid: A, ${allow}, Conditions: {}}]}`),
    `7:92 ${api}.policy.statements[0]: "Conditions" is not a known key. Did you mean "Condition"?`,
  ],
]
