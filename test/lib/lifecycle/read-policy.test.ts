import {expect, test} from 'vitest'
import {ConfigError} from '../../../src/lib/config/problems.ts'
import {parsePolicy, policyOfEcr, readPolicy} from '../../../src/lib/lifecycle/read-policy.ts'
import {type Fields, faultsOf, rule, sandboxTakes} from './policy-support.ts'

const days = {countUnit: 'days', countNumber: 90}
const archive = {type: 'transition', targetStorageClass: 'archive'}
const archived = {countType: 'sinceImageTransitioned', storageClass: 'archive', ...days}

const one = (selection?: Fields, others?: Fields) => ({rules: [rule(selection, others)]})
const two = (first: Fields, second: Fields) => ({rules: [rule(first), rule(second, {rulePriority: 2})]})
const patterns = (tagPatternList: unknown) => ({tagStatus: 'tagged', tagPatternList})
const prefixes = (...tagPrefixList: readonly string[]) => ({tagStatus: 'tagged', tagPrefixList})
const without = (name: string) => Object.fromEntries(Object.entries(rule()).filter(([key]) => key !== name))

const someRules =
  'rules: [{rulePriority: 1, selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 10}, action: {type: expire}}]'

// Lines are of the policy as JSON without spaces; the sandbox refuses each policy too.
test.each<readonly [string, unknown, ...string[]]>([
  ['a policy without rules', {}, `missing-key 1:1 "rules" is missing. Add ${someRules}.`],
  ['an empty list of rules', {rules: []}, 'empty-list 1:10 rules: is an empty list. Write at least one.'],
  ['rules that are no list', {rules: {}}, 'wrong-type 1:10 rules: must be a list, not a mapping.'],
  ['rules that are null', {rules: null}, `null-value 1:10 rules: is null. Write ${someRules}.`],
  ['a slip in rules', {Rules: [rule()]}, 'unknown-key 1:2 "Rules" is not a known key. Did you mean "rules"?'],
  [
    'a member beside rules',
    {...one(), version: 1},
    'unknown-key 1:139 "version" is not a known key. Known here: rules.',
  ],
  ['a rule that is none', {rules: [7]}, 'wrong-type 1:11 rules[0]: must be a mapping, not "7".'],
  [
    'an empty rule',
    {rules: [{}]},
    'missing-key 1:11 rules[0]: "rulePriority" is missing. Add rulePriority: 1.',
    'missing-key 1:11 rules[0]: "selection" is missing. Add selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 10}.',
    'missing-key 1:11 rules[0]: "action" is missing. Add action: {type: expire}.',
  ],
  [
    'a rule of which all is null',
    {rules: [{rulePriority: null, selection: null, action: null}]},
    'null-value 1:27 rules[0].rulePriority: is null. Write rulePriority: 1.',
    'null-value 1:44 rules[0].selection: is null. Write selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 10}.',
    'null-value 1:58 rules[0].action: is null. Write action: {type: expire}.',
  ],
  [
    'no selection',
    {rules: [without('selection')]},
    'missing-key 1:11 rules[0]: "selection" is missing. Add selection: {tagStatus: any, countType: imageCountMoreThan, countNumber: 10}.',
  ],
  [
    'an empty selection',
    one({}, {selection: {}}),
    'missing-key 1:29 rules[0].selection: "tagStatus" is missing. Add tagStatus: any.',
    'missing-key 1:29 rules[0].selection: "countType" is missing. Add countType: imageCountMoreThan.',
    'missing-key 1:29 rules[0].selection: "countNumber" is missing. Add countNumber: 10.',
  ],
  [
    'no action',
    {rules: [without('action')]},
    'missing-key 1:11 rules[0]: "action" is missing. Add action: {type: expire}.',
  ],
  [
    'an action without type',
    one({}, {action: {}}),
    'missing-key 1:110 rules[0].action: "type" is missing. Add type: expire.',
  ],
  [
    'no priority',
    {rules: [without('rulePriority')]},
    'missing-key 1:11 rules[0]: "rulePriority" is missing. Add rulePriority: 1.',
  ],
  [
    'a priority with a slip in its name',
    {rules: [{...without('rulePriority'), rule_priority: 1}]},
    'unknown-key 1:120 rules[0]: "rule_priority" is not a known key. Did you mean "rulePriority"?',
  ],
  [
    'a priority of 0',
    one({}, {rulePriority: 0}),
    'too-small 1:27 rules[0].rulePriority: 0 is too small. Priorities begin with 1.',
  ],
  [
    'a negative priority',
    one({}, {rulePriority: -1}),
    'too-small 1:27 rules[0].rulePriority: -1 is too small. Priorities begin with 1.',
  ],
  [
    'a priority in quotes',
    one({}, {rulePriority: '1'}),
    'wrong-type 1:27 rules[0].rulePriority: "1" is text here, not a number. Write 1 without quotes.',
  ],
  [
    'a count of 0',
    one({countNumber: 0}),
    'too-small 1:107 rules[0].selection.countNumber: 0 is too small. Write 1 or more.',
  ],
  [
    'a fraction',
    one({countNumber: 1.5}),
    'not-a-whole-number 1:107 rules[0].selection.countNumber: 1.5 is not a whole number. Write one from 1.',
  ],
  [
    'a huge number',
    one({countNumber: 1e300}),
    'too-large 1:107 rules[0].selection.countNumber: is too large to be read exactly. Write less.',
  ],
  [
    'a count that is text',
    one({countNumber: 'ten'}),
    'wrong-type 1:107 rules[0].selection.countNumber: "ten" is text here, not a number. Write digits, without quotes.',
  ],
  [
    'a count that is true',
    one({countNumber: true}),
    'wrong-type 1:107 rules[0].selection.countNumber: must be a whole number from 1.',
  ],
  [
    'a count that is null',
    one({countNumber: null}),
    'null-value 1:107 rules[0].selection.countNumber: is null. Write countNumber: 10.',
  ],
  [
    'a description that is a number',
    one({}, {description: 5}),
    'wrong-type 1:151 rules[0].description: 5 is a number here, not text. Quote it: "5".',
  ],
  [
    'a description that is null',
    one({}, {description: null}),
    'null-value 1:151 rules[0].description: is null. Write a value, or take it out.',
  ],
  [
    'an unknown member',
    one({}, {x: 1}),
    'unknown-key 1:137 rules[0]: "x" is not a known key. Known here: rulePriority, description, selection, action.',
  ],
  [
    'words in upper case',
    one({tagStatus: 'ANY'}, {action: {type: 'EXPIRE'}}),
    'unknown-value 1:54 rules[0].selection.tagStatus: "ANY" is not spelled as ECR wants it. Write any.',
    'unknown-value 1:127 rules[0].action.type: "EXPIRE" is not spelled as ECR wants it. Write expire.',
  ],
  [
    'an unknown tag status',
    one({tagStatus: 'all'}),
    'unknown-value 1:54 rules[0].selection.tagStatus: "all" is not known here. Write one of tagged, untagged, any.',
  ],
  [
    'a slip in a tag status',
    one({tagStatus: 'untaged'}),
    'unknown-value 1:54 rules[0].selection.tagStatus: "untaged" is not known here. Did you mean "untagged"?',
  ],
  [
    'an unknown action',
    one({}, {action: {type: 'delete'}}),
    'unknown-value 1:127 rules[0].action.type: "delete" is not known here. Write one of expire, transition.',
  ],
  [
    'an unknown count type',
    one({countType: 'sinceLastPulled', ...days}),
    'unknown-value 1:72 rules[0].selection.countType: "sinceLastPulled" is not known here. Write one of imageCountMoreThan, sinceImagePushed, sinceImagePulled, sinceImageTransitioned.',
  ],
  [
    'an unknown storage class',
    one({storageClass: 'glacier'}),
    'unknown-value 1:124 rules[0].selection.storageClass: "glacier" is not known here. Write one of standard, archive.',
  ],
  [
    'a number for a word',
    one({tagStatus: 1}),
    'unknown-value 1:54 rules[0].selection.tagStatus: is not a word that ECR knows here. Write one of tagged, untagged, any.',
  ],
  [
    'a target that is null',
    one({}, {action: {type: 'expire', targetStorageClass: null}}),
    'null-value 1:157 rules[0].action.targetStorageClass: is null. Write a value, or take it out.',
  ],
  [
    'a storage class that is null',
    one({storageClass: null}),
    'null-value 1:124 rules[0].selection.storageClass: is null. Write a value, or take it out.',
  ],
  [
    'a unit that is null',
    one({countUnit: null}),
    'null-value 1:121 rules[0].selection.countUnit: is null. Write a value, or take it out.',
  ],
  [
    'a unit that is the text null',
    one({countUnit: 'null'}),
    'count-unit-needless 1:109 rules[0].selection.countUnit: does not go with imageCountMoreThan, which counts images. Take it out.',
  ],
  [
    'a unit that is the text null, where one is needed',
    one({countType: 'sinceImagePushed', countUnit: 'null'}),
    'unknown-value 1:119 rules[0].selection.countUnit: is the text "null". Write days, or take it out.',
  ],
  [
    'an empty list of patterns',
    one(patterns([])),
    'empty-list 1:129 rules[0].selection.tagPatternList: is an empty list. Write at least one, or take it out.',
  ],
  [
    'an empty list beside another',
    one({...patterns(['a*']), tagPrefixList: []}),
    'empty-list 1:152 rules[0].selection.tagPrefixList: is an empty list. Write at least one, or take it out.',
  ],
  [
    'an empty list for any image',
    one({tagPrefixList: []}),
    'empty-list 1:125 rules[0].selection.tagPrefixList: is an empty list. Write at least one, or take it out.',
  ],
  [
    'a list that is null',
    one(patterns(null)),
    'null-value 1:129 rules[0].selection.tagPatternList: is null. Write a value, or take it out.',
  ],
  [
    'a list that is text',
    one(patterns('v*')),
    'wrong-type 1:129 rules[0].selection.tagPatternList: must be a list, not "v*". Write ["v*"].',
  ],
  [
    'a pattern that is a number',
    one(patterns([1])),
    'wrong-type 1:130 rules[0].selection.tagPatternList[0]: 1 is a number here, not text. Quote it: "1".',
  ],
  [
    'tagged without a list',
    one({tagStatus: 'tagged'}),
    'tag-list-missing 1:54 rules[0].selection.tagStatus: tagged images are selected by their tags. Add tagPatternList: ["*"], or the patterns you mean.',
  ],
  [
    'a list under another name',
    one({tagStatus: 'tagged', tagPrefixes: ['a']}),
    'unknown-key 1:112 rules[0].selection: "tagPrefixes" is not a known key. Did you mean "tagPrefixList"?',
  ],
  [
    'both lists',
    one({...patterns(['a']), tagPrefixList: ['b']}),
    'both-tag-lists 1:135 rules[0].selection.tagPrefixList: stands beside tagPatternList. Keep one of the two.',
  ],
  [
    'a list for untagged images',
    one({tagStatus: 'untagged', tagPrefixList: ['a']}),
    'tag-list-needless 1:114 rules[0].selection.tagPrefixList: does not go with untagged. Take it out, or write tagStatus: tagged.',
  ],
  [
    'a list for any image',
    one({tagPatternList: ['a']}),
    'tag-list-needless 1:109 rules[0].selection.tagPatternList: does not go with any. Take it out, or write tagStatus: tagged.',
  ],
  [
    'five wildcards',
    one(patterns(['*a*', 'a*b*c*d*e*'])),
    'too-many-wildcards 1:136 rules[0].selection.tagPatternList[1]: has 5 wildcards (*), and ECR takes 4. Leave some out.',
  ],
  [
    'no unit',
    one({countType: 'sinceImagePushed'}),
    'count-unit-missing 1:29 rules[0].selection: "countUnit" is missing, and sinceImagePushed needs it. Add countUnit: days.',
  ],
  [
    'a slip in the name of the unit',
    one({countType: 'sinceImagePushed', countunit: 'days'}),
    'unknown-key 1:107 rules[0].selection: "countunit" is not a known key. Did you mean "countUnit"?',
  ],
  [
    'an unknown unit',
    one({countType: 'sinceImagePushed', countUnit: 'hours'}),
    'unknown-value 1:119 rules[0].selection.countUnit: "hours" is not known here. Write days.',
  ],
  [
    'a unit too many',
    one({countUnit: 'days'}),
    'count-unit-needless 1:109 rules[0].selection.countUnit: does not go with imageCountMoreThan, which counts images. Take it out.',
  ],
  [
    'an unknown unit too many',
    one({countUnit: 'hours'}),
    'count-unit-needless 1:109 rules[0].selection.countUnit: does not go with imageCountMoreThan, which counts images. Take it out.',
  ],
  [
    'an expiration by pull time',
    one({countType: 'sinceImagePulled', ...days}),
    'pulled-needs-transition 1:145 rules[0].action.type: sinceImagePulled can archive an image and not expire it. Write transition, with targetStorageClass: archive; or count by sinceImagePushed.',
  ],
  [
    'an expiration by pull time, with a target',
    one({countType: 'sinceImagePulled', ...days}, {action: {...archive, type: 'expire'}}),
    'pulled-needs-transition 1:145 rules[0].action.type: sinceImagePulled can archive an image and not expire it. Write transition; or count by sinceImagePushed.',
  ],
  [
    'days in the archive without the archive',
    one({countType: 'sinceImageTransitioned', ...days}),
    'transitioned-needs-archive 1:72 rules[0].selection.countType: sinceImageTransitioned counts days in the archive. Add storageClass: archive.',
  ],
  [
    'days in the archive of standard images',
    one({...archived, storageClass: 'standard'}),
    'transitioned-needs-archive 1:129 rules[0].selection.storageClass: sinceImageTransitioned counts days in the archive. Write archive.',
  ],
  [
    'a transition out of the archive',
    one(archived, {action: archive}),
    'transitioned-needs-expire 1:176 rules[0].action.type: what is in the archive can only expire. Write expire, and take targetStorageClass out.',
  ],
  [
    '89 days in the archive',
    one({...archived, countNumber: 89}),
    'archive-under-90-days 1:111 rules[0].selection.countNumber: 89 days are too few: an image stays in the archive for at least 90. Write 90 or more.',
  ],
  [
    'a count of archived images',
    one({storageClass: 'archive'}),
    'archive-needs-transitioned 1:124 rules[0].selection.storageClass: archived images are selected by sinceImageTransitioned alone, not imageCountMoreThan. Take storageClass out, or count by that.',
  ],
  [
    'archived images by push time',
    one({storageClass: 'archive', countType: 'sinceImagePushed', ...days}),
    'archive-needs-transitioned 1:123 rules[0].selection.storageClass: archived images are selected by sinceImageTransitioned alone, not sinceImagePushed. Take storageClass out, or count by that.',
  ],
  [
    'a transition to nowhere',
    one({}, {action: {type: 'transition'}}),
    'target-missing 1:110 rules[0].action: "targetStorageClass" is missing, and transition needs it. Add targetStorageClass: archive.',
  ],
  [
    'an expiration with a target',
    one({}, {action: {...archive, type: 'expire'}}),
    'target-needless 1:136 rules[0].action.targetStorageClass: does not go with expire. Take it out, or write type: transition.',
  ],
  [
    'a transition to standard',
    one({}, {action: {...archive, targetStorageClass: 'standard'}}),
    'unknown-value 1:161 rules[0].action.targetStorageClass: "standard" is not known here. Write archive.',
  ],
  [
    'one priority twice',
    {rules: [rule({tagStatus: 'untagged'}), rule()]},
    'duplicate-priority 1:159 rules[1].rulePriority: 1 is the priority of rules[0] too. Give each rule its own.',
  ],
  [
    'any before another rule',
    two({}, {tagStatus: 'untagged'}),
    'any-not-last 1:54 rules[0].selection.tagStatus: any must have the highest rulePriority for standard images, and rules[1] has 2. Give this rule a higher one.',
  ],
  [
    'any twice',
    two({}, {}),
    'any-not-last 1:54 rules[0].selection.tagStatus: any comes last, and once, for standard images; rules[1] selects any of them too. Keep one of the two.',
  ],
  [
    'any twice with one priority',
    {rules: [rule(), rule()]},
    'any-not-last 1:54 rules[0].selection.tagStatus: any comes last, and once, for standard images; rules[1] selects any of them too. Keep one of the two.',
    'duplicate-priority 1:154 rules[1].rulePriority: 1 is the priority of rules[0] too. Give each rule its own.',
  ],
  [
    'any twice for the archive',
    {rules: [rule(archived), rule({}, {rulePriority: 2}), rule(archived, {rulePriority: 3})]},
    'any-not-last 1:54 rules[0].selection.tagStatus: any comes last, and once, for archive images; rules[2] selects any of them too. Keep one of the two.',
  ],
  [
    'untagged twice',
    two({tagStatus: 'untagged'}, {tagStatus: 'untagged'}),
    'second-untagged 1:186 rules[1].selection.tagStatus: rules[0] selects untagged standard images too, and ECR takes one such rule. Keep one of the two.',
  ],
  [
    'the same prefixes twice',
    two(prefixes('a', 'b'), prefixes('b', 'a')),
    'repeated-prefixes 1:268 rules[1].selection.tagPrefixList: rules[0] has the same prefixes for standard images. Keep one of the two rules.',
  ],
  [
    'no consequence of a rule whose storage class is missing',
    two({}, {countType: 'sinceImageTransitioned', ...days}),
    'transitioned-needs-archive 1:199 rules[1].selection.countType: sinceImageTransitioned counts days in the archive. Add storageClass: archive.',
  ],
  [
    '51 rules',
    {rules: Array.from({length: 51}, (_, n) => rule(prefixes(`v${n}`), {rulePriority: n + 1}))},
    'too-many-rules 1:7742 rules[50]: the policy has 51 rules, and ECR takes 50. Take the others out.',
  ],
])('%s', (_, policy, ...lines) => {
  const text = JSON.stringify(policy)
  expect(faultsOf(text)).toEqual(lines)
  expect(sandboxTakes(text)).toBe(false)
})

