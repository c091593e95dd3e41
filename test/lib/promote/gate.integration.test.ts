import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import {toPromoteResult, viewPromotion} from '../../../src/lib/cli/promotion-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {bad, type GatedWorld, good, openGatedWorld, told} from '../../support/gated-world.ts'
import {basicFinding, basicScan} from '../../support/scan-documents.ts'

const gate = 'strict'

let world: GatedWorld

beforeEach(async () => {
  world = await openGatedWorld()
})

describe('a gate', () => {
  test('lets an image go that passes, and says so of it', async () => {
    const digests = await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 promoted passed -'])
    expect(result.exitCode).toBe(0)
    expect(result.items[0]?.gate).toEqual({
      verdict: 'passed',
      judgedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      gates: [
        {
          name: 'strict',
          policy: expect.stringMatching(/^[0-9a-f]{64}$/),
          verdict: 'passed',
          reasons: [],
          counts: {allowed: 1},
        },
      ],
    })
    expect(await world.tagsAtProd('app', 'v1')).toEqual({v1: digests.get('one')})
  })

  test('stops an image that fails before anything of it is sent: exit 3', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed failed GATE_FAILED'])
    expect(result.items[0]?.error?.message).toBe(
      'dev@eu-west-1/app:v1 fails gate strict: 1 critical and 1 high fail: CVE-2026-3 in openssl and CVE-2026-2 in openssl. Nothing of it was sent.',
    )
    expect(result.items[0]?.gate?.gates[0]?.counts).toEqual({fails: 2})
    expect(result.exitCode).toBe(3)
    expect(world.written()).toEqual([])
  })

  test('stops an image without a scan, which is not known to pass: exit 8', async () => {
    await world.put('app', {name: 'one', tags: ['v1']})
    const result = await world.promote(['app:v1'], {gate})
    expect(told(result)).toEqual(['app:v1 failed undetermined GATE_UNDETERMINED'])
    expect(result.items[0]?.error?.message).toContain('There is no scan of the image.')
    expect(result.exitCode).toBe(8)
    expect(world.written()).toEqual([])
  })

  test('stops no others: they go on, and the exit code is that of the gate', async () => {
    await world.put('good', {name: 'good', tags: ['v1'], findings: good})
    await world.put('bad', {name: 'bad', tags: ['v1'], findings: bad})
    await world.put('unknown', {name: 'unknown', tags: ['v1']})
    const two = await world.promote(['good:v1', 'unknown:v1'], {gate})
    expect(told(two)).toEqual([
      'good:v1 promoted passed -',
      'unknown:v1 failed undetermined GATE_UNDETERMINED',
    ])
    expect(two.exitCode).toBe(8)
    const all = await world.promote(['good:v1', 'bad:v1', 'unknown:v1', 'good:v2'], {gate})
    expect(told(all)).toEqual([
      'bad:v1 failed failed GATE_FAILED',
      'good:v1 unchanged passed -',
      'good:v2 failed - IMAGE_NOT_FOUND',
      'unknown:v1 failed undetermined GATE_UNDETERMINED',
    ])
    expect(all.exitCode).toBe(3)
    expect(world.written()).toEqual(['good'])
  })

  test('that stops one image with --all-or-nothing stops all', async () => {
    await world.put('good', {name: 'good', tags: ['v1'], findings: good})
    await world.put('bad', {name: 'bad', tags: ['v1'], findings: bad})
    const result = await world.promote(['good:v1', 'bad:v1'], {gate, allOrNothing: true})
    expect(told(result)).toEqual(['bad:v1 failed failed GATE_FAILED', 'good:v1 planned passed -'])
    expect([result.exitCode, result.record]).toEqual([3, null])
    expect(world.written()).toEqual([])
  })

  test('judges what is there already as well: a deploy that follows needs to know', async () => {
    const digests = await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    await world.promote(['app:v1'], {gate})
    await world.find('app', digests.get('one') ?? 'sha256:', bad)
    expect((await world.promote(['app:v1'], {gate})).exitCode).toBe(3)
  })

  test('is asked once for all destinations of an image', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    const words = {gate, to: ['prod', 'dr'], createRepositories: true}
    const result = await world.promote(['app:v1'], words)
    expect(told(result)).toEqual(['app:v1 promoted passed -', 'app:v1 promoted passed -'])
    const asked = world.sandbox.requests.filter(({operation}) => operation === 'DescribeImageScanFindings')
    expect(asked).toHaveLength(1)
    expect(result.traffic.requests).toBe(world.sandbox.requests.length)
  })

  test('is in the record of the run, item by item', async () => {
    await world.put(
      'app',
      {name: 'one', tags: ['v1'], findings: good},
      {name: 'two', tags: ['v2'], findings: bad},
    )
    const {record} = await world.promote(['app:v1', 'app:v2'], {gate})
    const lines = (await readFile(record ?? '', 'utf8')).trimEnd().split('\n')
    const items = lines.map(line => JSON.parse(line)).filter(({type}) => type === 'item')
    expect(items.map(({tags, gate: word}) => [tags, word.verdict, word.gates[0].name])).toEqual(
      expect.arrayContaining([
        [['v1'], 'passed', 'strict'],
        [['v2'], 'failed', 'strict'],
      ]),
    )
    expect(items).toHaveLength(2)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({type: 'end', exitCode: 3})
  })

  test('that repos.yaml does not name ends the run before anything is asked', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: good})
    await expect(world.promote(['app:v1'], {gate: 'strickt'})).rejects.toMatchObject({
      code: 'UNKNOWN_GATE',
      exitCode: 2,
    })
    expect(world.sandbox.requests).toEqual([])
  })

  test('that asks for what basic scans do not tell is an error of configuration, not a verdict', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const estate = world.estate('gates:\n  strict: {failOn: {severity: high, fixable: true}}\n')
    await expect(world.promote(['app:v1'], {gate}, {estate})).rejects.toMatchObject({
      code: 'FILTER_NEEDS_ENHANCED',
      exitCode: 2,
    })
    expect(world.written()).toEqual([])
  })

  test('reads its ignore rules', async () => {
    await world.put('app', {
      name: 'one',
      tags: ['v1'],
      findings: basicScan(basicFinding('CVE-2026-2', 'HIGH')),
    })
    await writeFile(
      join(world.folder, 'ignores.yaml'),
      'version: 1\nignores:\n  - {id: CVE-2026-2, until: never, reason: not reached}\n',
    )
    const estate = world.estate('gates:\n  strict: {failOn: {severity: high}, ignores: [ignores.yaml]}\n')
    const result = await world.promote(['app:v1'], {gate}, {estate})
    expect(told(result)).toEqual(['app:v1 promoted passed -'])
    expect(result.items[0]?.gate?.gates[0]?.counts).toEqual({ignored: 1})
  })

  test('warns of ignore rules that end soon or have ended', async () => {
    await world.put('app', {name: 'one', tags: ['v1'], findings: bad})
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    const rules = [
      `{id: CVE-2026-2, until: ${day(3)}, reason: not reached}`,
      `{id: CVE-2026-3, until: ${day(-3)}, reason: not reached}`,
      '{id: CVE-2026-4, until: never, reason: not reached}',
    ]
    const text = ['version: 1', 'ignores:', ...rules.map(rule => `  - ${rule}`), ''].join('\n')
    await writeFile(join(world.folder, 'ignores.yaml'), text)
    const estate = world.estate('gates:\n  strict: {failOn: {severity: high}, ignores: [ignores.yaml]}\n')
    const result = await world.promote(['app:v1'], {gate}, {estate})
    expect(result.items[0]?.gate?.gates[0]?.counts).toEqual({fails: 1, ignored: 1})
    expect(toPromoteResult(result, result.exitCode).warnings).toEqual([
      `ignores.yaml:4 (CVE-2026-3) ended on ${day(-3)} and ignores nothing any more. Remove it.`,
      `ignores.yaml:3 (CVE-2026-2) ends on ${day(3)}.`,
    ])
  })
})

test('the result for people has the verdict of each image, why it was stopped, and the sum', async () => {
  await world.put('good', {name: 'good', tags: ['v1'], findings: good})
  await world.put('bad', {name: 'bad', tags: ['v1'], findings: bad})
  const result = await world.promote(['good:v1', 'bad:v1'], {gate})
  const lines = viewPromotion(toPromoteResult(result, result.exitCode), plainStyle).split('\n')
  expect(lines[0]).toMatch(/^RESULT +GATE +TO +IMAGE/)
  expect(lines[1]).toMatch(/^promoted +passed +prod@eu-west-1 +good:v1/)
  expect(lines[2]).toMatch(/^failed +failed +prod@eu-west-1 +bad:v1/)
  expect(lines).toContainEqual(
    expect.stringMatching(/^failed .*\/bad: dev@eu-west-1\/bad:v1 fails gate strict: 1 critical and 1 high/),
  )
  expect(lines).toContain('Gate strict: 1 passed, 1 failed')
})
