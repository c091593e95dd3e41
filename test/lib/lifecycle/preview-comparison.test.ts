import {describe, expect, test} from 'vitest'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {comparePreview} from '../../../src/lib/lifecycle/preview-comparison.ts'
import type {Fate, RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {
  ago,
  any,
  archive,
  image,
  newest,
  now,
  pushed,
  rule,
  tagged,
  unpulled,
  untagged,
} from './judge-support.ts'
import {digest} from './plan-support.ts'

const minute = 60_000
const expire10: readonly [Fate, number] = ['expire', 10]

/** What ECR says of images; those that it does not name stay. */
function seen(actions: Readonly<Record<string, readonly [Fate, number]>>, from = now, to = now) {
  const entries = Object.entries(actions).map(
    ([name, [action, rulePriority]]): [Digest, {action: Fate; rulePriority: number}] => [
      digest(name),
      {action, rulePriority},
    ],
  )
  return {kind: 'seen' as const, preview: {actions: new Map(entries)}, from, to}
}

function named(name: string, members: Partial<RepositoryImage> = {}): RepositoryImage {
  return image(digest(name), members)
}

function compare(
  look: ReturnType<typeof seen>,
  rules: readonly LifecycleRule[],
  images: readonly RepositoryImage[],
  isUnread = false,
) {
  const {status, disagreements, notes} = comparePreview(look, rules, images, isUnread)
  return {status, disagreements: disagreements.map(({ecr, gantry}) => `${ecr} / ${gantry}`), notes}
}

const agrees = {status: 'agrees', disagreements: [], notes: []}
const after30 = rule(10, {...any, ...pushed(30)})
const old = named('old', {pushedAt: ago(31)})
const young = named('young', {pushedAt: ago(3)})

test('a preview that was not looked at is skipped, and says why', () => {
  expect(comparePreview({kind: 'skipped', reason: 'there is no policy'}, [after30], [old], false)).toEqual({
    status: 'skipped',
    reason: 'there is no policy',
    disagreements: [],
    notes: [],
  })
})

test('the same actions by the same rules agree', () => {
  expect(comparePreview(seen({old: expire10}), [after30], [old, young], false)).toEqual({
    status: 'agrees',
    reason: null,
    disagreements: [],
    notes: [],
  })
  const archiving = rule(10, {...any, ...unpulled(30)}, archive)
  expect(compare(seen({old: ['archive', 10]}), [archiving], [old, young])).toEqual(agrees)
  expect(compare(seen({}), [after30], [])).toEqual(agrees)
})

describe('what nothing accounts for is a disagreement, with both words:', () => {
  test.each([
    ['ECR keeps it', seen({}), 'stays / expires by rule 10'],
    ['ECR takes another', seen({old: expire10, young: expire10}), 'expires by rule 10 / stays'],
    ['another rule', seen({old: ['expire', 20]}), 'expires by rule 20 / expires by rule 10'],
    ['another action', seen({old: ['archive', 10]}), 'is archived by rule 10 / expires by rule 10'],
  ])('%s', (_, look, words) => {
    expect(compare(look, [after30], [old, young])).toEqual({
      status: 'disagrees',
      disagreements: [words],
      notes: [],
    })
  })
})

test('an image that was pushed after the images were listed is a note', () => {
  const counting = [rule(10, {...any, ...newest(1)})]
  expect(compare(seen({arrived: expire10}), [after30], [young])).toEqual({
    ...agrees,
    notes: ['1 image: pushed after the images were listed'],
  })
  // What the newcomer does to images that were listed is not forgiven with it.
  expect(compare(seen({young: expire10}), counting, [young]).status).toBe('disagrees')
})

describe('the moment of the preview decides at the boundary of a day:', () => {
  const at = (beforeNow: number) => named('old', {pushedAt: ago(30) - beforeNow})
  test('any moment between the beginning and the end of it agrees', () => {
    const aged = at(minute)
    const [from, to] = [now - 10 * minute, now + 10 * minute]
    expect(compare(seen({old: expire10}, from, to), [after30], [aged])).toEqual(agrees)
    expect(compare(seen({}, from, to), [after30], [aged])).toEqual(agrees)
  })

  test('clocks that differ by up to five minutes are a note, in both directions', () => {
    const notes = ['1 image: on the boundary of a day, where clocks that differ a little decide']
    expect(compare(seen({}), [after30], [at(4 * minute)])).toEqual({...agrees, notes})
    expect(compare(seen({old: expire10}), [after30], [at(-4 * minute)])).toEqual({...agrees, notes})
  })

  test('clocks that differ by more are a disagreement', () => {
    expect(compare(seen({}), [after30], [at(6 * minute)]).status).toBe('disagrees')
    expect(compare(seen({old: expire10}), [after30], [at(-6 * minute)]).status).toBe('disagrees')
  })
})

describe('images that an index keeps from going:', () => {
  const rules = [rule(10, {...untagged, ...pushed(30)})]
  const index = named('index', {tags: ['v1'], pushedAt: ago(40), children: [digest('child')]})
  const child = named('child', {pushedAt: ago(40)})
  const other = named('other', {pushedAt: ago(40)})
  const note = 'whether a preview shows what an index keeps from going is not documented'

  test('a preview may name them or not', () => {
    expect(compare(seen({}), rules, [index, child])).toEqual(agrees)
    expect(compare(seen({child: expire10}), rules, [index, child])).toEqual({
      ...agrees,
      notes: [`1 image: ${note}`],
    })
  })

  test('with their index they go; a preview that keeps them is a note', () => {
    const all = [rule(10, {...any, ...pushed(30)})]
    expect(compare(seen({index: expire10}), all, [index, child])).toEqual({
      ...agrees,
      notes: [`1 image: ${note}`],
    })
  })

  test('where it was not read what an index lists, any image that ECR keeps may be listed', () => {
    const keeping = seen({})
    expect(compare(keeping, rules, [child, other], true)).toEqual({...agrees, notes: [`2 images: ${note}`]})
    expect(compare(keeping, rules, [child, other]).status).toBe('disagrees')
    // But not one that ECR takes.
    expect(compare(seen({child: ['expire', 20]}), rules, [child], true).status).toBe('disagrees')
  })
})

describe('images that refer to others:', () => {
  const subject = named('subject', {tags: ['v1'], pushedAt: ago(40)})
  const referrer = named('referrer', {pushedAt: ago(40), subject: digest('subject')})

  test('a preview may leave out what follows its subject', () => {
    expect(compare(seen({subject: expire10, referrer: expire10}), [after30], [subject, referrer])).toEqual(
      agrees,
    )
    expect(compare(seen({subject: expire10}), [after30], [subject, referrer])).toEqual({
      ...agrees,
      notes: ['1 image: whether a preview shows what follows the image that it refers to is not documented'],
    })
  })

  test('a rule on untagged images may select them', () => {
    const rules = [rule(10, {...untagged, ...pushed(30)})]
    const note = 'whether rules select what refers to another image is not documented'
    expect(compare(seen({referrer: expire10}), rules, [subject, referrer])).toEqual({
      ...agrees,
      notes: [`1 image: ${note}`],
    })
    // Also one that an index lists, of which it is open too whether a preview names it.
    const index = named('index', {tags: ['v2'], pushedAt: ago(1), children: [digest('referrer')]})
    expect(compare(seen({referrer: expire10}), rules, [subject, referrer, index])).toEqual({
      ...agrees,
      notes: [`1 image: ${note}`],
    })
  })

  test('one whose subject is gone is an image like any other: that ECR keeps it is a disagreement', () => {
    expect(compare(seen({}), [after30], [referrer]).status).toBe('disagrees')
  })
})

test('notes are counted by what they say, and hide no disagreement', () => {
  const rules = [rule(10, {...tagged('v*'), ...pushed(30)})]
  const images = [named('a', {tags: ['v1'], pushedAt: ago(31)})]
  const look = seen({x: expire10, y: expire10})
  expect(compare(look, rules, images)).toEqual({
    status: 'disagrees',
    disagreements: ['stays / expires by rule 10'],
    notes: ['2 images: pushed after the images were listed'],
  })
})
