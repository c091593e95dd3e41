import {mkdir, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import type {LifecycleApplyOrder} from '../../../src/lib/lifecycle/apply-model.ts'
import type {LifecyclePolicy, LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {printPolicy} from '../../../src/lib/lifecycle/policy-text.ts'
import {formatPlan, type PlanDocument, sealPlan} from '../../../src/lib/plan/document.ts'
import {applyPlan, planOf} from '../../support/lifecycle-plan.ts'
import {
  type AgedImage,
  dayMs,
  expireAfter,
  keepNewest,
  type LifecycleWorld,
  openLifecycleWorld,
  type Place,
  policyText,
} from '../../support/lifecycle-world.ts'

const [dev, prod] = ['111111111111', '222222222222']
const [ireland, virginia] = ['eu-west-1', 'us-east-1']
const app: Place = {account: dev, region: ireland, name: 'app'}
const web: Place = {account: dev, region: ireland, name: 'team/web'}
const api: Place = {account: prod, region: ireland, name: 'api'}
const multi: Place = {account: prod, region: ireland, name: 'multi'}
const edge: Place = {account: prod, region: virginia, name: 'edge'}
const places = [app, web, api, multi, edge]

const targetOf = ({account, region, name}: Place) => `${account}.dkr.ecr.${region}.amazonaws.com/${name}`
const policy = (...rules: LifecycleRule[]): LifecyclePolicy => ({rules})

const numbered = (count: number, prefix: string): AgedImage[] =>
  Array.from({length: count}, (_, index) => ({
    name: `${prefix}${index}`,
    tags: [`${prefix}-${index}`],
    pushed: 60 - index * 5,
  }))

const tagged = (pattern: string) => ({tagStatus: 'tagged', tagPatternList: [pattern]}) as const
const webRules = [keepNewest(5, tagged('prod*')), expireAfter(10, {}, 2)]
const desired: Readonly<Record<string, LifecyclePolicy | null>> = {
  [targetOf(app)]: policy(keepNewest(3)),
  [targetOf(web)]: policy(...webRules),
  [targetOf(api)]: null,
  [targetOf(multi)]: policy(expireAfter(5, {tagStatus: 'untagged'})),
  [targetOf(edge)]: policy(keepNewest(4)),
}

/** Five repositories of two accounts and two regions, a plan for all of them, and a file of what is in use. */
async function prepare() {
  const world = await openLifecycleWorld()
  const {fill} = world
  const digests = await fill(
    {...app, images: numbered(6, 'app')},
    {...web, images: [{name: 'prod', tags: ['prod-1'], pushed: 90}, ...numbered(8, 'web')]},
    {...api, images: numbered(4, 'api')},
    {
      ...multi,
      images: [
        {name: 'amd64', pushed: 30},
        {name: 'arm64', pushed: 30},
        {name: 'index', tags: ['1.0'], pushed: 30, lists: ['amd64', 'arm64']},
        {name: 'orphan', pushed: 40},
      ],
    },
    {...edge, images: numbered(7, 'edge')},
  )
  await world.putPolicy(web, keepNewest(20))
  await world.putPolicy(api, keepNewest(9))
  await world.putPolicy(edge, keepNewest(30))
  const inUse = join(world.folder, 'in-use.txt')
  await writeFile(inUse, 'web:never\n')
  const plan = await planOf(world, desired, {protect: [inUse]})
  const byPlace = new Map(places.map((place, index) => [place, digests[index] ?? new Map<string, string>()]))
  const digestOf = (place: Place, name: string) => byPlace.get(place)?.get(name) ?? ''
  return {world, plan, inUse, digestOf}
}

type Scene = Awaited<ReturnType<typeof prepare>>

async function asking<T>(
  world: LifecycleWorld,
  {account, region}: Place,
  ask: (client: ECRClient) => Promise<T>,
) {
  const credentials = {accessKeyId: account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: world.sandbox.url, region, credentials, maxAttempts: 1})
  try {
    return await ask(client)
  } finally {
    client.destroy()
  }
}

/** The policies of all repositories, byte for byte; what cannot be read as its error's name. */
function policies(world: LifecycleWorld): Promise<(string | undefined)[]> {
  return Promise.all(
    places.map(place =>
      asking(world, place, async client => {
        try {
          const sent = new GetLifecyclePolicyCommand({repositoryName: place.name})
          return (await client.send(sent)).lifecyclePolicyText
        } catch (error) {
          return error instanceof Error ? error.name : String(error)
        }
      }),
    ),
  )
}

async function refusal(work: Promise<unknown>): Promise<GantryError> {
  try {
    await work
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
  throw new Error('it was applied')
}

async function expectRefused(
  scene: Scene,
  plan: PlanDocument | string = scene.plan,
  order: Partial<LifecycleApplyOrder> = {},
): Promise<GantryError> {
  const before = await policies(scene.world)
  scene.world.sandbox.clearRequests()
  const error = await refusal(applyPlan(scene.world, plan, order))
  scene.world.expectNoMutation()
  expect(await policies(scene.world)).toEqual(before)
  return error
}

const after = [
  policyText(keepNewest(3)),
  printPolicy({rules: webRules}),
  'LifecyclePolicyNotFoundException',
  policyText(expireAfter(5, {tagStatus: 'untagged'})),
  policyText(keepNewest(4)),
]

describe('a plan of lifecycle policies', () => {
  test('is applied as it says, in all accounts and regions, and a second time changes nothing', async () => {
    const {world, plan} = await prepare()
    const first = await applyPlan(world, plan)
    expect(first.exitCode).toBe(0)
    expect(first.items.map(({repository, verb, outcome}) => [repository, verb, outcome])).toEqual([
      ['app', 'put-lifecycle-policy', 'applied'],
      ['team/web', 'put-lifecycle-policy', 'applied'],
      ['api', 'delete-lifecycle-policy', 'applied'],
      ['multi', 'put-lifecycle-policy', 'applied'],
      ['edge', 'put-lifecycle-policy', 'applied'],
    ])
    expect(await policies(world)).toEqual(after)
    world.sandbox.clearRequests()
    const second = await applyPlan(world, plan)
    expect(second).toMatchObject({exitCode: 0, record: null})
    expect(second.items.map(({outcome}) => outcome)).toEqual(Array(5).fill('unchanged'))
    world.expectNoMutation()
  })

  test('shows what it would do and does nothing, as a dry run and without consent', async () => {
    const {world, plan} = await prepare()
    const before = await policies(world)
    const run = await applyPlan(world, plan, {dryRun: true})
    expect(run.items.map(({outcome}) => outcome)).toEqual(Array(5).fill('planned'))
    expect(run).toMatchObject({exitCode: 0, record: null})
    world.expectNoMutation()
    expect(await policies(world)).toEqual(before)
  })

  test('that expires while somebody is asked is not applied', async () => {
    const {world, plan} = await prepare()
    const before = await policies(world)
    const confirm = async () => {
      await world.sandbox.advanceClock(dayMs)
      return true
    }
    const refused = {outcome: 'refused', error: {code: 'PLAN_EXPIRED', exitCode: 7}}
    const run = await applyPlan(world, plan, {}, {confirm})
    expect(run).toMatchObject({exitCode: 7, items: places.map(() => refused)})
    world.expectNoMutation()
    expect(await policies(world)).toEqual(before)
  })

  test('without changes asks nobody for anything', async () => {
    const {world, plan} = await prepare()
    world.sandbox.clearRequests()
    expect(await applyPlan(world, sealPlan({...plan, actions: []}))).toMatchObject({items: [], exitCode: 0})
    expect(world.sandbox.requests).toEqual([])
  })

  test.each<[string, (scene: Scene) => Promise<unknown>]>([
    ['an image that would go is gone', ({world, digestOf}) => remove(world, app, digestOf(app, 'app0'))],
    ['a kept image is gone', ({world, digestOf}) => remove(world, app, digestOf(app, 'app5'))],
    [
      'time went by within the life of the plan',
      async ({world}) => world.sandbox.advanceClock(dayMs - 60_000),
    ],
    [
      'an image was pushed that no rule takes',
      ({world}) => push(world, multi, [{name: 'new', tags: ['2.0'], pushed: 0}]),
    ],
    ['the policy is what it is to be already', ({world}) => world.putPolicy(app, keepNewest(3))],
    ['a protected image stays', async ({inUse, digestOf}) => writeFile(inUse, digestOf(app, 'app5'))],
  ])('is applied when less goes: %s', async (_, change) => {
    const scene = await prepare()
    await change(scene)
    const run = await applyPlan(scene.world, scene.plan)
    expect(run.exitCode).toBe(0)
    expect(await policies(scene.world)).toEqual(after)
  })
})

async function remove(world: LifecycleWorld, place: Place, imageDigest: string): Promise<void> {
  const {failures} = await asking(world, place, client =>
    client.send(new BatchDeleteImageCommand({repositoryName: place.name, imageIds: [{imageDigest}]})),
  )
  expect(failures).toEqual([])
}

async function untag(world: LifecycleWorld, place: Place, imageTag: string): Promise<void> {
  await asking(world, place, client =>
    client.send(new BatchDeleteImageCommand({repositoryName: place.name, imageIds: [{imageTag}]})),
  )
}

async function push({fill}: LifecycleWorld, place: Place, images: readonly AgedImage[]): Promise<void> {
  await fill({...place, images})
}

async function drop(world: LifecycleWorld, {name: repositoryName, ...place}: Place): Promise<void> {
  await asking(world, {...place, name: repositoryName}, client =>
    client.send(new DeleteRepositoryCommand({repositoryName, force: true})),
  )
}

async function create(world: LifecycleWorld, {name: repositoryName, ...place}: Place): Promise<void> {
  await asking(world, {...place, name: repositoryName}, client =>
    client.send(new CreateRepositoryCommand({repositoryName})),
  )
}

const fresh = (count: number, tag?: string): AgedImage[] =>
  Array.from({length: count}, (_, index) => ({
    name: `fresh ${index} ${tag}`,
    tags: [tag ?? `fresh-${index}`],
    pushed: 0,
  }))

type Change = readonly [string, (scene: Scene) => Promise<unknown>]

const serverChanges: readonly Change[] = [
  ...places.flatMap(place =>
    [2, 6, 7, 8, 12].map(
      count =>
        [
          `${place.name} gets another policy, ${count}`,
          ({world}: Scene) => world.putPolicy(place, keepNewest(count)),
        ] as const,
    ),
  ),
  ...[web, edge].map(
    place =>
      [`the policy of ${place.name} is deleted`, ({world}: Scene) => world.deletePolicy(place)] as const,
  ),
  ...[app, edge].flatMap(place =>
    [1, 2, 3, 4].map(
      count =>
        [
          `${count} images are pushed to ${place.name}`,
          ({world}: Scene) => push(world, place, fresh(count)),
        ] as const,
    ),
  ),
  ...[5, 4, 3].map(
    index =>
      [
        `another image takes the tag of a kept one, ${index}`,
        ({world}: Scene) => push(world, app, fresh(1, `app-${index}`)),
      ] as const,
  ),
  ['another image takes the tag that shields', ({world}) => push(world, web, fresh(1, 'prod-1'))],
  [
    'the tag that shields is removed',
    ({world, digestOf}) => push(world, web, fresh(1)).then(() => retag(world, digestOf(web, 'prod'))),
  ],
  ['an index is deleted', ({world, digestOf}) => remove(world, multi, digestOf(multi, 'index'))],
  [
    'a kept image is replaced by two others',
    async ({world, digestOf}) => {
      await remove(world, app, digestOf(app, 'app5'))
      await push(world, app, fresh(2))
    },
  ],
  ...places.map(place => [`${place.name} is deleted`, ({world}: Scene) => drop(world, place)] as const),
  ...[web, edge].map(
    place =>
      [
        `${place.name} is made anew`,
        async ({world}: Scene) => {
          await drop(world, place)
          await create(world, place)
        },
      ] as const,
  ),
  [
    'a repository is made anew with other images',
    async ({world}) => {
      await drop(world, app)
      await push(world, app, fresh(5))
    },
  ],
  ...[0, 1, 2].flatMap(index =>
    [
      ({digestOf}: Scene) => digestOf(app, `app${index}`),
      ({digestOf}: Scene) => `app@${digestOf(app, `app${index}`)}`,
      () => `app:app-${index}`,
      () => `${targetOf(app)}:app-${index}`,
      ({digestOf}: Scene) => JSON.stringify([{image: 'x:1', imageDigest: digestOf(app, `app${index}`)}]),
      () => `edge:edge-${index}`,
    ].map(
      (word, kind) =>
        [
          `an image that would go is in use, ${index} ${kind}`,
          (scene: Scene) => writeFile(scene.inUse, word(scene)),
        ] as const,
    ),
  ),
  ...['', '# nothing', 'no resources found', '[]', '{"items": []}', 'sha256:abc', '["x:1", 7]', '\u{0}'].map(
    text =>
      [
        `what is in use is not known: ${JSON.stringify(text)}`,
        ({inUse}: Scene) => writeFile(inUse, text),
      ] as const,
  ),
  ['the file of what is in use is gone', ({inUse}) => rm(inUse)],
  [
    'the file of what is in use is a folder',
    async ({inUse}) => {
      await rm(inUse)
      await mkdir(inUse)
    },
  ],
  ...[dayMs, dayMs + 1, 2 * dayMs, 400 * dayMs, -600_000, -dayMs].map(
    ms =>
      [
        `the clock is moved by ${ms} ms`,
        async ({world}: Scene) => world.sandbox.setClock(world.sandbox.now() + ms),
      ] as const,
  ),
]

/** Takes the last tag of an image away by giving it to another, and that one away. */
async function retag(world: LifecycleWorld, _digest: string): Promise<void> {
  await push(world, web, fresh(1, 'prod-1'))
  await untag(world, web, 'prod-1')
}

describe('a change of the server between plan and apply', () => {
  test.each(serverChanges)('%s: refused', async (_, change) => {
    const scene = await prepare()
    await change(scene)
    expect(await expectRefused(scene)).toMatchObject({exitCode: 7})
  })
})

/** The paths of all members of a plan, lists and objects too. */
function paths(value: unknown, path: readonly string[] = []): string[][] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return members.flatMap(([key, member]) => [[...path, key], ...paths(member, [...path, key])])
}

function altered(plan: PlanDocument, path: readonly string[], value: unknown): PlanDocument {
  const copy = structuredClone(plan)
  const holder = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, copy)
  const last = path.at(-1) ?? ''
  if (value === undefined && Array.isArray(holder)) holder.splice(Number(last), 1)
  else if (value === undefined) Reflect.deleteProperty(holder, last)
  else Reflect.set(holder, last, value)
  return copy
}

