import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {estates} from '../../support/generated-estates.ts'
import {worlds} from '../../support/generated-world.ts'
import {holdForAll, holdsApply} from './round-trip.ts'

/** 500 cases, a hundred to a test, which has ten minutes. */
test.each([0, 1, 2, 3, 4])(
  'nothing is left to do after an apply, whatever is said: hundred %i',
  async part => {
    await expect(holdForAll(fc.tuple(worlds, estates), holdsApply, 100, part)).resolves.toBe(100)
  },
)
