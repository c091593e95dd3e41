import {expect, test} from 'vitest'
import type {ImageContent, ImageRecord} from '../../../src/lib/ecr/inventory/model.ts'
import {dayMs} from '../../../src/lib/lifecycle/clocks.ts'
import {type PlanBasis, planRepository} from '../../../src/lib/lifecycle/plan.ts'
import {protectionOf} from '../../../src/lib/lifecycle/protection.ts'
import {storageRates} from '../../../src/lib/lifecycle/storage-cost.ts'
import type {Digest} from '../../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {
  any,
  archive,
  archived,
  newest,
  now,
  pushed,
  rule,
  tagged,
  unpulled,
  untagged,
} from './judge-support.ts'
import {digest, policies, record, registry} from './plan-support.ts'

const GB = 2 ** 30
const noPreview = {kind: 'skipped', reason: 'a test'} as const
const iso = (days: number) => new Date(now + days * dayMs).toISOString()

function content(blobs: Readonly<Record<string, number>>, children: readonly Digest[] = []): ImageContent {
  return {children, blobs: Object.entries(blobs).map(([name, size]) => ({digest: digest(name), size}))}
}

/** The plan of the week to come, which expires in a day. */
function plan(images: readonly ImageRecord[], basis: Partial<PlanBasis> & Pick<PlanBasis, 'policies'>) {
  const {policies: pair} = basis
  return planRepository({
    inventory: {registry, name: 'app', policy: pair.change.before, images},
    contents: new Map(images.map(image => [image.digest, content({[`${image.digest}-layer`]: image.size})])),
    protection: protectionOf([]),
    rates: storageRates(),
    preview: noPreview,
    now,
    days: 7,
    expiresAt: now + dayMs,
    ...basis,
  })
}

const after30 = rule(10, {...any, ...pushed(30)})

test('what goes now and what goes within the days are told apart, the earliest first, and nothing after them', () => {
  const images = [record('gone', 31), record('soon', 25, {tags: ['v2', 'latest']}), record('later', 10)]
  expect(plan(images, {policies: policies([after30])})).toMatchObject({
    registry,
    repository: 'app',
    change: {kind: 'unmanaged'},
    images: {standard: 3, archived: 0},
    now: {expire: 1, archive: 0},
    within: {expire: 2, archive: 0},
    departures: [
      {
        digest: digest('gone'),
        tags: [],
        fate: 'expire',
        rulePriority: 10,
        at: iso(0),
        why: 'expires now: pushed 2026-10-21; rule 10 keeps it 30 days',
        pushedAt: iso(-31),
        size: 100,
        follows: null,
      },
      {
        digest: digest('soon'),
        tags: ['v2', 'latest'],
        at: iso(6),
        why: 'expires 2026-11-27: pushed 2026-10-27; rule 10 keeps it 30 days',
      },
    ],
    preview: {status: 'skipped', reason: 'a test'},
    warnings: [],
  })
})

test('no days ahead still say what goes now', () => {
  const images = [record('gone', 31), record('soon', 29.5)]
  const {departures, within} = plan(images, {policies: policies([after30]), days: 0})
  expect(departures.map(each => each.digest)).toEqual([digest('gone')])
  expect(within.expire).toBe(1)
})

test('the parts are what goes until the plan expires, however many days are looked ahead', () => {
  const images = [record('gone', 31), record('tomorrow', 29.5), record('soon', 25)]
  const parts = [`expire ${digest('gone')}`, `expire ${digest('tomorrow')}`]
  for (const days of [0, 7]) expect(plan(images, {policies: policies([after30]), days}).parts).toEqual(parts)
  const late = plan(images, {policies: policies([after30]), days: 0, expiresAt: now + 6 * dayMs})
  expect(late.parts).toEqual([...parts, `expire ${digest('soon')}`])
  const expired = plan(images, {policies: policies([after30]), expiresAt: now - dayMs})
  expect(expired.parts).toEqual([])
})

test('what a policy does is told as it will be, and beside it as it is today', () => {
  const images = [record('a', 40), record('b', 20), record('c', 10)]
  const changed = plan(images, {policies: policies([after30], [rule(10, {...any, ...newest(1)})])})
  expect(changed.change.kind).toBe('put')
  expect(changed.now.expire).toBe(2)
  expect(changed.today.now.expire).toBe(1)
  expect(changed.departures.map(each => each.digest)).toEqual([digest('a'), digest('b')])
  const removed = plan(images, {policies: policies([after30], null)})
  expect(removed).toMatchObject({
    change: {kind: 'delete'},
    now: {expire: 0},
    within: {expire: 0},
    today: {now: {expire: 1}},
    departures: [],
    parts: [],
  })
})