test('a text of more than 30,720 characters', () => {
  const most = 30_720 - JSON.stringify(one({}, {description: ''})).length
  const described = (length: number) => JSON.stringify(one({}, {description: 'x'.repeat(length)}))
  expect(faultsOf(described(most))).toEqual([])
  expect(faultsOf(described(most + 1))).toEqual([
    'policy-too-long 1:2 rules: the policy has 30721 characters as compact JSON, and ECR takes 30720. Shorten descriptions, or take rules out.',
  ])
})

test.each<readonly [string, string, ...string[]]>([
  ['empty', '', 'empty-file 1:1 the file is empty. Start it with "rules:".'],
  ['a comment', '# x\n', 'empty-file 1:1 the file is empty. Start it with "rules:".'],
  ['null', 'null', 'null-value 1:1 this is null, and no policy. Write {"rules": [...]}.'],
  [
    'a repos.yaml',
    'version: 1\naccounts:\n  dev: {id: "111111111111", region: eu-west-1}\n',
    'wrapped-policy 1:1 this is a repos.yaml, which says the policies of many repositories. Give it with --config, or put the rules of one policy into a file.',
  ],
  ['an empty list', '[]', 'wrong-type 1:1 must be a mapping, not a list.'],
  ['a text', 'hello', 'wrong-type 1:1 must be a mapping, not "hello".'],
  [
    'a list of rules',
    '- rulePriority: 1\n  selection: {}\n',
    'bare-list 1:1 this is a list of rules. Put it below "rules:".',
  ],
  [
    'one rule',
    'rulePriority: 1\nselection: {}\n',
    'bare-rule 1:1 this is one rule. Put it into a list below "rules:".',
  ],
  [
    'a policy in quotes',
    '"{\\"rules\\": []}"',
    'wrapped-policy 1:1 the policy stands in quotes, as one text. Take the quotes off.',
  ],
  [
    'Terraform',
    'resource "aws_ecr_lifecycle_policy" "x" {\n  policy = jsonencode({\n    rules = []\n  })\n}\n',
    'wrapped-policy 1:11 this is Terraform ("aws_ecr_lifecycle_policy"). Keep the policy alone: {"rules": [...]}.',
  ],
  [
    'a resource around a policy',
    'policy: "{}"\n',
    'wrapped-policy 1:1 this is the policy of a resource of Terraform. Keep the policy alone: {"rules": [...]}.',
  ],
  [
    'an answer of ECR',
    '{"registryId": "1", "lifecyclePolicyText": "{}"}',
    'wrapped-policy 1:21 this is an answer of ECR around the policy. Ask for the policy alone: --query lifecyclePolicyText --output text.',
  ],
  [
    'a template of CloudFormation',
    'Resources:\n  R:\n    Name: !Sub "x"\n',
    'wrapped-policy 1:1 this is a template of CloudFormation. Keep the policy alone: {"rules": [...]}.',
  ],
  [
    'two documents',
    'rules: []\n---\nrules: []\n',
    'second-document 2:1 a second YAML document starts here. Keep one document in the file.',
  ],
  [
    'indented by tabs',
    'rules:\n\t- a\n',
    'not-yaml 2:1 not valid YAML: Tabs are not allowed as indentation.',
  ],
  [
    'a directive',
    '%YAML 1.2\n---\nrules: []\n',
    'yaml-directive 1:1 YAML directives are not supported. Take the line out.',
  ],
  [
    'the same key twice',
    '{"rules":[{"rulePriority":1,"rulePriority":2,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}',
    'duplicate-key 1:29 rules[0].rulePriority: is given twice, first in line 1. Keep one.',
  ],
  [
    'a prototype',
    '{"__proto__":{"x":1},"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]}',
    'bad-key 1:2 __proto__: cannot be a key. Choose another name.',
  ],
  ['an alias', 'rules: *a\n', 'yaml-alias 1:8 rules: aliases ("*a") are not supported. Write the value out.'],
  [
    'a list with an alias',
    'rules: [*a]\n',
    'yaml-alias 1:9 rules[0]: aliases ("*a") are not supported. Write the value out.',
  ],
  [
    'a tag',
    'rules: !!seq []\n',
    'yaml-tag 1:14 rules: tags ("tag:yaml.org,2002:seq") are not supported. Write the plain value.',
  ],
  [
    'a merge key',
    '<<: {}\nrules: [{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":1},"action":{"type":"expire"}}]',
    'yaml-merge-key 1:1 "<<": merge keys are not supported. Write the keys out.',
  ],
  [
    'a missing comma',
    '{"rules": [{"rulePriority": 1 "selection": {}}]}',
    'not-yaml 1:29 not valid YAML: Block collections are not allowed within flow collections.',
  ],
  ['a NUL byte', 'rules\u0000: []', 'nul-byte 1:6 the file has a NUL byte. Save it as UTF-8 text.'],
  ['nested without end', '['.repeat(100_000), 'too-deep 1:52 too deeply nested: more than 50 levels.'],
])('a file that is %s', (_, text, ...lines) => {
  expect(faultsOf(text)).toEqual(lines)
})

