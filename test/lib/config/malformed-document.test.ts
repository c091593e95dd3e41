import {account, type Case, describeMalformed, v1} from './malformed.ts'

const notADocument: readonly Case[] = [
  ['an empty file', '', '1:1 the file is empty. Start it with "version: 1".'],
  ['comments alone', '# nothing yet\n', '1:1 the file is empty. Start it with "version: 1".'],
  ['a document mark alone', '---\n', '1:1 the file is empty. Start it with "version: 1".'],
  ['null', 'null\n', '1:1 the file must be a mapping. Start it with "version: 1".'],
  ['a list', '\n- a\n', '2:1 the file must be a mapping. Start it with "version: 1".'],
  ['text', 'hello\n', '1:1 the file must be a mapping. Start it with "version: 1".'],
  [
    'two documents',
    `${v1}---\n${v1}`,
    '2:1 a second YAML document starts here. Keep one document in the file.',
  ],
  ['a directive', `%YAML 1.1\n---\n${v1}`, '1:1 YAML directives are not supported. Take the line out.'],
  [
    'tabs as indentation',
    `${v1}accounts:\n\tdev: {}\n`,
    '3:1 not valid YAML: Tabs are not allowed as indentation.',
  ],
  [
    'a reserved character',
    `${v1}accounts: @dev\n`,
    '2:11 not valid YAML: Plain value cannot start with reserved character @.',
  ],
  [
    'a flow mapping left open',
    `${v1}accounts: {dev:\n`,
    '2:16 not valid YAML: Flow map in block collection must be sufficiently indented and end with a }.',
  ],
  ['a NUL byte', `${v1}accounts\0: {}\n`, '2:9 the file has a NUL byte. Save it as UTF-8 text.'],
  [
    'more than 8 MiB',
    `${v1}#${'x'.repeat(8 * 1024 * 1024)}`,
    '1:1 the file is larger than 8 MiB. Is it the right file?',
  ],
  [
    '51 levels',
    `${v1}x: ${'['.repeat(60)}${']'.repeat(60)}\n`,
    '2:54 too deeply nested: more than 50 levels.',
  ],
  ['open brackets without end', `${v1}${'['.repeat(50_000)}`, '2:51 too deeply nested: more than 50 levels.'],
  ['dashes without end', '- '.repeat(50_000), '1:103 too deeply nested: more than 50 levels.'],
]

const yamlRefused: readonly Case[] = [
  [
    'an alias',
    `${v1}accounts: &a {}\npromotions: *a\n`,
    '3:13 promotions: aliases ("*a") are not supported. Write the value out.',
  ],
  [
    'a tag without meaning',
    `${v1}accounts: !!js/function x\n`,
    '2:25 accounts: tags ("tag:yaml.org,2002:js/function") are not supported. Write the plain value.',
  ],
  [
    'a tag of YAML',
    account('region: !!str eu-west-1'),
    '3:43 accounts.dev.region: tags ("tag:yaml.org,2002:str") are not supported. Write the plain value.',
  ],
  [
    'a merge key',
    account('region: eu-west-1, <<: {profile: x}'),
    '3:48 accounts.dev."<<": merge keys are not supported. Write the keys out.',
  ],
  ['__proto__', `${v1}__proto__: {polluted: true}\n`, '2:1 __proto__: cannot be a key. Choose another name.'],
  [
    'constructor',
    `${v1}accounts:\n  constructor: {prototype: {polluted: true}}\n`,
    '3:3 accounts.constructor: cannot be a key. Choose another name.',
  ],
  [
    'a key twice',
    `${account('region: eu-west-1')}  dev: {}\n`,
    '4:3 accounts.dev: is given twice, first in line 3. Keep one.',
  ],
  [
    'a key that is a number',
    `${v1}accounts:\n  1: {}\n`,
    '3:3 accounts.1: the key is not text. Quote it: "1".',
  ],
  ['an empty key', `${v1}: 1\n`, '2:1 a key is empty. Write one before the colon.'],
  ['a mapping as key', `${v1}? {a: 1}\n: 2\n`, '2:3 a key is not plain text. Write it as a word.'],
]

describeMalformed('what is no single document of mappings', notADocument)
describeMalformed('YAML that has no place here', yamlRefused)
