import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {estates} from '../../support/generated-estates.ts'
import {worlds} from '../../support/generated-world.ts'
import {holdForAll, holdsApply, holdsExport} from './round-trip.ts'

test('a plan with what was exported changes nothing, whatever there is', async () => {
  await expect(holdForAll(worlds, holdsExport, 8)).resolves.toBe(8)
})

test('nothing is left to do after an apply, whatever there was and whatever is said', async () => {
  await expect(holdForAll(fc.tuple(worlds, estates), holdsApply, 4)).resolves.toBe(4)
})
