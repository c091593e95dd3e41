import {account, type Case, describeMalformed, v1} from './malformed.ts'

const arn = 'arn:aws:iam::111111111111:role/release'

const wrongAccount: readonly Case[] = [
  [
    'an id that lost its leading zero',
    `${v1}accounts:\n  dev: {id: 12345678901, region: eu-west-1}\n`,
    '3:13 accounts.dev.id: 12345678901 has 11 digits. Account ids have 12; quote it: "012345678901".',
  ],
  [
    'an id without quotes',
    `${v1}accounts:\n  dev: {id: 012345678901, region: eu-west-1}\n`,
    '3:13 accounts.dev.id: 012345678901 is a number here, not text. Quote it: "012345678901".',
  ],
  [
    'an id of 4 digits',
    `${v1}accounts:\n  dev: {id: "1111", region: eu-west-1}\n`,
    '3:13 accounts.dev.id: "1111" is not an account id. Account ids have 12 digits: "111111111111".',
  ],
  [
    'no id',
    `${v1}accounts:\n  dev: {region: eu-west-1}\n`,
    '3:3 accounts.dev: "id" is missing. Add id: "111111111111".',
  ],
  [
    'no region',
    `${v1}accounts:\n  dev: {id: "111111111111"}\n`,
    '3:3 accounts.dev: "region" is missing. Add region: eu-west-1, or regions: [eu-west-1, us-east-1].',
  ],
  [
    'region with a slip',
    account('regoin: eu-west-1'),
    '3:29 accounts.dev: "regoin" is not a known key. Did you mean "region"?',
  ],
  [
    'region and regions',
    account('region: eu-west-1, regions: [us-east-1]'),
    '3:48 accounts.dev.regions: stands beside region. Keep one of the two.',
  ],
  [
    'no regions in the list',
    account('regions: []'),
    '3:38 accounts.dev.regions: is an empty list. Write at least one.',
  ],
  [
    'a region twice',
    account('regions: [eu-west-1, eu-west-1]'),
    '3:50 accounts.dev.regions[1]: "eu-west-1" is given twice. Keep one.',
  ],
  [
    'regions that are no list',
    account('regions: eu-west-1'),
    '3:38 accounts.dev.regions: must be a list, not "eu-west-1". Write ["eu-west-1"].',
  ],
  [
    'regions of two partitions',
    account('regions: [eu-west-1, cn-north-1]'),
    '3:38 accounts.dev.regions: cn-north-1 is in the partition aws-cn, eu-west-1 in aws. An account is in one.',
  ],
  [
    'a host as region',
    account('region: us-east-1.evil.com'),
    '3:37 accounts.dev.region: "us-east-1.evil.com" is not an AWS region. Write one as in eu-west-1.',
  ],
  [
    '* as region',
    account('region: "*"'),
    '3:37 accounts.dev.region: "*" is not an AWS region. Write one as in eu-west-1.',
  ],
  [
    'a region with a line feed behind',
    account(String.raw`region: "eu-west-1\n"`),
    String.raw`3:37 accounts.dev.region: "eu-west-1\n" is not an AWS region. Write one as in eu-west-1.`,
  ],
  [
    'a profile that is a number',
    account('region: eu-west-1, profile: 1.10'),
    '3:57 accounts.dev.profile: 1.10 is a number here, not text. Quote it: "1.10".',
  ],
  [
    'a profile that is empty',
    account('region: eu-west-1, profile: '),
    '3:57 accounts.dev.profile: is empty. Write a value, or take it out.',
  ],
  [
    'a profile that opens a section',
    account('region: eu-west-1, profile: "a]"'),
    '3:57 accounts.dev.profile: "a]" is not a profile name. Write a name from the AWS config file.',
  ],
  [
    'a role by name',
    account('region: eu-west-1, role: admin'),
    '3:54 accounts.dev.role: "admin" is not a role\'s ARN. Write it as in arn:aws:iam::111111111111:role/name.',
  ],
  [
    'a role of another account',
    account('region: eu-west-1, role: "arn:aws:iam::222222222222:role/x"'),
    '3:54 accounts.dev.role: the role is of account 222222222222, the id says 111111111111. Correct one of the two.',
  ],
  [
    'a role of another partition',
    account(`region: cn-north-1, role: "${arn}"`),
    '3:55 accounts.dev.role: the role is of the partition aws, cn-north-1 is in aws-cn. Write arn:aws-cn:iam.',
  ],
  [
    'a role that is a list',
    account(`region: eu-west-1, role: ["${arn}"]`),
    '3:54 accounts.dev.role: must be text or a mapping, not a list.',
  ],
  [
    'a role without ARN',
    account('region: eu-west-1, role: {externalId: abc}'),
    '3:48 accounts.dev.role: "arn" is missing. Add arn: arn:aws:iam::111111111111:role/name.',
  ],
  [
    'an external id that is a number',
    account(`region: eu-west-1, role: {arn: "${arn}", externalId: 12345}`),
    '3:114 accounts.dev.role.externalId: 12345 is a number here, not text. Quote it: "12345".',
  ],
  [
    'a session name with a space',
    account(`region: eu-west-1, role: {arn: "${arn}", sessionName: a b}`),
    '3:115 accounts.dev.role.sessionName: "a b" is not a session name. It has 2 to 64 letters, digits and any of +=,.@-_.',
  ],
  [
    'a token and a profile',
    account(`region: eu-west-1, profile: p, role: {arn: "${arn}", webIdentityTokenFile: /t}`),
    '3:114 accounts.dev.role.webIdentityTokenFile: the token is the identity, and so is profile. Keep one of the two.',
  ],
  [
    'a token and an external id',
    account(`region: eu-west-1, role: {arn: "${arn}", externalId: ab, webIdentityTokenFile: /t}`),
    '3:118 accounts.dev.role.webIdentityTokenFile: a role that is assumed by a token takes no externalId. Keep one of the two.',
  ],
  [
    'via an account that is not there',
    account('region: eu-west-1, via: prod'),
    '3:53 accounts.dev.via: "prod" is not an account of this file. Add it under accounts, or name one that is there.',
  ],
  [
    'via itself',
    account('region: eu-west-1, via: dev'),
    '3:53 accounts.dev.via: names the account itself. Name the account whose credentials to use.',
  ],
  [
    'via a name that every object has',
    account('region: eu-west-1, via: toString'),
    '3:53 accounts.dev.via: "toString" is not an account of this file. Add it under accounts, or name one that is there.',
  ],
  [
    'a circle of via',
    `${account('region: eu-west-1, via: qa')}  qa: {id: "222222222222", region: eu-west-1, via: dev}\n`,
    '3:53 accounts.dev.via: "qa" has no credentials of its own. Name the account that has them.',
    '4:52 accounts.qa.via: "dev" has no credentials of its own. Name the account that has them.',
  ],
  [
    'via and profile',
    `${account('region: eu-west-1, profile: p, via: qa')}  qa: {id: "222222222222", region: eu-west-1}\n`,
    '3:60 accounts.dev.via: stands beside profile, and each says whose credentials to use. Keep one of the two.',
  ],
]

describeMalformed('a wrong account', wrongAccount)