describe('a change of the plan file between plan and apply', () => {
  test('of any member, replaced, taken out or there twice: refused with exit 7', async () => {
    const scene = await prepare()
    const text = formatPlan(scene.plan)
    const files = [
      ...paths(scene.plan).flatMap(path => [
        formatPlan(altered(scene.plan, path, 'other')),
        formatPlan(altered(scene.plan, path, undefined)),
      ]),
      ...paths(scene.plan)
        .filter(({length}) => length === 1)
        .map(([key]) => text.replace('{', `{${JSON.stringify(key)}: 1,`)),
      text.replace('"after"', '"after": null, "after"'),
    ]
    expect(files.length).toBeGreaterThan(200)
    const before = await policies(scene.world)
    scene.world.sandbox.clearRequests()
    for (const file of files) {
      const error = await refusal(applyPlan(scene.world, file))
      expect({exitCode: error.exitCode, file}).toEqual({exitCode: 7, file})
    }
    expect(scene.world.sandbox.requests).toEqual([])
    expect(await policies(scene.world)).toEqual(before)
  })

  test('cut off, or a byte of it another: refused, as no plan where it is no JSON any more', async () => {
    const scene = await prepare()
    const text = formatPlan(scene.plan)
    scene.world.sandbox.clearRequests()
    for (let index = 0; index < text.length - 2; index += 97) {
      expect((await refusal(applyPlan(scene.world, text.slice(0, index)))).exitCode).toBe(2)
      if (/\s/.test(text[index] ?? '')) continue
      const flipped =
        text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1)
      const error = await refusal(applyPlan(scene.world, flipped))
      expect(error.exitCode).toBe(isJson(flipped) ? 7 : 2)
    }
    expect(scene.world.sandbox.requests).toEqual([])
  })

  test('sealed anew by somebody with the tool: what it would do is checked against the world', async () => {
    const scene = await prepare()
    const {plan} = scene
    const everything = policyText(keepNewest(1))
    const forgeries = [
      ...plan.actions.flatMap(({parts = []}, index) =>
        parts.map((_, part) => altered(plan, ['actions', String(index), 'parts'], parts.toSpliced(part, 1))),
      ),
      ...[0, 1, 4].map(index => altered(plan, ['actions', String(index), 'after'], everything)),
      ...plan.actions.map((_, index) => altered(plan, ['actions', String(index), 'before'], everything)),
      altered(plan, ['caller', 'account'], '333333333333'),
      altered(
        plan,
        ['inputs', 'callers'],
        [{account: '333333333333', arn: 'arn:aws:iam::333333333333:user/x'}],
      ),
      ...plan.actions.map((_, index) =>
        altered(plan, ['actions', String(index), 'detail', 'preview'], 'disagrees'),
      ),
    ]
    for (const forged of forgeries) {
      const error = await expectRefused(scene, sealPlan(forged))
      expect(error).toMatchObject({exitCode: 7})
    }
    expect(forgeries.length).toBeGreaterThan(20)
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('what limits and protection hold back', () => {
  test('more images than may go, whoever consents', async () => {
    const scene = await prepare()
    const limits = {maxImages: 5, maxShare: 100}
    expect(await expectRefused(scene, scene.plan, {limits})).toMatchObject({
      code: 'TOO_MANY_IMAGES',
      exitCode: 7,
    })
  })

  test('a larger share of a repository than may go', async () => {
    const scene = await prepare()
    const limits = {maxImages: 1000, maxShare: 49}
    expect(await expectRefused(scene, scene.plan, {limits})).toMatchObject({
      code: 'TOO_LARGE_A_SHARE',
      exitCode: 7,
    })
  })

  test('a protected image, until it is named; a name of nothing is an error', async () => {
    const scene = await prepare()
    const {world, plan, inUse, digestOf} = scene
    const digest = digestOf(app, 'app0')
    await writeFile(inUse, `app:app-0 edge:edge-1`)
    expect(await expectRefused(scene)).toMatchObject({code: 'PROTECTED', exitCode: 7})
    expect(await expectRefused(scene, plan, {accept: [digest]})).toMatchObject({code: 'PROTECTED'})
    const none = await expectRefused(scene, plan, {accept: [digest, 'edge:edge-1', 'app:app-5']})
    expect(none).toMatchObject({code: 'NOT_ENDANGERED', exitCode: 2})
    const run = await applyPlan(world, plan, {accept: [`app@${digest}`, `${targetOf(edge)}:edge-1`]})
    expect(run.exitCode).toBe(0)
    expect(await policies(world)).toEqual(after)
  })
})