const yaml = `# what goes
rules:
  - rulePriority: 2
    selection:
      tagStatus: ANY
      countType: sinceImagePushed
      countNumber: 0
    action: {type: expire}
  - rulePriority: 2
    description: ~
    selection: {tagStatus: tagged, tagPatternList: ["*a*b*c*d*"], countType: imageCountMoreThan, countNumber: 1}
    action: {type: transition}
`

test('all faults of a YAML file at once, in the order of their places', () => {
  expect(faultsOf(yaml)).toEqual([
    'count-unit-missing 4:5 rules[0].selection: "countUnit" is missing, and sinceImagePushed needs it. Add countUnit: days.',
    'unknown-value 5:18 rules[0].selection.tagStatus: "ANY" is not spelled as ECR wants it. Write any.',
    'too-small 7:20 rules[0].selection.countNumber: 0 is too small. Write 1 or more.',
    'duplicate-priority 9:19 rules[1].rulePriority: 2 is the priority of rules[0] too. Give each rule its own.',
    'null-value 10:18 rules[1].description: is empty. Write a value, or take it out.',
    'too-many-wildcards 11:53 rules[1].selection.tagPatternList[0]: has 5 wildcards (*), and ECR takes 4. Leave some out.',
    'target-missing 12:5 rules[1].action: "targetStorageClass" is missing, and transition needs it. Add targetStorageClass: archive.',
  ])
})

