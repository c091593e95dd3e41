import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import {type Output, type RunOptions, runGantry, runJson} from '../support/cli.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from '../support/world.ts'

const repositories = ['payments/api', 'payments/worker', 'payments/eu/ledger', 'web', 'tools']
const tags = Array.from({length: 12}, (_, index) => `v1.${index}`)
const estate = `version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  prod: {id: "${prod.account}", region: ${prod.region}}
`

let world: World
let options: RunOptions

beforeAll(async () => {
  world = await startWorld()
  await writeFile(join(world.folder, 'repos.yaml'), estate)
  options = {
    cwd: world.folder,
    env: {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: join(world.folder, 'repos.yaml')},
  }
})

afterAll(() => world.close())

beforeEach(async () => {
  await world.sandbox.reset()
  await world.sandbox.seed({
    repositories: repositories.flatMap(name => [
      {...dev, name, images: tags.map(tag => ({tag}))},
      {...prod, name},
    ]),
  })
})

const list = repositories.flatMap(repository => tags.map(tag => `${repository}:${tag}`))

function promote(args: readonly string[], more: RunOptions = {}): Promise<Output<PromotionItem>> {
  return runJson(['promote', ...args], {...options, ...more, env: {...options.env, ...more.env}})
}

/** What the tags of all repositories hold. */
async function tagsAt(host: string): Promise<Map<string, string>> {
  const registry = await world.open(host)
  const found = new Map<string, string>()
  for (const repository of repositories) {
    for (const [tag, digest] of await registry.repository(repository).resolve(tags)) {
      found.set(`${repository}:${tag}`, digest)
    }
  }
  return found
}

async function save(name: string, document: unknown): Promise<string> {
  await writeFile(join(world.folder, name), JSON.stringify(document))
  return name
}

/** Items in one order, whatever finished first. */
function inOrder(items: readonly PromotionItem[]): PromotionItem[] {
  const nameOf = ({target, tags}: PromotionItem) => [target, ...tags].join(' ')
  return items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

describe('a saved plan of 60 images of 5 repositories, shared out to 3 jobs', () => {
  test('comes to what one run over all of it comes to', async () => {
    const input = list.join('\n')
    await promote(['-', '--from', 'dev', '--to', 'prod', '--out', 'plan.json'], {input})
    const results = await Promise.all(
      [0, 1, 2].map(async index => {
        const env = {AWS_BATCH_JOB_ARRAY_INDEX: String(index), AWS_BATCH_JOB_ARRAY_SIZE: '3'}
        const result = await promote(['--plan', 'plan.json', '--shard', 'auto'], {env})
        expect(result.exitCode).toBe(0)
        expect(result.items.length).toBeLessThan(60)
        return save(`result-${index}.json`, result)
      }),
    )
    const merged = await promote(['merge', ...results])
    expect(await tagsAt(prodHost)).toEqual(await tagsAt(devHost))

    const whole = await promote(['-', '--from', 'dev', '--to', 'prod'], {input})
    // What the shards did is done: one run finds nothing left, of the same images.
    expect(whole.summary).toMatchObject({images: 60, unchanged: 60, mutatingRequests: 0})
    const named = (items: readonly PromotionItem[]) =>
      inOrder(items).map(({digest, destination, target, tags}) => ({digest, destination, target, tags}))
    expect(named(merged.items)).toEqual(named(whole.items))
    expect(merged).toMatchObject({exitCode: 0, summary: {images: 60, promoted: 60, failed: 0, shard: null}})
    expect(merged.summary['callers']).toEqual(whole.summary['callers'])
  })

  test('is shown whole by gantry promote merge, which leaves no shard out', async () => {
    const input = list.join('\n')
    await promote(['-', '--from', 'dev', '--to', 'prod', '--out', 'plan.json'], {input})
    const results = await Promise.all(
      [1, 2, 3].map(async k => {
        const args = ['--plan', 'plan.json', '--shard', `${k}/3`, '--dry-run']
        return save(`dry-${k}.json`, await promote(args))
      }),
    )
    const shown = await runGantry(['promote', 'merge', ...results], options)
    expect(shown).toMatchObject({status: 0, stderr: ''})
    expect(shown.stdout).toContain('60 planned')
    const partial = await runGantry(['promote', 'merge', ...results.slice(1)], options)
    expect(partial).toMatchObject({status: 7, stdout: ''})
    expect(partial.stderr).toMatch(/^Error: There is no result of shard 1 of 3\. .+\n$/)
    const alone = await save('alone.json', await promote(['--plan', 'plan.json', '--dry-run']))
    expect(await runGantry(['promote', 'merge', alone], options)).toMatchObject({status: 2, stdout: ''})
  })
})

describe('a pattern that is shared out without a plan', () => {
  test('has the same items, outcomes and counts as one run over a list of the same images', async () => {
    const where = ['--match', '**:v1.*', '--from', 'dev', '--to', 'prod']
    const input = list.join('\n')
    const whole = await promote(['-', '--from', 'dev', '--to', 'prod', '--dry-run'], {input})
    const results = await Promise.all(
      [1, 2, 3].map(async k =>
        save(`part-${k}.json`, await promote([...where, '--dry-run', '--shard', `${k}/3`])),
      ),
    )
    const merged = await promote(['merge', ...results])
    expect(inOrder(merged.items)).toEqual(inOrder(whole.items))
    const {images, planned} = whole.summary
    expect(merged.summary).toMatchObject({images, planned, failed: 0})
  })
})

describe('a release file', () => {
  async function release(digest: string | undefined): Promise<string> {
    const text = `version: 1
images:
  - payments/api:v1.0@${digest ?? ''}
  - {image: payments/worker:v1.3, tags: [v2, stable]}
`
    await writeFile(join(world.folder, 'release.yaml'), text)
    return 'release.yaml'
  }

  test('names the images of a run, with tags of their own', async () => {
    const digest = (await tagsAt(devHost)).get('payments/api:v1.0')
    const file = await release(digest)
    const {items} = await promote(['--file', file, '--from', 'dev', '--to', 'prod'])
    expect(items.map(({outcome, tags}) => [outcome, ...tags])).toEqual([
      ['promoted', 'v1.0'],
      ['promoted', 'v2', 'stable'],
    ])
    expect((await tagsAt(prodHost)).get('payments/api:v1.0')).toBe(digest)
  })

  test('is refused in one line when a tag is not what was released, and nothing is written', async () => {
    const file = await release((await tagsAt(devHost)).get('payments/api:v1.1'))
    const run = await runGantry(['promote', '--file', file, '--from', 'dev', '--to', 'prod'], options)
    expect(run).toMatchObject({status: 7, stdout: ''})
    expect(run.stderr).toMatch(
      /^Error: .*payments\/api:v1\.0 is sha256:\w+, and the release says sha256:\w+\. .+\n$/,
    )
    expect(await tagsAt(prodHost)).toEqual(new Map())
  })

  test('that is wrong is shown by file, line and column', async () => {
    await writeFile(join(world.folder, 'wrong.yaml'), 'version: 1\nimages:\n  - Web:v1\n')
    const run = await runGantry(['promote', '--file', 'wrong.yaml', '--from', 'dev', '--to', 'prod'], options)
    expect(run).toMatchObject({status: 2, stdout: ''})
    expect(run.stderr).toMatch(/^Error: wrong\.yaml:3:5 images\[0\]: .+\n$/)
  })
})
