import {accounts, api, type MalformedFile, registry, repository} from './files.ts'

/** Values that YAML or somebody took for something else. */
export const wrongTypes: readonly MalformedFile[] = [
  [
    'an account id without quotes',
    'version: 1\naccounts: {dev: {id: 012345678901, region: eu-west-1}}\n',
    '2:22 accounts.dev.id: 012345678901 is a number here, not text. Quote it: "012345678901".',
  ],
  [
    'an account id as a place',
    repository('in: [111111111111]'),
    `7:18 ${api}.in[0]: 111111111111 is a number here, not text. Quote it: "111111111111".`,
  ],
  [
    'a principal without quotes',
    repository(
      'policy: {statements: [{Sid: A, Effect: Allow, Principal: {AWS: 111111111111}, Action: "ecr:*"}]}',
    ),
    `7:76 ${api}.policy.statements[0].Principal.AWS: is not text here. Put the account id or ARN in quotes, with all that belongs to it.`,
  ],
  [
    'a name that YAML reads as a number',
    `${accounts}repositories: {1e3: {}}\n`,
    '6:16 repositories.1e3: the key is not text. Quote it: "1e3".',
  ],
  [
    'a tag that YAML reads as a number',
    repository('tags: {cost: 1.10}'),
    `7:26 ${api}.tags.cost: 1.10 is a number here, not text. Quote it: "1.10".`,
  ],
  [
    'a tag that YAML reads as true',
    repository('tags: {live: true}'),
    `7:26 ${api}.tags.live: true is true or false here, not text. Quote it: "true".`,
  ],
  ['yes', repository('scanOnPush: yes'), `7:25 ${api}.scanOnPush: must be true or false, not "yes".`],
  ['a text for a list', repository('in: dev'), `7:17 ${api}.in: must be a list, not "dev". Write ["dev"].`],
  [
    'a list for a mapping',
    `${accounts}repositories: [app/api]\n`,
    '6:15 repositories: must be a mapping, not a list.',
  ],
  [
    'an unknown word',
    repository('tagMutability: immutable'),
    `7:28 ${api}.tagMutability: must be MUTABLE, IMMUTABLE, MUTABLE_WITH_EXCLUSION or IMMUTABLE_WITH_EXCLUSION.`,
  ],
  [
    'a state that is none',
    repository('state: gone'),
    `7:20 ${api}.state: must be absent, which removes it. Write absent, or take it out.`,
  ],
  [
    'a pattern for a name',
    `${accounts}repositories: {app/*: {}}\n`,
    '6:16 repositories."app/*": "app/*" is not a repository name. Use 2 to 256 lower-case letters and digits, with . _ - and / between them; patterns go under match.',
  ],
  [
    'an age that no calendar has',
    repository('lifecycle: {expire: [{untagged: true, olderThan: 999999999999d}]}'),
    `7:62 ${api}.lifecycle.expire[0].olderThan: "999999999999d" is not a duration. Write days or weeks: 14d, 2w.`,
  ],
  [
    'an age without a unit',
    repository('lifecycle: {expire: [{untagged: true, olderThan: 30}]}'),
    `7:62 ${api}.lifecycle.expire[0].olderThan: 30 has no unit. Write 30d for days, or weeks: 2w.`,
  ],
  [
    'a URL for a host',
    registry('pullThroughCache: {hub: {upstream: "https://quay.io"}}'),
    '7:44 registries.dev.pullThroughCache.hub.upstream: "https://quay.io" is not a host. Write it without https://: registry-1.docker.io.',
  ],
  [
    'a line end in a profile',
    'version: 1\naccounts: {dev: {id: "111111111111", region: eu-west-1, profile: "x\\ny"}}\n',
    '2:66 accounts.dev.profile: "x\\ny" is not a profile name. Write a name from the AWS config file.',
  ],
]
