import {describe, expect, test} from 'vitest'
import {escapeMarkdown} from '../../../src/lib/cli/escape.ts'
import {gatesMarkdown, sumGates, verdictOf, viewGates} from '../../../src/lib/cli/promotion-gates.ts'
import {sumReplication, viewReplication} from '../../../src/lib/cli/promotion-replication.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {GateVerdict} from '../../../src/lib/scan/verdict.ts'

function item(name: string, verdict?: GateVerdict, reasons: readonly string[] = []) {
  const word = {name: 'strict', policy: 'a'.repeat(64), reasons, counts: {}}
  return {
    destination: 'prod@eu-west-1',
    target: `222222222222.dkr.ecr.eu-west-1.amazonaws.com/${name}`,
    digest: digestOf(Buffer.from(name)),
    tags: ['v1'],
    gate:
      verdict === undefined
        ? null
        : {verdict, judgedAt: '2026-11-01T00:00:00.000Z', gates: [{...word, verdict}]},
  }
}

const sumOf = (...items: ReturnType<typeof item>[]) => {
  const sum = sumGates(items)
  if (sum === null) throw new TypeError('gates were asked')
  return sum
}

describe('the verdict of all images', () => {
  test.each([
    [['passed', 'passed'], 'passed'],
    [['passed', 'undetermined'], 'undetermined'],
    [['undetermined', 'failed', 'passed'], 'failed'],
  ] as const)('of %j is %s', (verdicts, whole) => {
    expect(verdictOf(sumOf(...verdicts.map((verdict, index) => item(`${index}`, verdict))))).toBe(whole)
  })

  test('is none where no gate was asked', () => {
    expect(sumGates([item('app')])).toBeNull()
    expect(viewGates(null)).toEqual([])
    expect(gatesMarkdown([item('app')])).toBe('')
  })

  test('is counted in one line', () => {
    expect(
      viewGates(sumOf(item('a', 'passed'), item('b', 'failed'), item('c', 'failed'), item('d'))),
    ).toEqual(['Gate strict: 1 passed, 2 failed'])
  })

  test('of the result of an older version, which had no gates, is none', () => {
    const {gate: _, ...older} = item('app')
    expect(sumGates([older as ReturnType<typeof item>])).toBeNull()
    expect(sumReplication([{} as Parameters<typeof sumReplication>[0][number]])).toBeNull()
  })
})

describe('the page of the step', () => {
  test('has a row for each image and gate', () => {
    const page = gatesMarkdown([item('app', 'failed', ['1 high fails: CVE-1 in zlib.', 'Another.'])])
    const texts = ['prod@eu-west-1 app:v1', digestOf(Buffer.from('app')), 'strict', 'failed']
    const cells = [...texts, '1 high fails: CVE-1 in zlib. Another.'].map(escapeMarkdown)
    expect(page.split('\n')[3]).toBe(`| ${cells.join(' | ')} |`)
  })

  test('is no place for what findings say in Markdown', () => {
    const page = gatesMarkdown([item('app', 'failed', ['<script>x</script> | [a](http://b.test)\nrow'])])
    expect(page.split('\n')).toHaveLength(5)
    expect(page).not.toMatch(/<script|\[a\]\(|[^\\]\| \\?\[/)
  })

  test('ends where it would be too long, and says so', () => {
    const page = gatesMarkdown(Array.from({length: 250}, (_, index) => item(`app${index}`, 'passed')))
    expect(page.split('\n').filter(line => line.startsWith('| prod'))).toHaveLength(200)
    expect(page).toContain('And 50 more: `--json` has all.')
  })
})

test('how far images were replicated is counted in one line', () => {
  const verdicts = ['yes', 'yes', 'no', 'undetermined', 'not-covered'] as const
  const summary = sumReplication([
    ...verdicts.map(verdict => ({replication: {verdict, destinations: []}})),
    {replication: null},
  ])
  expect(summary).toEqual({images: 5, yes: 2, no: 1, undetermined: 1, 'not-covered': 1})
  expect(viewReplication(summary)).toEqual([
    'Replication: 2 replicated everywhere, 1 not everywhere, 1 not known, 1 by no rule',
  ])
})
