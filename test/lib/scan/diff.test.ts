import {expect, test} from 'vitest'
import {diffFindings} from '../../../src/lib/scan/diff.ts'
import type {Finding} from '../../../src/lib/scan/finding.ts'
import {digestOf, findingOf, imageOf, scanned, single} from './judge-support.ts'

/** What became of each finding, as `change id`. */
function changes(before: readonly Finding[], after: readonly Finding[]): string[] {
  return diffFindings(single(before), single(after)).map(
    ({change, before: old, after: young}) => `${change} ${(young ?? old)?.id}`,
  )
}

test('a finding that only one of the images has is new or fixed', () => {
  const [kept, gone, come] = ['CVE-1', 'CVE-2', 'CVE-3'].map(id => findingOf({id}))
  if (kept === undefined || gone === undefined || come === undefined) throw new TypeError('three findings')
  expect(changes([kept, gone], [kept, come])).toEqual(['new CVE-3', 'unchanged CVE-1', 'fixed CVE-2'])
})

test('an update that does not mend it brings nothing new, and the versions are told', () => {
  const before = findingOf({package: {version: '3.0.1'}})
  const [compared] = diffFindings(single([before]), single([findingOf({package: {version: '3.0.2'}})]))
  expect(compared).toMatchObject({change: 'unchanged', differences: ['version 3.0.2 was 3.0.1']})
})

test.each([
  ['graver', {severity: 'critical'}, 'critical was high'],
  ['rated by nobody now, which may be anything', {severity: 'untriaged'}, 'untriaged was high'],
  ['mended by an update now', {fix: 'yes'}, 'an update mends it now'],
  ['exploited now', {exploitable: true}, 'an exploit is known now'],
] as const)('what is %s has changed', (_name, parts, difference) => {
  const before = findingOf({fix: 'no'})
  const [compared] = diffFindings(single([before]), single([findingOf({fix: 'no', ...parts})]))
  expect(compared).toMatchObject({change: 'changed', differences: [difference]})
})

test('what is less grave is no change', () => {
  expect(changes([findingOf({severity: 'critical'})], [findingOf({severity: 'low'})])).toEqual([
    'unchanged CVE-2026-0001',
  ])
})

test('a finding of a layer that both images have is inherited', () => {
  const layer = digestOf('7')
  const [base, other] = [findingOf({package: {layer}}), findingOf({package: {layer: digestOf('8')}})]
  expect(changes([base], [base])).toEqual(['inherited CVE-2026-0001'])
  expect(changes([base], [other])).toEqual(['unchanged CVE-2026-0001'])
})

test('what Inspector suppressed or closed is no finding', () => {
  expect(changes([], [findingOf({status: 'suppressed'}), findingOf({status: 'closed'})])).toEqual([])
})

test('the same vulnerability in a package of another manager is another finding', () => {
  const npm = findingOf({package: {manager: 'NPM'}})
  expect(changes([findingOf()], [npm])).toEqual(['new CVE-2026-0001', 'fixed CVE-2026-0001'])
})

test('platforms are compared each with its like, and what is the same on several is told once', () => {
  const both = scanned([findingOf()])
  const before = imageOf({'linux/amd64': both, 'linux/arm64': scanned([])})
  expect(diffFindings(before, imageOf({'linux/amd64': both, 'linux/arm64': both}))).toMatchObject([
    {change: 'new', platforms: ['linux/arm64']},
    {change: 'unchanged', platforms: ['linux/amd64']},
  ])
  expect(
    diffFindings(
      imageOf({'linux/amd64': scanned([]), 'linux/arm64': scanned([])}),
      imageOf({'linux/amd64': both, 'linux/arm64': both}),
    ),
  ).toMatchObject([{change: 'new', platforms: ['linux/amd64', 'linux/arm64']}])
})

test('what any of several images for one platform has is there', () => {
  const [one, other] = [findingOf({id: 'CVE-1'}), findingOf({id: 'CVE-2'})]
  const image = imageOf({})
  const [first, second] = [one, other].map((finding, index) => ({
    platform: 'linux/amd64',
    digest: digestOf(String(index)),
    evidence: scanned([finding]),
  }))
  if (first === undefined || second === undefined) throw new TypeError('two')
  const after = {...image, platforms: [first, second]}
  const ids = diffFindings({...image, platforms: [second]}, after).map(({change, after: young}) => [
    change,
    young?.id,
  ])
  expect(ids).toEqual([
    ['new', 'CVE-1'],
    ['unchanged', 'CVE-2'],
  ])
})

test('images with one platform each are compared whatever it is', () => {
  const image = imageOf({'linux/amd64': scanned([findingOf()])})
  expect(diffFindings(single([findingOf()]), image)).toMatchObject([
    {change: 'unchanged', platforms: ['linux/amd64']},
  ])
})

test('the gravest of what is new comes first', () => {
  const findings = [
    findingOf({id: 'CVE-1', severity: 'low'}),
    findingOf({id: 'CVE-2', severity: 'critical'}),
    findingOf({id: 'CVE-3', severity: 'medium'}),
  ]
  expect(changes([], findings)).toEqual(['new CVE-2', 'new CVE-3', 'new CVE-1'])
})
