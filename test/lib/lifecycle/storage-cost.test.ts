import {expect, test} from 'vitest'
import type {BlobMoves, ReleasedBytes} from '../../../src/lib/lifecycle/freed.ts'
import {monthlySaving, storageRates} from '../../../src/lib/lifecycle/storage-cost.ts'

const gigabyte = 2 ** 30

function released(moves: Partial<BlobMoves>): ReleasedBytes {
  const all = {fromStandard: 0, fromArchive: 0, toArchive: 0, ...moves}
  return {bytes: all.fromStandard + all.fromArchive, atMost: 0, moves: all}
}

test('a GB that expires saves the price of where it was', () => {
  expect(monthlySaving(released({fromStandard: 10 * gigabyte}), storageRates())).toBeCloseTo(1)
  const rates = storageRates({standard: 0.11, archive: 0.05})
  expect(monthlySaving(released({fromStandard: gigabyte, fromArchive: gigabyte}), rates)).toBeCloseTo(0.16)
})

test('the archive saves nothing, unless repos.yaml has another price of it', () => {
  const moved = released({toArchive: 1000 * gigabyte})
  expect(monthlySaving(moved, storageRates())).toBe(0)
  expect(monthlySaving(moved, storageRates({archive: 0.07}))).toBeCloseTo(30)
  expect(monthlySaving(moved, storageRates({archive: 0.12}))).toBeCloseTo(-20)
})

test('what is not known is not guessed, but that an archive of the same price saves nothing', () => {
  const unknown = {bytes: null, atMost: 5, moves: null}
  expect(monthlySaving(unknown, storageRates())).toBeNull()
  expect(monthlySaving({...unknown, bytes: 0}, storageRates())).toBe(0)
  expect(monthlySaving({...unknown, bytes: 0}, storageRates({archive: 0.07}))).toBeNull()
})

test('prices of repos.yaml go before the usual ones, which are dated', () => {
  expect(storageRates()).toEqual({standard: 0.1, archive: 0.1, restore: 0.03, asOf: '2026-03'})
  expect(storageRates({standard: 0.12})).toMatchObject({standard: 0.12, archive: 0.1, asOf: '2026-03'})
  expect(storageRates({standard: 1, archive: 2, restore: 3})).toEqual({
    standard: 1,
    archive: 2,
    restore: 3,
    asOf: null,
  })
})
