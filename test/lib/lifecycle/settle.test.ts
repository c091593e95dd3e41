import {expect, test} from 'vitest'
import type {Decision} from '../../../src/lib/lifecycle/evaluate.ts'
import type {Action, StorageClass} from '../../../src/lib/lifecycle/policy.ts'
import {type ListedImage, settle} from '../../../src/lib/lifecycle/settle.ts'

const expire: Action = {type: 'expire'}
const archive: Action = {type: 'transition', targetStorageClass: 'archive'}

function decided(digest: string, action = expire): Decision<ListedImage> {
  const selection = {tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1} as const
  return {image: image(digest), rule: {rulePriority: 1, selection, action}, action}
}

function image(digest: string, storageClass: StorageClass = 'standard'): ListedImage {
  return {digest, storageClass}
}

/** @param lists which indexes list an image. */
function settled(
  decisions: readonly Decision<ListedImage>[],
  lists: Readonly<Record<string, ListedImage[]>>,
) {
  const {carriedOut, blocked} = settle(decisions, digest => lists[digest] ?? [])
  return {
    goes: carriedOut.map(decision => decision.image.digest),
    stays: blocked.map(({decision, indexes}) => [decision.image.digest, indexes]),
  }
}

test('what no index lists goes', () => {
  expect(settled([decided('a'), decided('b')], {})).toEqual({goes: ['a', 'b'], stays: []})
})

test('an image stays while an index that stays lists it', () => {
  const lists = {child: [image('index'), image('going')]}
  expect(settled([decided('child'), decided('going')], lists)).toEqual({
    goes: ['going'],
    stays: [['child', ['index']]],
  })
})

test('an index goes before what it lists, through any depth', () => {
  const lists = {child: [image('inner')], inner: [image('outer')]}
  const decisions = ['child', 'inner', 'outer'].map(digest => decided(digest))
  expect(settled(decisions, lists)).toEqual({goes: ['outer', 'inner', 'child'], stays: []})
})

test('what an index keeps keeps what it lists in turn', () => {
  const lists = {child: [image('inner')], inner: [image('outer')]}
  expect(settled([decided('child'), decided('inner')], lists)).toEqual({
    goes: [],
    stays: [
      ['inner', ['outer']],
      ['child', ['inner']],
    ],
  })
})

test.each([
  ['into the archive after an archived index', 'archive', archive, undefined, ['child']],
  ['into the archive with its index', 'standard', archive, archive, ['index', 'child']],
  ['into the archive as its index expires', 'standard', archive, expire, ['index', 'child']],
  ['not into the archive before its index', 'standard', archive, undefined, []],
  ['not away from an archived index', 'archive', expire, undefined, []],
  ['not away from an index that is archived at once', 'standard', expire, archive, ['index']],
] as const)('an image goes %s', (_, storageClass, action, above, goes) => {
  const decisions = [decided('child', action), ...(above === undefined ? [] : [decided('index', above)])]
  expect(settled(decisions, {child: [image('index', storageClass)]}).goes).toEqual(goes)
})
