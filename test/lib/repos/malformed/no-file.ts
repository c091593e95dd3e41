import {accounts, api, below, type MalformedFile, repository} from './files.ts'

/** What is no file of this kind at all. */
export const noFile: readonly MalformedFile[] = [
  ['an empty file', '', '1:1 the file is empty. Start it with "version: 1".'],
  ['comments alone', '# later\n', '1:1 the file is empty. Start it with "version: 1".'],
  ['a byte order mark alone', '\uFEFF', '1:1 the file is empty. Start it with "version: 1".'],
  ['a NUL byte', `${accounts}x\0`, '6:2 the file has a NUL byte. Save it as UTF-8 text.'],
  [
    'bytes that are not UTF-8',
    Buffer.from([0x76, 0xff]),
    '1:2 the file is not UTF-8 text. Save it as UTF-8.',
  ],
  [
    'more than 8 MiB',
    `${accounts}#${'x'.repeat(8 * 1024 * 1024)}`,
    '1:1 the file is larger than 8 MiB. Is it the right file?',
  ],
  [
    'two documents',
    `${accounts}---\n${accounts}`,
    '6:1 a second YAML document starts here. Keep one document in the file.',
  ],
  ['a directive', `%YAML 1.1\n---\n${accounts}`, '1:1 YAML directives are not supported. Take the line out.'],
  [
    '10,000 brackets',
    `${accounts}repositories: ${'['.repeat(10_000)}`,
    '6:65 too deeply nested: more than 50 levels.',
  ],
  [
    'a list left open',
    repository('in: [dev'),
    '7:21 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
  ],
  [
    'a tab',
    `${accounts}repositories:\n\tapp/api: {}\n`,
    '7:1 not valid YAML: Tabs are not allowed as indentation.',
  ],
  [
    'CRLF and a slip',
    `${accounts}repositores: {}\n`.replaceAll('\n', '\r\n'),
    '6:1 "repositores" is not a known key. Did you mean "repositories"?',
  ],
  ['no version', 'repositories: {}\n', '1:1 "version" is missing. Add version: 1.'],
  [
    'a version to come',
    'version: 2\n',
    '1:10 version: 2 is not a version that is known here. Write 1, or use a newer Gantry.',
  ],
  [
    'an alias',
    `${accounts}vars: {a: &a x, b: *a}\n`,
    '6:20 vars.b: aliases ("*a") are not supported. Write the value out.',
  ],
  [
    'a tag of YAML',
    `${accounts}repositories: !!js/function x\n`,
    '6:29 repositories: tags ("tag:yaml.org,2002:js/function") are not supported. Write the plain value.',
  ],
  [
    'a merge key',
    repository('<<: {in: [dev]}'),
    `7:13 ${api}."<<": merge keys are not supported. Write the keys out.`,
  ],
  [
    '__proto__',
    `${accounts}repositories: {__proto__: {state: absent}}\n`,
    '6:16 repositories.__proto__: cannot be a key. Choose another name.',
  ],
  [
    'constructor as a tag',
    repository('tags: {constructor: x}'),
    `7:20 ${api}.tags.constructor: cannot be a key. Choose another name.`,
  ],
  [
    'a section twice',
    `${accounts}repositories: {}\nrepositories: {a/b: {state: absent}}\n`,
    '7:1 repositories: is given twice, first in line 6. Keep one.',
  ],
  [
    'a repository twice',
    below('repositories', '  app/api: {}', '  app/api: {state: absent}'),
    `8:3 ${api}: is given twice, first in line 7. Keep one.`,
  ],
]
