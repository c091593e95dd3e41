import {expect, test} from 'vitest'
import {worlds} from '../../../support/generated-world.ts'
import {holdForAll, holdsExport} from './round-trip.ts'

test('a plan with what was exported changes nothing, whatever there is', async () => {
  await expect(holdForAll(worlds, holdsExport, 25)).resolves.toBe(25)
})
