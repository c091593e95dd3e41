import {describe, expect, test} from 'vitest'
import {type Case, describeMalformed, linesOf} from './malformed.ts'

const accounts = `version: 1
accounts:
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
`
const inOverlay = (key: string, said: string) => `overlays: {${key}: {repositories: {old/app: ${said}}}}\n`
const gone = 'repositories: {old/app: {state: absent}}\n'

const tombstones: readonly Case[] = [
  [
    'in the file, with settings in an overlay',
    accounts + gone + inOverlay('prod', '{tags: {a: b}}'),
    '5:44 overlays.prod.repositories."old/app".tags: says what the repository should be, and repositories."old/app" says that it is to go. Keep one of the two.',
  ],
  [
    'in the file, with a place in an overlay',
    `${accounts}repositories: {old/app: {state: absent, in: [prod@us-east-1]}}\n${inOverlay('prod', '{in: [prod@eu-west-1]}')}`,
    '5:44 overlays.prod.repositories."old/app".in: says what the repository should be, and repositories."old/app" says that it is to go. Keep one of the two.',
  ],
  [
    'of an account, with settings in one of its regions',
    `${accounts}overlays:\n  prod: {repositories: {old/app: {state: absent}}}\n  prod@us-east-1: {repositories: {old/app: {scanOnPush: true}}}\n`,
    '6:45 overlays."prod@us-east-1".repositories."old/app".scanOnPush: says what the repository should be, and overlays.prod.repositories."old/app" says that it is to go. Keep one of the two.',
  ],
]

describeMalformed('a tombstone', tombstones)

describe('a tombstone', () => {
  test.each([
    [
      'where it is said, for the rest of the file',
      'repositories: {old/app: {tags: {a: b}}}\n',
      '{state: absent}',
    ],
    ['again', gone, '{state: absent, in: [prod]}'],
  ])('may hold %s', (_, file, overlay) => {
    expect(linesOf(accounts + file + inOverlay('prod', overlay))).toEqual([])
  })
})
