import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {BatchDeleteImageCommand} from '@aws-sdk/client-ecr'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {toPromoteResult, viewPromotion} from '../../../src/lib/cli/promotion-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {TransientError} from '../../../src/lib/errors.ts'
import type {PromotionOrder, PromotionResult} from '../../../src/lib/promote/run.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {expectDocument} from '../../support/schemas.ts'
import {dev, devHost, drHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'
import {away, client, delay, home, replicateTo} from '../sandbox/replication-support.ts'

const image = await buildImage({
  layers: [{'bin/app': 'app'}],
  platforms: [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ],
  sbom: true,
})

let world: World
let stop: AbortController

beforeEach(async () => {
  stop = new AbortController()
  world = await startWorld({durations: {replication: delay}})
  await world.sandbox.setClock(Date.now())
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {...prod, name: 'app'},
      {...prod, name: 'alone'},
    ],
  })
  const api = client(world.sandbox, home, prod.account)
  await replicateTo(api, [{region: away, registryId: prod.account}], ['app'])
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  world.sandbox.clearRequests()
})

afterEach(() => world.close())

/** From `dev` to `prod`, whose registry replicates to `dr`; waiting takes no time but on the sandbox's clock. */
function promote(
  waitReplicationMs: number | undefined,
  words: Partial<PromotionOrder> = {},
  whileWaiting: () => Promise<unknown> = () => Promise.resolve(),
): Promise<PromotionResult> {
  const wait = async (ms: number) => {
    await whileWaiting()
    await world.sandbox.advanceClock(ms)
  }
  return world.promote(
    ['app:v1'],
    {waitReplicationMs, ...words},
    {
      aws: {
        env: {},
        sandboxUrl: world.sandbox.url,
        now: () => world.sandbox.now(),
        wait,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
      },
      deadlineAfter: () => new AbortController().signal,
    },
  )
}

async function tagAtDr(): Promise<string | undefined> {
  const tags = await (await world.open(drHost)).repository('app').resolve(['v1'])
  return tags.get('v1')
}

describe('--wait-replication', () => {
  test('ends when the registries that replication leads to have what was promoted', async () => {
    const result = await promote(10 * delay)
    const {requests} = result.traffic
    expect(requests).toBe(world.sandbox.requests.length)
    expect(await tagAtDr()).toBe(image.root.digest)
    expect(result).toMatchObject({
      exitCode: 0,
      items: [
        {
          outcome: 'promoted',
          error: null,
          replication: {
            verdict: 'yes',
            destinations: [{registry: 'dr@us-east-1', host: drHost, class: 'in-sync', reason: ''}],
          },
        },
      ],
    })
  })

  test('is not waited without it', async () => {
    const result = await promote(undefined)
    expect(result).toMatchObject({exitCode: 0, items: [{replication: null}]})
    expect(world.sandbox.requests.some(({region}) => region === away)).toBe(false)
  })

  test('also looks after what is there already', async () => {
    await promote(undefined)
    await world.sandbox.advanceClock(delay)
    const result = await promote(delay)
    expect(result).toMatchObject({items: [{outcome: 'unchanged', replication: {verdict: 'yes'}}]})
  })

  test('that ends too early is undetermined, exit 8, and takes nothing back', async () => {
    const result = await promote(delay / 2)
    expect(result).toMatchObject({
      exitCode: 8,
      items: [
        {
          outcome: 'promoted',
          error: {code: 'REPLICATION_UNDETERMINED', exitCode: 8},
          replication: {verdict: 'undetermined', destinations: [{class: 'in-progress'}]},
        },
      ],
    })
    expect(result.items[0]?.error?.message).toMatch(
      /^222222222222.*\/app@sha256:\w+ is there, and not known to be wherever it is replicated to: dr@us-east-1: /,
    )
    expect((await (await world.open(prodHost)).repository('app').resolve(['v1'])).get('v1')).toBe(
      image.root.digest,
    )
  })

  test('says no, exit 4, when what arrived was deleted there', async () => {
    await promote(undefined)
    await world.sandbox.advanceClock(delay)
    const gone = {repositoryName: 'app', imageIds: [{imageTag: 'v1'}, {imageDigest: image.root.digest}]}
    await client(world.sandbox, away, prod.account).send(new BatchDeleteImageCommand(gone))
    const result = await promote(delay)
    expect(result).toMatchObject({
      exitCode: 4,
      items: [{outcome: 'unchanged', error: {code: 'REPLICATION_FAILED'}, replication: {verdict: 'no'}}],
    })
    expect(result.items[0]?.error?.message).toContain('dr@us-east-1: ECR reports COMPLETE, and')
  })

  test('is no success where no rule covers the repository', async () => {
    const result = await promote(delay, {as: 'alone'})
    expect(result).toMatchObject({
      exitCode: 4,
      items: [{outcome: 'promoted', error: {code: 'REPLICATION_NOT_COVERED'}}],
    })
  })

  test('leaves those alone that were not promoted, and destinations that do not replicate', async () => {
    const layout = `oci:${join(world.folder, 'layout')}`
    const result = await promote(10 * delay, {images: ['app:v1', 'app:v0'], to: ['prod', layout]})
    expect(
      result.items.map(({source, outcome, replication}) => [source, outcome, replication?.verdict]),
    ).toEqual(
      expect.arrayContaining([
        [`${devHost}/app:v1`, 'promoted', 'yes'],
        [`${devHost}/app:v1`, 'promoted', undefined],
        [`${devHost}/app:v0`, 'failed', undefined],
      ]),
    )
  })

  test('is refused where none of the destinations replicates, before anything is asked', async () => {
    const words = {to: [`oci:${join(world.folder, 'layout')}`]}
    await expect(promote(delay, words)).rejects.toMatchObject({code: 'NO_REPLICATION', exitCode: 2})
    expect(world.sandbox.requests).toEqual([])
  })

  test('does not wait in a dry run', async () => {
    const result = await promote(delay, {dryRun: true})
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'planned', replication: null}]})
  })

  test('that is interrupted still says what was promoted', async () => {
    const result = await promote(10 * delay, {}, async () => {
      stop.abort(new TransientError('TIMEOUT', 'Not done in time.'))
      stop.signal.throwIfAborted()
    })
    expect(result).toMatchObject({
      exitCode: 6,
      items: [{outcome: 'promoted', replication: {verdict: 'undetermined'}}],
    })
  })

  test('is in the record, and in the result for people', async () => {
    const result = await promote(10 * delay)
    const lines = (await readFile(result.record ?? '', 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.slice(-2)).toMatchObject([
      {
        type: 'replication',
        target: `${prodHost}/app`,
        digest: image.root.digest,
        verdict: 'yes',
        destinations: [{registry: 'dr@us-east-1', class: 'in-sync'}],
      },
      {type: 'end', exitCode: 0},
    ])
    for (const line of lines) expectDocument('record.schema.json', line)
    const view = viewPromotion(toPromoteResult(result, result.exitCode), plainStyle).split('\n')
    expect(view[0]).toMatch(/REPLICATED$/)
    expect(view[1]).toMatch(/yes$/)
    expect(view).toContain('Replication: 1 replicated everywhere')
  })
})
