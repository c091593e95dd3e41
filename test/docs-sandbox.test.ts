import {describe, expect, test} from 'vitest'
import {apis} from '../src/lib/sandbox/api/operations.ts'
import {faultKinds} from '../src/lib/sandbox/hindrances.ts'
import {resources} from '../src/lib/sandbox/server/control.ts'
import {publishedRates} from '../src/lib/sandbox/server/rates.ts'
import {publishedQuotas} from '../src/lib/sandbox/state/quotas.ts'
import {actions} from '../src/lib/sandbox/sts/actions.ts'
import {usualDurations} from '../src/lib/sandbox/time/durations.ts'
import {commands, flagsIn, read, rowsOf, sectionOf} from './support/pages.ts'

const guide = 'docs/sandbox.md'
const reference = 'docs/sandbox-reference.md'

const ecr = operationsOf('AmazonEC2ContainerRegistry_V20150921')
const ecrPublic = operationsOf('SpencerFrontendService')

function operationsOf(api: string): ReadonlySet<string> {
  return new Set(apis.get(api)?.handlers.keys())
}

/** What the first group of the pattern is, each time that it is found. */
function namesIn(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(pattern), ([, name = '']) => name))
}

describe('docs/sandbox-reference.md lists what there is, no more and no less:', () => {
  test('flags', () => {
    const ofEveryCommand = new Set(Object.keys(commands['sandbox:reset']?.flags ?? {}))
    const ours = Object.keys(commands['sandbox:start']?.flags ?? {}).filter(flag => !ofEveryCommand.has(flag))
    expect(new Set(rowsOf(reference, 'Flags').flatMap(flagsIn))).toEqual(new Set(ours))
  })

  test('control requests', () => {
    const requests = Object.entries(resources).flatMap(([name, methods]) =>
      Object.keys(methods).map(method => `${method} ${name}`),
    )
    const [table = ''] = sectionOf(reference, 'Control').split('\n### ')
    expect(namesIn(table, /^\| `([A-Z]+ \w+)` \| /gm)).toEqual(new Set(requests))
  })

  test('faults', () => {
    expect(new Set(rowsOf(reference, 'Faults'))).toEqual(new Set(faultKinds))
  })

  test('published rates', () => {
    const [, published = ''] = sectionOf(reference, 'Rates').split('\n`published` is')
    const rates = published.matchAll(/`(\w+)`\s(\d+)/g)
    expect(Object.fromEntries(Array.from(rates, ([, name, rate]) => [name, {rate: Number(rate)}]))).toEqual(
      publishedRates,
    )
  })

  test('quotas', () => {
    const rows = sectionOf(reference, 'Quotas').matchAll(/^\| `(\w+)` \| ([\d,]+)/gm)
    const quotas = Array.from(rows, ([, name, quota = '']) => [name, Number(quota.replaceAll(',', ''))])
    expect(Object.fromEntries(quotas)).toEqual(publishedQuotas)
  })

  test.each([
    ['ECR Public', ecrPublic],
    ['STS', new Set(actions.keys())],
  ])('operations of %s', (service, operations) => {
    const paragraphs = sectionOf(reference, 'Operations').split('\n\n')
    const list = paragraphs.find(text => text.trim().startsWith(service)) ?? ''
    expect(namesIn(list, /`([A-Z]\w+)`/g)).toEqual(operations)
  })
})

test('docs/sandbox-operations.md has a row for each operation of ECR', () => {
  expect(namesIn(read('docs/sandbox-operations.md'), /^\| `(\w+)` \| /gm)).toEqual(ecr)
})

test('docs/sandbox.md counts the operations', () => {
  const what = sectionOf(guide, 'What there is')
  expect(what).toContain(`**ECR**: all ${ecr.size} operations`)
  expect(what).toContain(`**ECR Public**: all ${ecrPublic.size} operations`)
})

test('docs/sandbox.md has every duration', () => {
  const names = namesIn(sectionOf(guide, 'Time'), / \| `(\w+)` \|$/gm)
  expect(names).toEqual(new Set(Object.keys(usualDurations)))
})
