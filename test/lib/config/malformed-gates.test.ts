import {type Case, describeMalformed, twoAccounts, v1} from './malformed.ts'

const gate = (fields: string) => `${v1}gates:\n  strict: {${fields}}\n`
const at = (column: number, key = '') => `3:${column} gates.strict${key === '' ? '' : `.${key}`}:`

const wrongGates: readonly Case[] = [
  [
    'an unknown key',
    gate('failon: {severity: high}'),
    `${at(12)} "failon" is not a known key. Did you mean "failOn"?`,
  ],
  [
    'a filter without a severity, where nothing is counted',
    gate('failOn: {fixable: true}'),
    `${at(12, 'failOn')} "severity" is missing. Add severity: high; for findings of any, severity: informational.`,
  ],
  [
    'a slip in severity, and nothing that only follows from it',
    gate('failOn: {severty: high}'),
    `${at(21, 'failOn')} "severty" is not a known key. Did you mean "severity"?`,
  ],
  [
    'a severity with a slip',
    gate('failOn: {severity: hihg}'),
    `${at(31, 'failOn.severity')} "hihg" is not known here. Did you mean "high"?`,
  ],
  [
    "a severity that is nobody's rating",
    gate('unratedAs: untriaged'),
    `${at(23, 'unratedAs')} "untriaged" is not known here. Write one of critical, high, medium, low, informational.`,
  ],
  [
    'a severity that is a number',
    gate('report: 7'),
    `${at(20, 'report')} must be one of critical, high, medium, low, informational.`,
  ],
  [
    'text for true',
    gate('failOn: {severity: high, fixable: yes}'),
    `${at(46, 'failOn.fixable')} must be true or false, not "yes".`,
  ],
  [
    'a score that there is not',
    gate('failOn: {severity: high, cvss: 70}'),
    `${at(43, 'failOn.cvss')} 70 is no CVSS score. They go from 0 to 10.`,
  ],
  [
    'a score that is text',
    gate('failOn: {severity: high, cvss: "7.0"}'),
    `${at(43, 'failOn.cvss')} must be a number from 0 to 10.`,
  ],
  ['numbers of nothing', gate('most: {}'), `${at(18, 'most')} is empty. Write critical: 0, or take it out.`],
  [
    'a number of what nobody rated',
    gate('most: {undefined: 3}'),
    `${at(19, 'most')} "undefined" is not a known key. Known here: critical, high, medium, low, informational.`,
  ],
  [
    'less than none',
    gate('most: {critical: -1}'),
    `${at(29, 'most.critical')} -1 is less than none. Write 0 or more.`,
  ],
  ['a half', gate('most: {critical: 0.5}'), `${at(29, 'most.critical')} must be a whole number, 0 or more.`],
  [
    'a time without a unit',
    gate('grace: 14'),
    `${at(19, 'grace')} 14 has no unit. Write minutes, hours, days or weeks: 14m, 14d.`,
  ],
  [
    'a time in months',
    gate('grace: 2M'),
    `${at(19, 'grace')} "2M" is not a duration. Write a number and a unit: 15m, 36h, 14d, 2w.`,
  ],
  ['a wait of days', gate('wait: 25h'), `${at(18, 'wait')} is longer than 24h. Wait 24h or less.`],
  [
    'what nobody can do with an image that cannot be scanned',
    gate('onUnsupported: ignore'),
    `${at(27, 'onUnsupported')} "ignore" is not known here. Write one of fail, warn, pass.`,
  ],
  [
    'no packages, which would mean no finding',
    gate('packages: []'),
    `${at(22, 'packages')} is an empty list. Write at least one.`,
  ],
  ['a package twice', gate('packages: [a, a]'), `${at(26, 'packages[1]')} "a" is given twice. Keep one.`],
  [
    'a pattern with a line break',
    gate('packages: ["a\\nb"]'),
    `${at(23, 'packages[0]')} "a\\nb" is not a pattern. Write a name; * stands for any text.`,
  ],
  [
    'a path that fits nothing',
    gate('paths: ["./app/**"]'),
    `${at(20, 'paths[0]')} "./app/**" is not a pattern of paths. Write it without ./ before and / behind it: app/**, **/package.json.`,
  ],
  [
    'a file that is no list',
    gate('ignores: .gantry-ignores.yaml'),
    `${at(21, 'ignores')} must be a list, not ".gantry-ignores.yaml". Write [".gantry-ignores.yaml"].`,
  ],
  [
    'a gate that says nothing at all',
    `${v1}gates:\n  strict:\n`,
    '3:10 gates.strict: is empty. Write a value, or take it out.',
  ],
  [
    'a name in capitals',
    `${v1}gates: {Strict: {}}\n`,
    '2:9 gates.Strict: "Strict" is not a name. Use at most 64 lower-case letters, digits and dashes: prod-eu.',
  ],
  [
    'a promotion whose gate has a slip',
    `${twoAccounts}  release: {from: dev, to: [prod], gate: strcit}\ngates: {strict: {}}\n`,
    '6:42 promotions.release.gate: "strcit" is not a gate of this file. Did you mean "strict"?',
  ],
  [
    'a promotion with a gate where there is none',
    `${twoAccounts}  release: {from: dev, to: [prod], gate: strict}\n`,
    '6:42 promotions.release.gate: "strict" is not a gate of this file. Add it under gates, or name one that is there.',
  ],
]

describeMalformed('a gate', wrongGates)
