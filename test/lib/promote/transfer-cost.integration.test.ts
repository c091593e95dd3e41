import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {defaultPrices} from '../../../src/lib/ecr/transfer-cost.ts'
import type {PlanDocument} from '../../../src/lib/plan/document.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, prod, startWorld, type World} from '../../support/world.ts'

const image = await buildImage({layers: [{'bin/app': 'app'}]})
const bytes = [...image.blobs.values()].reduce((sum, blob) => sum + blob.length, 0)
const virginia = {...prod, region: 'us-east-1'}
const virginiaHost = ecrHost(virginia)

let world: World

beforeEach(async () => {
  world = await startWorld()
  await world.sandbox.seed({repositories: [dev, prod, virginia].map(where => ({...where, name: 'app'}))})
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
})

afterEach(() => world.close())

test('a plan says what each destination costs, and a saved one keeps it', async () => {
  const out = join(world.folder, 'plan.json')
  const {items} = await world.promote(['app:v1'], {to: ['prod', 'dr'], out})
  expect(items.map(({transfer}) => transfer)).toEqual([
    {way: 'within-region', from: null, usdPerGb: 0, basis: 'free', asOf: null, usd: 0},
    {
      way: 'to-region',
      from: dev.region,
      usdPerGb: defaultPrices.toRegion,
      basis: 'default',
      asOf: defaultPrices.asOf,
      usd: (bytes / 1e9) * defaultPrices.toRegion,
    },
  ])
  const {actions} = JSON.parse(await readFile(out, 'utf8')) as PlanDocument
  const costs = actions.flatMap(({verb, detail}) => (verb === 'copy' ? [detail?.['transferUsd']] : []))
  expect(costs).toEqual([0, (bytes / 1e9) * defaultPrices.toRegion])
})

test('what is there already costs nothing', async () => {
  await pushImage((await world.open(virginiaHost)).repository('app'), image)
  const {items} = await world.promote(['app:v1'], {to: ['dr']})
  expect(items).toMatchObject([{outcome: 'promoted', path: 'tag', transfer: {way: 'to-region', usd: 0}}])
})

test('what was done is estimated by the bytes that were sent, and by the prices of repos.yaml', async () => {
  const estate = parseEstate('version: 1\nprices: {transfer: {toRegion: 0.5}}\n', 'repos.yaml')
  const {items} = await world.promote(['app:v1'], {from: devHost, to: [virginiaHost]}, {estate})
  expect(items).toMatchObject([
    {
      outcome: 'promoted',
      blobs: {bytes},
      transfer: {usdPerGb: 0.5, basis: 'repos.yaml', usd: (bytes / 1e9) * 0.5},
    },
  ])
})

test('an image that did not get there has no cost', async () => {
  const {items} = await world.promote(['app:v2'], {to: ['dr']})
  expect(items).toMatchObject([{outcome: 'failed', transfer: null}])
})