test('where nothing changes, today is the same', () => {
  const same = plan([record('a', 40)], {policies: policies([after30], [after30])})
  expect(same.change.kind).toBe('none')
  expect(same.today).toEqual({now: same.now, within: same.within})
  expect(same.now.expire).toBe(1)
})

test('a repository without images or without a policy loses nothing', () => {
  for (const nothing of [
    plan([], {policies: policies([after30])}),
    plan([record('a', 40)], {policies: policies(null)}),
  ])
    expect(nothing).toMatchObject({now: {expire: 0}, within: {expire: 0}, departures: [], parts: []})
})

test('bytes are those that nothing needs which stays, and cost what the prices say', () => {
  const images = [
    record('old', 40, {size: 3 * GB}),
    record('soon', 25, {size: 5 * GB}),
    record('kept', 5, {size: GB}),
  ]
  const contents = new Map([
    [digest('old'), content({base: GB, old: 2 * GB})],
    [digest('soon'), content({base: GB, soon: 4 * GB})],
    [digest('kept'), content({base: GB})],
  ])
  const rates = storageRates({standard: 0.5})
  expect(plan(images, {policies: policies([after30]), contents, rates})).toMatchObject({
    now: {freed: {bytes: 2 * GB, atMost: 3 * GB}, usdPerMonth: 1},
    within: {freed: {bytes: 6 * GB, atMost: 8 * GB}, usdPerMonth: 3},
  })
  // Without manifests, only the most that it can be is known.
  expect(plan(images, {policies: policies([after30]), contents: new Map(), rates})).toMatchObject({
    now: {freed: {bytes: null, atMost: 3 * GB}, usdPerMonth: null},
  })
})

test('what is archived and expires later is told twice, and archived images are counted apart', () => {
  const rules = [rule(10, {...any, ...unpulled(30)}, archive), rule(20, {...any, ...archived(90)})]
  const images = [
    record('idle', 31),
    record('cold', 400, {status: 'archived', archivedAt: now - 89.5 * dayMs}),
    record('back', 400, {status: 'activating', archivedAt: now - 100 * dayMs}),
  ]
  const {departures, ...rest} = plan(images, {policies: policies(rules), days: 120})
  expect(rest.images).toEqual({standard: 2, archived: 1})
  expect(rest.now).toMatchObject({expire: 0, archive: 1})
  expect(rest.within).toMatchObject({expire: 2, archive: 1})
  expect(departures.map(({digest: of, fate, at, why}) => [of, fate, at, why])).toEqual([
    [
      digest('idle'),
      'archive',
      iso(0),
      'is archived now: never pulled, pushed 2026-10-21; rule 10 keeps it 30 days',
    ],
    [digest('cold'), 'expire', iso(1), 'expires 2026-11-22: archived 2026-08-23; rule 20 keeps it 90 days'],
    [digest('idle'), 'expire', iso(91), 'expires 2027-02-20: archived 2026-11-21; rule 20 keeps it 90 days'],
  ])
})

test('a referrer goes with its subject, and says so', () => {
  const images = [record('subject', 31), record('signature', 2, {subject: digest('subject')})]
  const {departures, parts} = plan(images, {policies: policies([after30])})
  expect(departures).toMatchObject([
    {digest: digest('subject'), follows: null},
    {digest: digest('signature'), follows: digest('subject'), rulePriority: 10},
  ])
  expect(parts).toHaveLength(2)
})

const index = record('index', 2, {tags: ['v1'], mediaType: mediaTypes.ociIndex})
const lists = new Map([
  [index.digest, content({}, [digest('child')])],
  [digest('child'), content({layer: 100})],
])

test('what an index lists that stays is kept; where that was not read it is told to go, with a warning', () => {
  const images = [index, record('child', 31)]
  const pair = policies([rule(10, {...untagged, ...pushed(30)})])
  expect(plan(images, {policies: pair, contents: lists})).toMatchObject({departures: [], warnings: []})
  const unread = plan(images, {policies: pair, contents: new Map()})
  expect(unread.departures).toHaveLength(1)
  expect(unread.warnings).toEqual([expect.stringContaining(`What ${index.digest} lists was not read`)])
  const two = [...images, record('other', 2, {tags: ['v2'], mediaType: mediaTypes.dockerIndex})]
  expect(plan(two, {policies: pair, contents: new Map()}).warnings).toEqual([
    expect.stringContaining(`What ${index.digest} and 1 more list was`),
  ])
})

