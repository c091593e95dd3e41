import {parse} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import {promotionFlags} from '../../../src/lib/cli/promotion-flags.ts'

test.each([
  ['--file', 'release.yaml'],
  ['--match', 'payments/**:v1'],
  ['--exclude', '**:*-rc*'],
  ['--to', 'prod,dr'],
  ['--tag', 'stable'],
  ['--platform', 'linux/amd64'],
])('an image that comes after %s %s is promoted', async (flag, value) => {
  const {argv} = await parse(['app:v1', flag, value, 'app:v2'], {flags: promotionFlags, strict: false})
  expect(argv).toEqual(['app:v1', 'app:v2'])
})
