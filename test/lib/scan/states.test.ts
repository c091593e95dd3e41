import {describe, expect, test} from 'vitest'
import type {ScanAnswer} from '../../../src/lib/scan/answer.ts'
import type {Finding} from '../../../src/lib/scan/finding.ts'
import {basicFinding as read, sharedTexts} from '../../../src/lib/scan/normal-form.ts'
import {type EmptyTerms, isEmpty, judgeAnswer, judgeEmpty, settleMs} from '../../../src/lib/scan/states.ts'
import {basicFinding} from '../../support/scan-documents.ts'

const finding: Finding = read(basicFinding('CVE-1', 'HIGH'), 'findings[0]', sharedTexts())
const pushedAt = Date.UTC(2026, 10, 1, 12, 0, 0, 700)

function answer(more: Partial<ScanAnswer>): ScanAnswer {
  return {
    status: 'COMPLETE',
    description: null,
    scannedAt: pushedAt + 5000,
    sourceAt: pushedAt,
    basic: null,
    enhanced: null,
    ...more,
  }
}

describe('an answer with findings', () => {
  test.each([
    ['COMPLETE', {basic: [finding]}, 'scanned', 'basic'],
    ['COMPLETE', {basic: [finding], enhanced: []}, 'scanned', 'basic'],
    ['COMPLETE', {enhanced: [finding]}, 'scanned', 'enhanced'],
    ['ACTIVE', {enhanced: [finding]}, 'scanned', 'enhanced'],
    ['ACTIVE', {basic: [], enhanced: [finding]}, 'scanned', 'enhanced'],
    ['ACTIVE', {basic: [finding]}, 'lost', undefined],
    ['COMPLETE', {basic: [finding], enhanced: [finding]}, 'lost', undefined],
    ['PENDING', {basic: [finding]}, 'pending', undefined],
    ['UNSUPPORTED_IMAGE', {basic: [finding]}, 'lost', undefined],
    ['UNSUPPORTED_IMAGE', {enhanced: [finding]}, 'lost', undefined],
    ['SCAN_ELIGIBILITY_EXPIRED', {enhanced: [finding]}, 'lost', undefined],
    ['complete', {basic: [finding]}, 'lost', undefined],
  ])('%s with %o is %s', (status, more, kind, by) => {
    const evidence = judgeAnswer(answer({status, ...more}))
    expect(evidence).toMatchObject({kind, status, ...(by === undefined ? {} : {by})})
  })
})

describe('a status without findings', () => {
  test.each([
    ['FAILED', 'UnsupportedImageError: The operating system is not supported.', 'unsupported'],
    ['FAILED', 'It was no UnsupportedImageError.', 'lost'],
    ['FAILED', null, 'lost'],
    ['UNSUPPORTED_IMAGE', null, 'unsupported'],
    ['IN_PROGRESS', null, 'pending'],
    ['SOMETHING_NEW', 'Never seen.', 'lost'],
  ])('%s (%s) is %s', (status, description, kind) => {
    expect(judgeAnswer(answer({status, description}))).toMatchObject({kind, status})
  })

  test('is quoted so that it stays on its line', () => {
    const evidence = judgeAnswer(answer({status: 'NEW\nSTATUS', description: 'First.\u001b[31m\nSecond.'}))
    expect(evidence).toMatchObject({reason: expect.not.stringMatching(/\p{Cc}/u)})
  })
})

describe('an answer without findings', () => {
  const settled: EmptyTerms = {scanType: 'ENHANCED', pushedAt, sameForMs: settleMs}
  const none = answer({status: 'ACTIVE', enhanced: []})

  test('is told by its lists, not by their absence', () => {
    expect(isEmpty(none)).toBe(true)
    expect(isEmpty(answer({}))).toBe(true)
    expect(isEmpty(answer({status: 'PENDING'}))).toBe(false)
    expect(isEmpty(answer({basic: [finding]}))).toBe(false)
  })

  test.each<[string, Partial<ScanAnswer>, Partial<EmptyTerms>, string]>([
    ['basic, an empty list', {basic: []}, {scanType: 'BASIC', sameForMs: 0}, 'scanned'],
    ['basic, no list', {}, {scanType: 'BASIC'}, 'lost'],
    ['basic, a list of enhanced findings', {enhanced: []}, {scanType: 'BASIC'}, 'lost'],
    ['basic, but going on', {status: 'ACTIVE', basic: []}, {scanType: 'BASIC'}, 'lost'],
    ['enhanced, settled', {enhanced: []}, {}, 'scanned'],
    ['enhanced and going on, settled', {status: 'ACTIVE', enhanced: []}, {}, 'scanned'],
    ['enhanced, not settled', {enhanced: []}, {sameForMs: settleMs - 1}, 'pending'],
    ['enhanced, without a list', {}, {}, 'pending'],
    ['enhanced, without a time', {enhanced: [], scannedAt: null}, {}, 'pending'],
    ['enhanced, looked at before the push', {enhanced: [], scannedAt: pushedAt - 1000}, {}, 'pending'],
    [
      'enhanced, looked at in the second of the push',
      {enhanced: [], scannedAt: pushedAt - 700},
      {},
      'scanned',
    ],
    ['enhanced, with an empty list of basic findings', {basic: []}, {}, 'scanned'],
    ['not known, settled', {basic: []}, {scanType: null}, 'scanned'],
    ['not known, not settled', {basic: []}, {scanType: null, sameForMs: 0}, 'pending'],
    ['not known, without a list', {}, {scanType: null}, 'pending'],
  ])('%s', (_, more, terms, kind) => {
    expect(judgeEmpty(answer(more), {...settled, ...terms})).toMatchObject({kind})
  })
})
