import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {estates} from '../../support/generated-estates.ts'
import {worlds} from '../../support/generated-world.ts'
import {holdForAll, holdsApply, holdsExport} from './round-trip.ts'

/** 500 cases, a hundred to a test, which has ten minutes. */
const hundreds = [0, 1, 2, 3, 4]

test.each(hundreds)(
  'a plan with what was exported changes nothing, whatever there is: hundred %i',
  async part => {
    await expect(holdForAll(worlds, holdsExport, 100, part)).resolves.toBe(100)
  },
)

test.each(hundreds)('nothing is left to do after an apply, whatever is said: hundred %i', async part => {
  await expect(holdForAll(fc.tuple(worlds, estates), holdsApply, 100, part)).resolves.toBe(100)
})
