import {expect} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {defaultTimeouts} from '../../../src/lib/oci/transport.ts'
import {type FaultCase, faultsOf, formatCase, isMild, mayEnd} from '../../support/fault-kinds.ts'
import type {LifecycleWorld} from '../../support/lifecycle-world.ts'
import {virtualClock} from '../../support/virtual-clock.ts'
import {afterOf, expectHonest, type Outcome, openScene, parts} from './apply-support.ts'

/** What came of a case. */
export interface ApplyVerdict {
  readonly requests: number
  readonly faults: number
  /** Whether the apply ended with an error, and the next one went on from there. */
  readonly hasEnded: boolean
}

/** A plan that is applied again and again from the same beginning, on a clock that no wait holds up. */
export interface ApplyLane {
  /**
   * Applies the plan while all of this goes wrong; then twice as nothing does.
   *
   * @throws what `expect` throws: a policy is neither the one before nor the planned one, something else was told than
   *   is so, or the next run did not converge.
   */
  run(faultCase: FaultCase): Promise<ApplyVerdict>
}

/** Longer than sessions live, and within the life of a plan. */
const leapMs = 13 * 60 * 60_000
/** How long a request that is never answered is waited for, in real time. */
const patienceMs = 300

export async function startApplyLane(
  openWorld: (options: Parameters<typeof openScene>[1] & object) => Promise<LifecycleWorld>,
): Promise<ApplyLane> {
  let leaps = new Set<number>()
  const scene = await openScene(
    parts,
    {
      async onRequest({index}) {
        if (leaps.has(index)) await sandbox.advanceClock(leapMs)
      },
    },
    openWorld,
  )
  const {sandbox, aws} = scene.world
  const start = sandbox.now()

  async function apply(faultCase?: FaultCase): Promise<Outcome> {
    const isHeld = faultCase?.injections.some(({kind}) => kind.startsWith('hang'))
    const timeouts = isHeld
      ? {connectMs: 10_000, headersMs: patienceMs, commitMs: patienceMs, stallMs: patienceMs}
      : defaultTimeouts
    const {clock} = virtualClock(start)
    sandbox.clearRequests()
    sandbox.setFaults(faultCase === undefined ? [] : faultsOf(faultCase))
    leaps = new Set(faultCase?.injections.flatMap(({at, kind}) => (kind === 'clock-leap' ? [at] : [])))
    try {
      const signal = AbortSignal.timeout(60_000)
      return await scene.apply({}, {aws: {...aws, ...clock, signal, timeouts}, retryForMs: 60_000})
    } finally {
      sandbox.setFaults([])
      leaps = new Set()
    }
  }

  return {
    async run(faultCase) {
      await sandbox.setClock(start)
      await scene.reset()
      const outcome = await apply(faultCase)
      const requests = [...sandbox.requests]
      const met = faultCase.injections.map(({at}) => requests[at - 1]?.operation ?? 'nothing')
      const now = await scene.policies()
      const context = `${met.join()}: ${troubleOf(outcome)}`

      await expectHonest(outcome, now)
      expectOnlyPlanned(requests)
      const hasEnded = outcome.exitCode !== 0
      expect(hasEnded && !mayEnd(faultCase), context).toBe(false)
      const retries = outcome instanceof GantryError ? 1 : outcome.traffic.retries
      expect(retries > 0 || hasEnded || isMild(faultCase, met) || mayEnd(faultCase), context).toBe(true)

      expect(await apply(), context).toMatchObject({exitCode: 0})
      expect(await scene.policies(), context).toEqual(afterOf())
      expect(await apply(), context).toMatchObject({exitCode: 0, record: null})
      scene.world.expectNoMutation()
      return {requests: requests.length, faults: faultCase.injections.length, hasEnded}
    },
  }
}

/** Runs the cases, as many at a time as there are lanes; tells of those that went wrong, each with how to run it alone. */
export async function runCases(
  lanes: readonly ApplyLane[],
  cases: readonly FaultCase[],
  onVerdict: (verdict: ApplyVerdict) => void = () => undefined,
): Promise<string[]> {
  const failures: string[] = []
  const queue = cases.values()
  await Promise.all(
    lanes.map(async lane => {
      for (const one of queue)
        await lane.run(one).then(onVerdict, (error: unknown) => {
          const alone = `GANTRY_FAULTS='${formatCase(one)}' npm run test:heavy -- apply-faults`
          failures.push(`${alone}: ${String(error)}`)
        })
    }),
  )
  return failures
}

/** No request could have changed anything but the policies of the plan, each in its own way. */
function expectOnlyPlanned(
  requests: readonly {mutating: boolean; operation?: string; repository?: string}[],
) {
  const planned = new Set(
    parts.map(
      ({name, after}) => `${after === null ? 'DeleteLifecyclePolicy' : 'PutLifecyclePolicy'} ${name}`,
    ),
  )
  const sent = requests.flatMap(({mutating, operation, repository}) =>
    mutating ? [`${operation} ${repository}`] : [],
  )
  expect(sent.filter(each => !planned.has(each))).toEqual([])
}

function troubleOf(outcome: Outcome): string {
  if (outcome instanceof GantryError) return `${outcome.code} ${outcome.exitCode}: ${outcome.message}`
  const errors = outcome.items.flatMap(({error}) => (error === null ? [] : [error]))
  return `${outcome.exitCode}: ${errors.map(({code, message}) => `${code} ${message}`).join(' | ')}`
}
