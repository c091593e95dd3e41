import {createHash} from 'node:crypto'
import {afterAll, expect, test} from 'vitest'
import {type Lane, startLane, type Verdict} from '../../support/fault-harness.ts'
import {dialects, drawnCases, everyCase, formatCase, kinds, parseCase} from '../../support/fault-kinds.ts'
import {buildImage} from '../../support/images.ts'

/** One case by itself: `GANTRY_FAULTS='ecr 17:reset-after' npm run test:heavy -- faults`. */
const only = process.env['GANTRY_FAULTS']
/** Of the cases with several faults. */
const seed = Number(process.env['GANTRY_FAULTS_SEED'] ?? 1)
const drawnRuns = 50
/** Runs at a time: what hangs is waited for in real time. */
const lanes = 8

// More than a connection holds, so that it can be cut.
const layers = [{'bin/app': createHash('shake256', {outputLength: 300_000}).update('app').digest()}]
const platforms = [
  {os: 'linux', architecture: 'amd64'},
  {os: 'linux', architecture: 'arm64'},
]
const images = {
  ecr: await buildImage({layers, platforms, attestation: true, sbom: true}),
  registry: await buildImage({layers, sbom: true}),
}

const total = {faults: 0, positions: 0, runs: 0, ended: 0, lost: 0, wrong: 0, partial: 0}

afterAll(() => {
  const {faults, positions, runs, ended, lost, wrong, partial} = total
  const count = (n: number) => n.toLocaleString('en')
  process.stdout.write(
    `${count(faults)} faults over ${positions} positions x ${Object.keys(kinds).length} kinds: ` +
      `${lost} lost, ${wrong} wrong, ${partial} partial ` +
      `(${count(runs)} runs, seed ${seed}; ${ended} ended with an error as they may, and the next run went on)\n`,
  )
})

function add({faults, hasEnded, harm}: Verdict): void {
  total.runs++
  total.faults += faults
  if (hasEnded) total.ended++
  if (harm !== undefined) total[harm]++
}

test.each(dialects)(
  'any request of a promotion, and several of them, fail in any way: complete and tagged, or as before (%s)',
  async dialect => {
    const started: Lane[] = await Promise.all(
      Array.from({length: lanes}, () => startLane(dialect, images[dialect])),
    )
    const [first] = started
    if (first === undefined) throw new TypeError('there are lanes')
    try {
      const clean = await first.run({dialect, injections: []})
      expect(clean).toMatchObject({hasEnded: false, harm: undefined})
      expect(clean.requests).toBeGreaterThan(20)
      total.positions += clean.requests

      const cases =
        only === undefined
          ? [...everyCase(dialect, clean.requests), ...drawnCases(dialect, clean.requests, drawnRuns, seed)]
          : [parseCase(only)].filter(one => one.dialect === dialect)
      const failures: string[] = []
      const queue = cases.values()
      await Promise.all(
        started.map(async lane => {
          for (const one of queue) {
            try {
              const verdict = await lane.run(one)
              add(verdict)
              expect(verdict.harm).toBeUndefined()
            } catch (error) {
              failures.push(
                `GANTRY_FAULTS='${formatCase(one)}' npm run test:heavy -- faults: ${String(error)}`,
              )
            }
          }
        }),
      )
      expect(failures).toEqual([])
    } finally {
      await Promise.all(started.map(lane => lane.close()))
    }
  },
)
