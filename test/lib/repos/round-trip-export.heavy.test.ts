import {expect, test} from 'vitest'
import {worlds} from '../../support/generated-world.ts'
import {holdForAll, holdsExport} from './round-trip.ts'

/** 500 cases, a hundred to a test, which has ten minutes. */
test.each([0, 1, 2, 3, 4])(
  'a plan with what was exported changes nothing, whatever there is: hundred %i',
  async part => {
    await expect(holdForAll(worlds, holdsExport, 100, part)).resolves.toBe(100)
  },
)
