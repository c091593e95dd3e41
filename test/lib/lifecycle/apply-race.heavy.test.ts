import {readFile} from 'node:fs/promises'
import {expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {RecordedRequest} from '../../../src/lib/sandbox/index.ts'
import {keepNewest} from '../../support/lifecycle-world.ts'
import {
  type ApplyScene,
  afterOf,
  beforeOf,
  type Outcome,
  openScene,
  type Part,
  parts,
  textOf,
} from './apply-support.ts'

const intruder = keepNewest(50)

/** A scene in which something happens just before the n-th request of an apply. */
async function openRace(chosen: readonly Part[] = parts) {
  let left = 0
  let happens: (request: RecordedRequest) => Promise<void> = async () => undefined
  const scene = await openScene(chosen, {
    async onRequest(request) {
      if (left === 0 || --left > 0) return
      await happens(request)
    },
  })
  return {
    scene,
    /** Applies the plan from its beginning; `hit` is the request before which it happened. */
    async applyWhile(n: number, change: (scene: ApplyScene) => Promise<void>) {
      let hit: RecordedRequest | undefined
      await scene.reset()
      happens = async request => {
        hit = request
        await change(scene)
      }
      left = n
      const outcome = await scene.apply()
      left = 0
      return {outcome, hit, policies: await scene.policies()}
    },
  }
}

async function setPolicy({world}: ApplyScene, part: Part, rule: LifecycleRule | null): Promise<void> {
  await (rule === null ? world.deletePolicy(part) : world.putPolicy(part, rule))
}

async function requestsOf(race: Awaited<ReturnType<typeof openRace>>): Promise<number> {
  const {outcome} = await race.applyWhile(0, async () => undefined)
  if (outcome instanceof GantryError) throw outcome
  return outcome.traffic.requests
}

async function recordOf(outcome: Outcome): Promise<string> {
  if (outcome instanceof GantryError || outcome.record === null) return ''
  return readFile(outcome.record, 'utf8')
}

/** How somebody else's policy fared, in a word. */
function fateOf(outcome: Outcome, part: Part, policy: string | null): string {
  if (outcome instanceof GantryError) return `${outcome.code} as a whole`
  const item = outcome.items.find(({repository}) => repository === part.name)
  return `${item?.outcome}, ${policy === textOf(intruder) ? 'left' : 'replaced'}`
}

test.each(parts)(
  "somebody else's policy of $name, at each request position: refused, but between the last look and the write",
  async part => {
    const race = await openRace()
    const positions = await requestsOf(race)
    expect(positions).toBeGreaterThan(15)
    const fates = new Set<string>()
    for (let n = 1; n <= positions; n++) {
      const {outcome, hit, policies} = await race.applyWhile(n, scene => setPolicy(scene, part, intruder))
      const place = `before request ${n}, ${hit?.operation} ${hit?.repository ?? ''}`
      const index = parts.indexOf(part)
      const fate = fateOf(outcome, part, policies[index] ?? null)
      fates.add(fate)
      const isWrite = hit?.mutating === true && hit.repository === part.name
      // ECR has no compare-and-swap for policies.
      expect(fate === 'applied, replaced', `${place}: ${fate}`).toBe(isWrite)
      // A policy that was deleted in that moment is in the record.
      const lost = isWrite && part.after === null ? [JSON.stringify(textOf(intruder))] : []
      expect(await recordOf(outcome), place).toEqual(expect.stringContaining(lost.join()))
      // Refused as a whole, nothing is written; else all others are.
      const isWhole = outcome instanceof GantryError
      const others = (isWhole ? beforeOf() : afterOf()).toSpliced(index, 1)
      expect(policies.toSpliced(index, 1), place).toEqual(others)
      const partial = fate.startsWith('refused') ? 4 : 0
      expect(outcome.exitCode, place).toBe(isWhole ? 7 : partial)
    }
    const possible = ['PLAN_STALE as a whole', 'refused, left', 'applied, replaced', 'applied, left']
    // After the write of the last one nothing is asked any more.
    expect([...fates].toSorted()).toEqual(
      possible.filter(fate => part !== parts.at(-1) || fate !== 'applied, left').toSorted(),
    )
  },
)

test('a policy that is changed between the check and the write is refused, says so, and the plan is stale from then on', async () => {
  const [part] = parts
  if (part === undefined) throw new TypeError('there are parts')
  const race = await openRace([part])
  const {scene} = race
  const positions = await requestsOf(race)
  // The last look is right before the write, which is the last request.
  const {outcome, policies} = await race.applyWhile(positions - 1, at => setPolicy(at, part, intruder))
  expect(outcome).toMatchObject({
    exitCode: 7,
    items: [{outcome: 'refused', error: {code: 'PLAN_STALE', exitCode: 7}}],
  })
  expect(outcome instanceof GantryError ? '' : outcome.items[0]?.error?.message).toMatch(
    /plan\.json is stale: the lifecycle policy of \S+\/app was changed while the plan was applied; it was left\. Make a new plan\.$/,
  )
  expect(policies).toEqual([textOf(intruder)])
  scene.world.expectNoMutation()
  expect(await scene.apply()).toMatchObject({code: 'PLAN_STALE', exitCode: 7})
})

// One that is put, and one that is deleted.
test.each([...parts.slice(0, 1), ...parts.filter(({after}) => after === null)])(
  'the planned policy of $name that somebody else set meanwhile is not written again',
  async part => {
    const race = await openRace()
    const positions = await requestsOf(race)
    const outcomes = new Set<string>()
    for (let n = 1; n <= positions; n++) {
      const {outcome, policies} = await race.applyWhile(n, scene =>
        scene.policies().then(async now => {
          if (now[parts.indexOf(part)] !== textOf(part.after)) await setPolicy(scene, part, part.after)
        }),
      )
      expect(outcome).toMatchObject({exitCode: 0})
      expect(policies).toEqual(afterOf())
      const item =
        outcome instanceof GantryError ? undefined : outcome.items.find(each => each.repository === part.name)
      outcomes.add(item?.outcome ?? 'none')
    }
    expect(outcomes).toEqual(new Set(['unchanged', 'applied']))
  },
)
