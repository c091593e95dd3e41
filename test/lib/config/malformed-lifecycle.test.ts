import {type Case, describeMalformed, v1} from './malformed.ts'

const preset = (list: string, rule: string) =>
  `${v1}presets:\n  lifecycle:\n    app:\n      ${list}:\n        - ${rule}\n`
const at = (list: string, column: number, key = '') =>
  `6:${column} presets.lifecycle.app.${list}[0]${key === '' ? '' : `.${key}`}:`
const keep = (rule: string) => preset('keep', rule)
const expire = (rule: string) => preset('expire', rule)
const archive = (rule: string) => preset('archive', rule)
const repository = (setting: string) =>
  `${v1}presets: {lifecycle: {app: {keep: [{tags: v1}]}, raw: {rules: [${raw}]}}}\nrepositories: {a/b: {lifecycle: ${setting}}}\n`
const raw =
  '{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 9}, action: {type: expire}}'
const place = 'repositories."a/b".lifecycle'

const wrongRules: readonly Case[] = [
  [
    'a list of tags, which ECR takes for all of them',
    keep('{tags: [a, b]}'),
    `${at('keep', 18, 'tags')} takes one pattern: a list of ECR means images that match every entry. Write anyOf for images with any of them, or allOf for those with all.`,
  ],
  [
    'no images',
    keep('{id: x}'),
    `${at('keep', 11)} does not say which images. Write tags: "v*", anyOf or allOf with a list, untagged: true.`,
  ],
  [
    'images in two ways',
    expire('{tags: a, untagged: true, keepLast: 1}'),
    `${at('expire', 21, 'untagged')} stands beside tags. A rule selects images in one way: write two rules, or keep one of the two.`,
  ],
  [
    'a slip in tags, and nothing that only follows from it',
    keep('{tgas: a}'),
    `${at('keep', 12)} "tgas" is not a known key. Did you mean "tags"?`,
  ],
  [
    'keep any',
    keep('{any: true}'),
    `${at('keep', 12, 'any')} would keep everything, and no other rule would ever act. To have no policy, write lifecycle: null.`,
  ],
  [
    'keep so many',
    keep('{tags: a, keepLast: 3}'),
    `${at('keep', 21, 'keepLast')} does not go with keep, which keeps all that it names. To keep the newest and expire the others, write under expire: {tags: "v*", keepLast: 20}.`,
  ],
  [
    'keep with an age',
    keep('{tags: a, olderThan: 3d}'),
    `${at('keep', 21, 'olderThan')} does not go with keep, which keeps all that it names. To keep the young and expire the others, write under expire: {tags: "v*", olderThan: 90d}.`,
  ],
  [
    'keep with except',
    keep('{tags: a, except: [b]}'),
    `${at('keep', 21, 'except')} does not go with keep: what keep does not name is left to the other rules. Name fewer images instead.`,
  ],
  [
    'expire without a when',
    expire('{tags: a}'),
    `${at('expire', 11)} does not say when. Add olderThan: 14d, or keepLast: 20.`,
  ],
  [
    'expire by the last pull',
    expire('{any: true, notPulledFor: 180d}'),
    `${at('expire', 23, 'notPulledFor')} does not go with expire: ECR only archives by the last pull. Write under archive: {any: true, notPulledFor: 180d, thenExpireAfter: 90d}.`,
  ],
  [
    'expire after having expired',
    expire('{any: true, olderThan: 1d, thenExpireAfter: 90d}'),
    `${at('expire', 38, 'thenExpireAfter')} does not go with expire, which deletes at once. Write the rule under archive.`,
  ],
  [
    'an age and a count',
    expire('{any: true, olderThan: 1d, keepLast: 5}'),
    `${at('expire', 23, 'olderThan')} stands beside keepLast. ECR counts images or measures their age, not both in a rule. With keepLast alone the newest stay however old they are, with the age alone all that are old go. Keep one of the two.`,
  ],
  [
    'two ages',
    archive('{any: true, olderThan: 1d, notPulledFor: 5d}'),
    `${at('archive', 38, 'notPulledFor')} stands beside olderThan. ECR measures one age in a rule. Keep one of the two.`,
  ],
  [
    'an exception among images without tags',
    expire('{untagged: true, olderThan: 1d, except: [a]}'),
    `${at('expire', 43, 'except')} has nothing to spare: untagged images have no tags. Take it out.`,
  ],
  [
    'less than 90 days in the archive',
    archive('{any: true, olderThan: 1d, thenExpireAfter: 12w}'),
    `${at('archive', 55, 'thenExpireAfter')} is less than 90d, the least that ECR keeps an image in the archive. Write 90d or more.`,
  ],
  [
    'an age without a unit',
    expire('{any: true, olderThan: 14}'),
    `${at('expire', 34, 'olderThan')} 14 has no unit. Write 14d for days, or weeks: 2w.`,
  ],
  [
    'an age in hours',
    expire('{any: true, olderThan: 14h}'),
    `${at('expire', 34, 'olderThan')} "14h" is not a duration. Write days or weeks: 14d, 2w.`,
  ],
  [
    'keep none',
    expire('{any: true, keepLast: 0}'),
    `${at('expire', 33, 'keepLast')} is less than 1, the least that ECR keeps. To keep none, write olderThan: 1d.`,
  ],
  [
    'five wildcards',
    keep('{tags: "a*b*c*d*e*"}'),
    `${at('keep', 18, 'tags')} has more than 4 wildcards, the most that ECR takes. Leave some out.`,
  ],
  [
    'any that is false',
    expire('{any: false, keepLast: 1}'),
    `${at('expire', 17, 'any')} must be true. Write true, or take it out.`,
  ],
  ['a pattern twice', keep('{anyOf: [a, a]}'), `${at('keep', 23, 'anyOf[1]')} "a" is given twice. Keep one.`],
]

