import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import type {Json} from '../../../src/lib/plan/canonical.ts'
import {formatPlan, type PlanDocument, sealPlan} from '../../../src/lib/plan/document.ts'
import type {PromotionOrder, PromotionResult} from '../../../src/lib/promote/run.ts'
import {bad, type GatedWorld, good, openGatedWorld, strict, told} from '../../support/gated-world.ts'

const gate = 'strict'
const route = 'promotions:\n  release: {from: dev, to: [prod], repositories: ["**"], gate: strict}\n'

let world: GatedWorld
let digest: string
let plan: string

beforeEach(async () => {
  world = await openGatedWorld()
  const digests = await world.put(
    'app',
    {name: 'one', tags: ['v1'], findings: good},
    {name: 'two', tags: ['v2'], findings: bad},
  )
  digest = digests.get('one') ?? ''
  plan = join(world.folder, 'plan.json')
})

/** Saves a plan, and forgets what was asked for it. */
async function save(
  words: Partial<PromotionOrder> = {gate},
  images = ['app:v1'],
  repos?: string,
): Promise<PromotionResult> {
  const result = await world.promote(
    images,
    {out: plan, ...words},
    repos === undefined ? {} : {estate: world.estate(repos)},
  )
  world.sandbox.clearRequests()
  return result
}

/** Applies the plan, with another `repos.yaml` where it is given. */
function apply(repos?: string, words: Partial<PromotionOrder> = {}): Promise<PromotionResult> {
  return world.promote([], {plan, ...words}, repos === undefined ? {} : {estate: world.estate(repos)})
}

const planned = async () => JSON.parse(await readFile(plan, 'utf8')) as PlanDocument

describe('a saved plan', () => {
  test('carries gate, policy, verdict and time of each image, and has none that was stopped', async () => {
    const result = await save({gate}, ['app:v1', 'app:v2'])
    expect(told(result)).toEqual(['app:v1 planned passed -', 'app:v2 failed failed GATE_FAILED'])
    expect(result.exitCode).toBe(3)
    const {inputs, actions} = await planned()
    expect(inputs).toMatchObject({
      images: [
        {
          digest,
          gate: {
            verdict: 'passed',
            judgedAt: expect.stringMatching(/^\d{4}-/),
            gates: [{name: 'strict', policy: expect.stringMatching(/^[0-9a-f]{64}$/), verdict: 'passed'}],
          },
        },
      ],
    })
    expect(inputs).toHaveProperty('images.length', 1)
    expect(actions.map(({subject}) => subject).join()).not.toContain('v2')
    expect(world.written()).toEqual([])
  })

  test('is judged by its gate again when it is applied, without saying so', async () => {
    await save()
    const result = await apply()
    expect(told(result)).toEqual([`app@${digest} promoted passed -`])
    expect(world.sandbox.requests.some(({operation}) => operation === 'DescribeImageScanFindings')).toBe(true)
  })

  test('does not bring an image of which something was found since: exit 3', async () => {
    await save()
    await world.find('app', digest as `sha256:${string}`, bad)
    const result = await apply()
    expect(told(result)).toEqual([`app@${digest} failed failed GATE_FAILED`])
    expect(result.exitCode).toBe(3)
    expect(world.written()).toEqual([])
  })

  test('does not bring an image whose findings cannot be read any more: exit 8', async () => {
    await save()
    const exception = 'AccessDeniedException'
    world.sandbox.setFaults([
      {kind: 'exception', exception, operation: 'DescribeImageScanFindings', times: 1000},
    ])
    const result = await apply()
    expect(told(result)).toEqual([`app@${digest} failed undetermined GATE_UNDETERMINED`])
    expect(result.exitCode).toBe(8)
    expect(world.written()).toEqual([])
  })

  test('that was made without a gate may be applied with one, which stops as ever', async () => {
    await save({}, ['app:v2'])
    const result = await apply(strict, {gate})
    expect(result.items.map(({error}) => error?.code)).toEqual(['GATE_FAILED'])
    expect(world.written()).toEqual([])
  })
})

describe('a saved plan is refused, and nothing is asked,', () => {
  test('when repos.yaml has its gate no more', async () => {
    await save()
    await expect(apply('')).rejects.toMatchObject({
      code: 'GATE_CHANGED',
      exitCode: 7,
      message: `${plan} was made with gate strict, which repos.yaml does not name any more. Nothing was done. Make a new plan.`,
    })
    expect(world.sandbox.requests).toEqual([])
  })

  test.each([
    'gates:\n  strict: {failOn: {severity: critical}}\n',
    'gates:\n  strict: {failOn: {severity: high}, onUnsupported: pass}\n',
    'gates:\n  strict: {failOn: {severity: high}, ignores: [ignores.yaml]}\n',
  ])('when its gate judges by something else: %j', async repos => {
    await save()
    await expect(apply(repos)).rejects.toMatchObject({code: 'GATE_CHANGED', exitCode: 7})
    expect(world.sandbox.requests).toEqual([])
  })

  test('when its gate was taken out of the file', async () => {
    await save()
    const text = await readFile(plan, 'utf8')
    await writeFile(plan, text.replace('"gate":', '"gated":'))
    await expect(apply()).rejects.toMatchObject({code: 'PLAN_EDITED', exitCode: 7})
    expect(world.sandbox.requests).toEqual([])
  })

  test('when the route of an image is not allowed any more', async () => {
    await save()
    const repos = `${strict}promotions:\n  other: {from: dr, to: [prod], repositories: ["**"]}\n`
    await expect(apply(repos)).rejects.toMatchObject({code: 'ROUTE_NOT_ALLOWED', exitCode: 7})
    expect(world.sandbox.requests).toEqual([])
  })
})

test('a gate may be told to wait for longer, and to show less, after the plan was made', async () => {
  await save()
  const result = await apply('gates:\n  strict: {failOn: {severity: high}, wait: 5m, report: high}\n')
  expect(result.exitCode).toBe(0)
})

test('the gate that a route has now holds for a plan that knows of none', async () => {
  await save({}, ['app:v2'])
  const result = await apply(strict + route)
  expect(result.items.map(({error}) => error?.code)).toEqual(['GATE_FAILED'])
  expect(world.written()).toEqual([])
})

test('who takes the gate of a route out of a plan and seals it again gains nothing', async () => {
  await save({}, ['app:v1'], strict + route)
  const {sha256: _, ...content} = JSON.parse(
    (await readFile(plan, 'utf8')).replace('"gate":', '"other":'),
  ) as PlanDocument
  await writeFile(plan, formatPlan(sealPlan(content)))
  await world.find('app', digest as `sha256:${string}`, bad)
  expect((await apply(strict + route)).exitCode).toBe(3)
  expect(world.written()).toEqual([])
})

test.each(['null', '{}', '{"gates": []}', '{"gates": [{"verdict": "passed"}]}', '{"gates": [null]}'])(
  'a sealed plan whose gate is %s is none that can be applied',
  async gate => {
    await save()
    const {sha256: _, ...content} = await planned()
    const known = content.inputs as unknown as {readonly images: readonly {readonly [key: string]: Json}[]}
    const images = known.images.map(each => ({...each, gate: JSON.parse(gate) as Json}))
    const inputs: Json = {...known, images}
    await writeFile(plan, formatPlan(sealPlan({...content, inputs})))
    await expect(apply()).rejects.toMatchObject({code: 'NOT_A_PLAN', exitCode: 2})
    expect(world.sandbox.requests).toEqual([])
  },
)