test('no fault is left out, however many there are', () => {
  const rules = Array.from({length: 50}, (_, n) => rule(prefixes(`v${n}`), {rulePriority: n + 1, x: 1}))
  expect(faultsOf(JSON.stringify({rules}))).toHaveLength(50)
})

test('a file with a byte order mark, tabs and CRLF is read', () => {
  const text = `\uFEFF${JSON.stringify(one(), undefined, '\t').replaceAll('\n', '\r\n')}`
  expect(readPolicy(text, 'p').policy).toEqual(one())
})

test('an explicit standard is no fault: it is documented', () => {
  expect(faultsOf(JSON.stringify(one({storageClass: 'standard'})))).toEqual([])
})

test('what is wrong with a file is one error', () => {
  const error = thrownBy(() => parsePolicy(yaml, 'policy.yaml'))
  expect(error).toBeInstanceOf(ConfigError)
  expect(error).toMatchObject({
    code: 'INVALID_POLICY',
    exitCode: 2,
    message: expect.stringMatching(/^policy\.yaml:4:5 rules\[0\]\.selection: /) as unknown,
    hints: {length: 6},
  })
})

test('what this version does not know in a policy of ECR is an error, never dropped', () => {
  const unknown = JSON.stringify(one({newMember: 1}))
  expect(thrownBy(() => policyOfEcr(unknown, 'prod/api'))).toMatchObject({
    code: 'UNKNOWN_POLICY',
    exitCode: 8,
    message: expect.stringMatching(
      /^prod\/api: the lifecycle policy at ECR has what this version does not know, rules\[0\]\.selection: "newMember"/,
    ) as unknown,
  })
  for (const text of ['', 'null', '{', '{"rules":{}}', JSON.stringify(one({countType: 'sinceLunch'}))]) {
    expect(thrownBy(() => policyOfEcr(text, 'prod/api'))).toMatchObject({code: 'UNKNOWN_POLICY'})
  }
})

test('a limit that ECR did not hold to leaves no doubt about its policy', () => {
  const policy = two({}, {tagStatus: 'untagged'})
  expect(faultsOf(JSON.stringify(policy))).toHaveLength(1)
  expect(policyOfEcr(JSON.stringify(policy), 'prod/api')).toEqual(policy)
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
