import {type Case, describeMalformed} from './malformed.ts'

const accounts = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  ci: {id: "111111111111", regions: [eu-west-1, us-east-1]}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
`

const tombstones: readonly Case[] = [
  [
    'of an account that the file does not mean',
    `${accounts}repositories: {legacy: {in: [dev]}}\noverlays: {prod: {repositories: {legacy: {state: absent}}}}\n`,
    '7:50 overlays.prod.repositories.legacy.state: removes nothing: in, as it holds here, does not name "prod". Write in: [prod] beside it.',
  ],
  [
    'of a region that the defaults do not mean',
    `${accounts}defaults: {in: [dev]}\noverlays: {prod@us-east-1: {repositories: {legacy: {state: absent}}}}\n`,
    '7:60 overlays."prod@us-east-1".repositories.legacy.state: removes nothing: in, as it holds here, does not name "prod@us-east-1". Write in: [prod@us-east-1] beside it.',
  ],
]

const shared: readonly Case[] = [
  [
    'an overlay',
    `${accounts}overlays: {ci: {defaults: {scanOnPush: true}}}\n`,
    '6:16 overlays.ci: "ci" is in this file as "dev" before, by whose name it is looked up. Write dev, or put ci first under accounts.',
  ],
  [
    'a registry',
    `${accounts}registries: {ci@eu-west-1: {signing: null}}\n`,
    '6:28 registries."ci@eu-west-1": "ci@eu-west-1" is in this file as "dev@eu-west-1" before, by whose name it is looked up. Write dev@eu-west-1, or put ci first under accounts.',
  ],
  [
    'a place where a repository is meant',
    `${accounts}defaults: {in: [prod, ci@us-east-1]}\nrepositories: {app: {in: [prod, ci]}}\n`,
    '7:33 repositories.app.in[1]: "ci" is in this file as "dev" before, by whose name it is looked up. Write dev, or put ci first under accounts.',
  ],
]

const prefixes: readonly Case[] = [
  [
    'a template',
    `${accounts}registries:\n  "*": {creationTemplates: {prod: {appliedFor: [REPLICATION]}}}\n  prod: {creationTemplates: {prod/: {appliedFor: [CREATE_ON_PUSH]}}}\n`,
    '8:37 registries.prod.creationTemplates."prod/": means the same as "prod" of another level. Write prod.',
  ],
  [
    'a template that is to go',
    `${accounts}registries:\n  "*": {creationTemplates: {prod: {appliedFor: [REPLICATION]}}}\n  prod@us-east-1: {creationTemplates: {prod/: null}}\n`,
    '8:47 registries."prod@us-east-1".creationTemplates."prod/": means the same as "prod" of another level. Write prod.',
  ],
  [
    'a pull-through cache rule',
    `${accounts}registries:\n  "*": {pullThroughCache: {hub/: {upstream: quay.io}}}\n  prod: {pullThroughCache: {hub: null}}\n`,
    '8:34 registries.prod.pullThroughCache.hub: means the same as "hub/" of another level. Write hub/.',
  ],
]

describeMalformed('a prefix that levels write in two ways', prefixes)
describeMalformed('a tombstone that holds nowhere', tombstones)
describeMalformed('what is said of a registry by its second name', shared)
