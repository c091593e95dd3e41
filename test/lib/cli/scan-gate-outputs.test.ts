import {expect, test} from 'vitest'
import {scanGateOutputs} from '../../../src/lib/cli/scan-gate-outputs.ts'
import {exitCodes} from '../../../src/lib/errors.ts'
import {mixed, passing, resultOf, undetermined, unsupported} from './scan-gate-support.ts'

test('outputs tell the verdict and the numbers behind it', () => {
  expect(scanGateOutputs(mixed)).toEqual({
    verdict: 'failed',
    images: '5',
    passed: '1',
    failed: '2',
    undetermined: '2',
    failing: '3',
    'failing-critical': '1',
    'failing-high': '2',
    'failing-medium': '0',
    'failing-low': '0',
    'failing-informational': '0',
  })
})

test.each([
  ['passed', resultOf([passing])],
  ['undetermined', resultOf([passing, undetermined])],
  ['undetermined', resultOf([passing], {missing: ['x']})],
  ['undetermined', resultOf([])],
  ['undetermined', resultOf([passing], {run: {exitCode: exitCodes.transient}})],
  ['failed', resultOf([passing, undetermined, unsupported], {missing: ['x']})],
])('the verdict is %s', (verdict, result) => {
  expect(scanGateOutputs(result)['verdict']).toBe(verdict)
})
