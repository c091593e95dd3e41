import {accounts, api, below, type MalformedFile, registry, repository} from './files.ts'

const empty = 'is empty. Write null to remove it, say what it should be, or take the key out.'
const noValue = 'is null. Write a value, or take it out.'

/** Nothing, or null, where something is to be: never taken for a removal. */
export const nothingWritten: readonly MalformedFile[] = [
  ['a repository policy', below('repositories', '  app/api:', '    policy:'), `8:12 ${api}.policy: ${empty}`],
  [
    'a lifecycle policy',
    below('repositories', '  app/api:', '    lifecycle:'),
    `8:15 ${api}.lifecycle: ${empty.replace('it,', 'the policy,')}`,
  ],
  [
    'a tag',
    below('repositories', '  app/api:', '    tags:', '      team:'),
    `9:12 ${api}.tags.team: ${empty}`,
  ],
  ['scanning', below('registries', '  dev:', '    scanning:'), `8:14 registries.dev.scanning: ${empty}`],
  [
    'replication',
    below('registries', '  dev:', '    replication:'),
    `8:17 registries.dev.replication: ${empty}`,
  ],
  [
    'a cache rule',
    below('registries', '  dev:', '    pullThroughCache:', '      hub:'),
    `9:11 registries.dev.pullThroughCache.hub: ${empty}`,
  ],
  [
    'a template',
    below('registries', '  dev:', '    creationTemplates:', '      web:'),
    `9:11 registries.dev.creationTemplates.web: ${empty}`,
  ],
  ['signing', below('registries', '  dev:', '    signing:'), `8:13 registries.dev.signing: ${empty}`],
  [
    'a policy of a registry',
    below('registries', '  dev:', '    policy:'),
    `8:12 registries.dev.policy: ${empty}`,
  ],
  ['all repositories', below('repositories'), '6:14 repositories: is empty. Write a value, or take it out.'],
  [
    'a repository',
    below('repositories', '  app/api:'),
    `7:11 ${api}: is empty. Write a value, or take it out.`,
  ],
  [
    'a policy of no statements',
    repository('policy: {}'),
    `7:21 ${api}.policy: is empty. Write statements or use, or null to remove the policy.`,
  ],
  ['a null repository', `${accounts}repositories: {app/api: null}\n`, `6:25 ${api}: ${noValue}`],
  ['null encryption', repository('encryption: null'), `7:25 ${api}.encryption: ${noValue}`],
  ['null mutability', repository('tagMutability: null'), `7:28 ${api}.tagMutability: ${noValue}`],
  ['null scanning on push', repository('scanOnPush: null'), `7:25 ${api}.scanOnPush: ${noValue}`],
  [
    'a null setting',
    registry('settings: {BLOB_MOUNTING: null}'),
    `7:35 registries.dev.settings.BLOB_MOUNTING: ${noValue}`,
  ],
  ['null rules', registry('replication: {rules: null}'), `7:30 registries.dev.replication.rules: ${noValue}`],
]
