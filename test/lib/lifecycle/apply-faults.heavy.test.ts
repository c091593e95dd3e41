import {afterAll, expect, test} from 'vitest'
import {drawnCases, everyCase, kinds, parseCase} from '../../support/fault-kinds.ts'
import {openLifecycleWorld} from '../../support/lifecycle-world.ts'
import {runCases, startApplyLane} from './apply-faults.ts'

/** One case by itself: `GANTRY_FAULTS='ecr 17:reset-after' npm run test:heavy -- apply-faults`. */
const only = process.env['GANTRY_FAULTS']
/** Of the cases with several faults. */
const seed = Number(process.env['GANTRY_FAULTS_SEED'] ?? 1)
const drawnRuns = 100
/** Runs at a time: what hangs is waited for in real time. */
const lanes = 4

const total = {faults: 0, positions: 0, runs: 0, ended: 0, wrong: 0}

afterAll(() => {
  const {faults, positions, runs, ended, wrong} = total
  process.stdout.write(
    `${faults} faults over ${positions} positions x ${Object.keys(kinds).length} kinds: ${wrong} wrong ` +
      `(${runs} runs, seed ${seed}; ${ended} ended with an error as they may); the others were right, converged in the next run and wrote nothing in the third\n`,
  )
})

test('any request of an apply, and several of them, fail in any way: policies are as before or as planned, and the next run converges', async () => {
  const started = await Promise.all(Array.from({length: lanes}, () => startApplyLane(openLifecycleWorld)))
  const [first] = started
  if (first === undefined) throw new TypeError('there are lanes')
  const clean = await first.run({dialect: 'ecr', injections: []})
  expect(clean).toMatchObject({hasEnded: false})
  expect(clean.requests).toBeGreaterThan(15)
  total.positions = clean.requests
  const cases =
    only === undefined
      ? [...everyCase('ecr', clean.requests), ...drawnCases('ecr', clean.requests, drawnRuns, seed)]
      : [parseCase(only)]
  const failures = await runCases(started, cases, ({faults, hasEnded}) => {
    total.runs++
    total.faults += faults
    if (hasEnded) total.ended++
  })
  total.wrong = failures.length
  expect(failures).toEqual([])
})
