import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, describe, expect, test} from 'vitest'
import type {PromotionItem} from '../../src/lib/promote/model.ts'
import {runGantry, runJson} from '../support/cli.ts'
import {bad, type GatedWorld, good, openGatedWorld, strict} from '../support/gated-world.ts'
import {expectDocument} from '../support/schemas.ts'
import {repos} from '../support/world.ts'

let world: GatedWorld
let env: Record<string, string>

const words = ['--from', 'dev', '--to', 'prod', '--gate', 'strict']

beforeEach(async () => {
  world = await openGatedWorld()
  const config = join(world.folder, 'repos.yaml')
  await writeFile(config, repos + strict)
  env = {GANTRY_SANDBOX: world.sandbox.url, GANTRY_CONFIG: config}
  await world.put('good', {name: 'good', tags: ['v1'], findings: good})
  await world.put('bad', {name: 'bad', tags: ['v1'], findings: bad})
  await world.put('unknown', {name: 'unknown', tags: ['v1']})
})

describe('gantry promote --gate', () => {
  test.each([
    [['good:v1'], 0],
    [['good:v1', 'unknown:v1'], 8],
    [['good:v1', 'unknown:v1', 'bad:v1'], 3],
  ])('of %j exits with %i, and prints the document of its schema', async (images, status) => {
    const result = await runGantry(['promote', ...images, ...words, '--json'], {env})
    expect(result.status).toBe(status)
    const document = JSON.parse(result.stdout) as {items: PromotionItem[]; summary: {gate: unknown}}
    expectDocument('promote.schema.json', document)
    expect(document.summary.gate).toMatchObject({gates: ['strict'], verdicts: {passed: 1}})
    expect(document.items.map(({outcome}) => outcome === 'promoted')).toEqual(
      document.items.map(({gate}) => gate?.verdict === 'passed'),
    )
    expect(world.written()).toEqual(['good'])
  })

  test('holds a saved plan, whose file is as its schema says, to its gate', async () => {
    const plan = join(world.folder, 'plan.json')
    const saved = await runGantry(['promote', 'good:v1', ...words, '--out', plan], {env})
    expect(saved.status).toBe(0)
    expectDocument('plan.schema.json', JSON.parse(await readFile(plan, 'utf8')))
    await writeFile(env['GANTRY_CONFIG'] ?? '', repos)
    const {status, stderr} = await runGantry(['promote', '--plan', plan], {env})
    expect([status, stderr]).toEqual([7, expect.stringContaining('was made with gate strict')])
    expect(world.written()).toEqual([])
  })

  test('tells GitHub the verdict, and why, on the page of the step', async () => {
    const [outputs, summary] = [join(world.folder, 'outputs'), join(world.folder, 'summary')]
    await Promise.all([writeFile(outputs, ''), writeFile(summary, '')])
    const github = {GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary}
    const {status} = await runGantry(['promote', 'good:v1', 'bad:v1', ...words], {env: {...env, ...github}})
    expect(status).toBe(3)
    expect(await readFile(outputs, 'utf8')).toMatch(/^gate<<.+\nfailed\n/m)
    const page = await readFile(summary, 'utf8')
    expect(page).toMatch(/\| strict \| failed \| 1 critical and 1 high fail/)
    expect(page).toMatch(/\| strict \| passed \|/)
  })

  test('joins the verdicts of all shards', async () => {
    const files: string[] = []
    for (const shard of ['1/2', '2/2']) {
      const document = await runJson<PromotionItem>(
        ['promote', 'good:v1', 'bad:v1', 'unknown:v1', ...words, '--shard', shard],
        {env},
      )
      const file = join(world.folder, `${files.length}.json`)
      await writeFile(file, JSON.stringify(document))
      files.push(file)
    }
    const {status, stdout} = await runGantry(['promote', 'merge', ...files], {env})
    expect(status).toBe(3)
    expect(stdout).toContain('Gate strict: 1 passed, 1 failed, 1 undetermined')
  })
})