test('nothing is said of indexes that were not read where nothing goes; where only today’s policy takes something, it is', () => {
  const images = [index, record('child', 31)]
  const keeping = rule(10, {...untagged, ...pushed(300)})
  const taking = rule(10, {...untagged, ...pushed(30)})
  const unread = {contents: new Map<Digest, ImageContent>()}
  expect(plan(images, {policies: policies([keeping]), ...unread}).warnings).toEqual([])
  expect(plan(images, {policies: policies([taking], [keeping]), ...unread}).warnings).toHaveLength(1)
})

const inUse = (...names: readonly string[]) =>
  protectionOf(names.map((word, i) => ({word, place: `in-use.txt:${i + 1}`, isValue: false})))
const hex = (letter: string) => letter.repeat(64)

test('an image that is needed is endangered under the policy that takes it, once, with what says so', () => {
  const kept = record(hex('a'), 3)
  const goes = record(hex('b'), 40, {tags: ['v1']})
  const saved = record(hex('c'), 50, {tags: ['keep-1']})
  const images = [kept, goes, saved]
  const protection = inUse(...images.map(image => image.digest))
  const before = rule(10, {...any, ...pushed(35)})
  const next = rule(10, {...tagged('v*'), ...pushed(35)})
  const both = plan(images, {policies: policies([before], [next]), protection})
  expect(both.endangered).toEqual([
    {
      digest: goes.digest,
      tags: ['v1'],
      under: 'both',
      fate: 'expire',
      rulePriority: 10,
      at: iso(0),
      evidence: [`in-use.txt:2: ${goes.digest}`],
    },
    expect.objectContaining({digest: saved.digest, under: 'today'}),
  ])
  const fresh = plan(images, {policies: policies(null, [next]), protection})
  expect(fresh.endangered.map(each => [each.digest, each.under])).toEqual([[goes.digest, 'new']])
  expect(plan(images, {policies: policies([before], [next])}).endangered).toEqual([])
})

test('an image that is archived and expires later is endangered once, by the first', () => {
  const rules = [rule(10, {...any, ...unpulled(30)}, archive), rule(20, {...any, ...archived(90)})]
  const idle = record(hex('a'), 31)
  const {endangered} = plan([idle], {policies: policies(rules), protection: inUse(idle.digest), days: 120})
  expect(endangered).toMatchObject([{fate: 'archive', at: iso(0)}])
})

test('what only goes after the days endangers nothing', () => {
  const soon = record(hex('a'), 29.5)
  const protection = inUse(soon.digest)
  const keeping = [rule(10, {...any, ...newest(9)})]
  for (const pair of [policies([after30]), policies([after30], keeping), policies(keeping, [after30])])
    expect(plan([soon], {policies: pair, protection, days: 0}).endangered).toEqual([])
})

test('what a needed index lists is needed too', () => {
  const child = record(hex('a'), 40)
  const needed = record(hex('b'), 2, {tags: ['v1'], mediaType: mediaTypes.ociIndex})
  const contents = new Map([[needed.digest, content({}, [child.digest])]])
  const rules = [rule(10, {...tagged('v*'), ...pushed(1)}), rule(20, {...untagged, ...pushed(30)})]
  const {endangered} = plan([needed, child], {
    policies: policies(rules),
    contents,
    protection: inUse(needed.digest),
  })
  expect(endangered.map(each => [each.digest, each.evidence])).toEqual([
    [needed.digest, [`in-use.txt:1: ${needed.digest}`]],
    [child.digest, [`listed by ${needed.digest}: in-use.txt:1: ${needed.digest}`]],
  ])
})

test('ECR’s preview is held beside the policy as it will be', () => {
  const images = [record('gone', 31), record('kept', 5)]
  const look = (...gone: readonly string[]) => ({
    kind: 'seen' as const,
    preview: {
      actions: new Map(gone.map(name => [digest(name), {action: 'expire' as const, rulePriority: 10}])),
    },
    from: now,
    to: now,
  })
  const pair = policies([rule(10, {...any, ...newest(9)})], [after30])
  expect(plan(images, {policies: pair, preview: look('gone')}).preview.status).toBe('agrees')
  expect(plan(images, {policies: pair, preview: look()}).preview).toMatchObject({
    status: 'disagrees',
    disagreements: [{digest: digest('gone'), ecr: 'stays', gantry: 'expires by rule 10'}],
  })
  // What an index lists that was not read may be what ECR keeps.
  const unread = plan([...images, index], {policies: pair, preview: look(), contents: new Map()})
  expect(unread.preview).toMatchObject({status: 'agrees', notes: [expect.stringMatching(/^1 image: /)]})
})
