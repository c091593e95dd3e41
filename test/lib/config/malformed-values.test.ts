import {type Case, describeMalformed, twoAccounts, v1} from './malformed.ts'

const promotion = (fields: string) => `${twoAccounts}  release: {${fields}}\n`
const promote = (fields: string) => `${v1}defaults:\n  promote: {${fields}}\n`

const wrongShape: readonly Case[] = [
  ['no version', 'accounts: {}\n', '1:1 "version" is missing. Add version: 1.'],
  ['a version in quotes', 'version: "1"\n', '1:10 version: must be the number 1.'],
  [
    'a later version, and nothing about its other keys',
    'version: 2\nnews: 1\n',
    '1:10 version: 2 is not a version that is known here. Write 1, or use a newer Gantry.',
  ],
  [
    'a section with a slip',
    `${v1}acounts: {}\n`,
    '2:1 "acounts" is not a known key. Did you mean "accounts"?',
  ],
  [
    'a section that nobody knows',
    `${v1}x: {}\n`,
    '2:1 "x" is not a known key. Known here: version, vars, accounts, promotions, gates, defaults, registries, presets, match, repositories, overlays, prices.',
  ],
  ['an empty section', `${v1}accounts:\n`, '2:10 accounts: is empty. Write a value, or take it out.'],
  ['a list of accounts', `${v1}accounts: []\n`, '2:11 accounts: must be a mapping, not a list.'],
  [
    'a line feed in a key',
    `${v1}"a\\nb": 1\n`,
    String.raw`2:1 "a\nb" is not a known key. Known here: version, vars, accounts, promotions, gates, defaults, registries, presets, match, repositories, overlays, prices.`,
  ],
  [
    'an alias that could be a host',
    `${v1}accounts:\n  dev.example.com: {id: "111111111111", region: eu-west-1}\n`,
    '3:3 accounts."dev.example.com": "dev.example.com" is not a name. Use at most 64 lower-case letters, digits and dashes: prod-eu.',
  ],
  [
    'a concurrency of 0',
    promote('concurrency: 0'),
    '3:26 defaults.promote.concurrency: 0 is too few. Use 1 to 64.',
  ],
  [
    'a concurrency of 65',
    promote('concurrency: 65'),
    '3:26 defaults.promote.concurrency: 65 is too many. Use 1 to 64.',
  ],
  [
    'a concurrency of 1.5',
    promote('concurrency: 1.5'),
    '3:26 defaults.promote.concurrency: must be a whole number from 1 to 64.',
  ],
  [
    'a concurrency in quotes',
    promote('concurrency: "8"'),
    '3:26 defaults.promote.concurrency: must be a whole number from 1 to 64.',
  ],
  [
    'an infinite concurrency',
    promote('concurrency: .inf'),
    '3:26 defaults.promote.concurrency: must be a whole number from 1 to 64.',
  ],
  [
    'a price that is none',
    `${v1}prices: {transfer: {toRegion: free}}\n`,
    '2:31 prices.transfer.toRegion: must be a number of US dollars, as in 0.02.',
  ],
  [
    'a price below zero',
    `${v1}prices: {transfer: {from: {eu-west-1: {toInternet: -1}}}}\n`,
    '2:52 prices.transfer.from.eu-west-1.toInternet: -1 is less than nothing.',
  ],
  [
    'a price of what is no region',
    `${v1}prices: {transfer: {from: {ireland: {toInternet: 1}}}}\n`,
    '2:28 prices.transfer.from.ireland: "ireland" is not an AWS region. Write one as in eu-west-1.',
  ],
  ['yes', promote('referrers: yes'), '3:24 defaults.promote.referrers: must be true or false, not "yes".'],
]

const wrongPromotion: readonly Case[] = [
  ['no from', promotion('to: [prod]'), '6:3 promotions.release: "from" is missing. Add from: dev.'],
  [
    'to that is no list',
    promotion('from: dev, to: prod'),
    '6:28 promotions.release.to: must be a list, not "prod". Write ["prod"].',
  ],
  [
    'to an account with a slip',
    promotion('from: dev, to: [prd]'),
    '6:29 promotions.release.to[0]: "prd" is not an account of this file. Did you mean "prod"?',
  ],
  [
    'to where it comes from',
    promotion('from: dev, to: [prod, dev]'),
    '6:35 promotions.release.to[1]: "dev" is where the images come from. Name another account.',
  ],
  [
    'to one account twice',
    promotion('from: dev, to: [prod, prod]'),
    '6:35 promotions.release.to[1]: "prod" is given twice. Keep one.',
  ],
  [
    'immutable with a slip',
    promotion('from: dev, to: [prod], immutabilty: true'),
    '6:36 promotions.release: "immutabilty" is not a known key. Did you mean "immutable"?',
  ],
  [
    'a repository in capitals',
    promotion('from: dev, to: [prod], repositories: [Payments/**]'),
    '6:51 promotions.release.repositories[0]: "Payments/**" is not a repository pattern. Use lower-case names, * within a segment and ** for whole segments: payments/**.',
  ],
  [
    '** within a segment',
    promotion('from: dev, to: [prod], repositories: [a/b**]'),
    '6:51 promotions.release.repositories[0]: "a/b**" is not a repository pattern. Use lower-case names, * within a segment and ** for whole segments: payments/**.',
  ],
  [
    'no repositories in the list',
    promotion('from: dev, to: [prod], repositories: []'),
    '6:50 promotions.release.repositories: is an empty list. Write at least one.',
  ],
  [
    'a tag that is a number',
    promotion('from: dev, to: [prod], tags: [1.10]'),
    '6:43 promotions.release.tags[0]: 1.10 is a number here, not text. Quote it: "1.10".',
  ],
  [
    'a tag with a space',
    promotion('from: dev, to: [prod], tags: ["v 1"]'),
    '6:43 promotions.release.tags[0]: "v 1" is not a tag pattern. Use letters, digits, _ . - and *: v*.',
  ],
]

describeMalformed('a wrong shape', wrongShape)
describeMalformed('a wrong promotion', wrongPromotion)