const wrongSettings: readonly Case[] = [
  [
    'a key without a value, which YAML reads as null',
    `${v1}defaults:\n  lifecycle:\n`,
    '3:13 defaults.lifecycle: is empty. Write null to remove the policy, say what it should be, or take the key out.',
  ],
  [
    'nothing in it',
    repository('{}'),
    `3:33 ${place}: is empty. Write keep, expire or archive, or rules in ECR's own grammar.`,
  ],
  ['no mapping', repository('app'), `3:33 ${place}: must be a mapping, not "app".`],
  [
    'a preset with a slip',
    repository('{use: ap}'),
    `3:39 ${place}.use: "ap" is not a preset of this file. Did you mean "app"?`,
  ],
  [
    'a preset that is neither text nor list',
    repository('{use: 3}'),
    `3:39 ${place}.use: must be text or a list, not a number.`,
  ],
  [
    "ECR's own rules of a preset beside others",
    repository('{use: [app, raw]}'),
    `3:45 ${place}.use[1]: the preset "raw" holds rules in ECR's own grammar, which are a whole policy. Use it alone.`,
  ],
  [
    "ECR's own rules beside readable ones",
    repository(`{keep: [{tags: a}], rules: [${raw}]}`),
    `3:53 ${place}.rules: stands beside keep: rules in ECR's own grammar are a whole policy. Keep one of the two.`,
  ],
  [
    'null where only a mapping can stand',
    `${v1}presets: {lifecycle: {app: null}}\n`,
    '2:28 presets.lifecycle.app: is null. Write a value, or take it out.',
  ],
  [
    'a name that ECR does not take',
    `${v1}repositories: {Payments/api: {lifecycle: null}}\n`,
    '2:16 repositories."Payments/api": "Payments/api" is not a repository name. Use 2 to 256 lower-case letters and digits, with . _ - and / between them; patterns go under match.',
  ],
  [
    'a pattern for a name',
    `${v1}repositories: {payments/**: {lifecycle: null}}\n`,
    '2:16 repositories."payments/**": "payments/**" is not a repository name. Use 2 to 256 lower-case letters and digits, with . _ - and / between them; patterns go under match.',
  ],
  [
    'a match of no names',
    `${v1}match: [{set: {}}]\n`,
    '2:9 match[0]: "names" is missing. Add names: ["payments/**"].',
  ],
  [
    'a key that nobody knows of a repository',
    `${v1}repositories: {a/b: {lifecycl: null}}\n`,
    '2:22 repositories."a/b": "lifecycl" is not a known key. Did you mean "lifecycle"?',
  ],
]

describeMalformed('a lifecycle rule that ECR cannot have', wrongRules)
describeMalformed('a lifecycle setting', wrongSettings)
