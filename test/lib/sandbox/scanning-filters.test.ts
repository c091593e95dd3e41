import {expect, test} from 'vitest'
import {matchesScanFilter} from '../../../src/lib/sandbox/scanning/configuration.ts'

const names = ['prod', 'repo-prod', 'prod-repo', 'repo-prod-repo', 'prodrepo']

// The table of ECR's user guide, image-scanning-filters.
test.each([
  ['prod', [true, true, true, true, true]],
  ['*prod', [true, true, false, false, false]],
  ['prod*', [true, false, true, false, true]],
  ['*prod*', [true, true, true, true, true]],
  ['prod*repo', [false, false, true, false, true]],
])('the filter %s matches as the user guide says', (filter, expected) => {
  expect(names.map(name => matchesScanFilter(filter, name))).toEqual(expected)
})
