import {onTestFinished} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {rollback} from '../../support/rollback.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../../support/world.ts'
import {testLeast} from './least.ts'

const [image, old] = await Promise.all(
  ['new', 'old'].map(name => buildImage({layers: [{'etc/name': name}], sbom: name === 'new'})),
)
if (image === undefined || old === undefined) throw new TypeError('two images were built')

const estateWith = (more = '') =>
  parseEstate(
    `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
promotions:
  release: {from: dev, to: [prod], repositories: ["team/**"], tags: ["*"]${more}}
`,
    'repos.yaml',
  )
const estate = estateWith()

const promoted = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

/** An image at dev, and at prod the repository alone, or nothing. */
async function open(prepare: 'repository' | 'nothing' = 'repository'): Promise<World> {
  const world = await startWorld()
  onTestFinished(() => world.close())
  const there = prepare === 'repository' ? [{...prod, name: 'team/app'}] : []
  await world.sandbox.seed({repositories: [{...dev, name: 'team/app'}, ...there]})
  if (image !== undefined) await pushImage((await world.open(devHost)).repository('team/app'), image, 'v1')
  return world
}

testLeast('a new image', {
  command: 'promote',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    return {sandbox: world.sandbox, run: () => world.promote(['team/app:v1'], {}, {estate})}
  },
})

testLeast('a missing repository', {
  command: 'promote --create-repositories',
  estate,
  holds: ['ecr:CreateRepository'],
  spares: ['ecr:BatchCheckLayerAvailability'],
  isDone: promoted,
  async open() {
    const world = await open('nothing')
    return {
      sandbox: world.sandbox,
      run: () => world.promote(['team/app:v1'], {createRepositories: true}, {estate}),
    }
  },
})

testLeast('whatever matches', {
  command: 'promote --match --all-tags',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    return {
      sandbox: world.sandbox,
      run: () => world.promote([], {match: ['team/*:*']}, {estate}),
    }
  },
})

testLeast('tags that moved', {
  command: 'rollback',
  estate,
  isDone: promoted,
  async open() {
    const world = await open()
    await pushImage((await world.open(prodHost)).repository('team/app'), old, 'v1')
    const {record} = await world.promote(['team/app:v1'], {}, {estate})
    return {sandbox: world.sandbox, run: () => rollback(world, record)}
  },
})
