/**
 * `npm run bench:lifecycle-repository`: requests, time and memory of `gantry lifecycle plan` and `gantry inventory`, as they
 * are built, with one large repository of a sandbox. Prints Markdown.
 *
 *   node bench/lifecycle-repository.ts [--images NUMBER]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {ECRClient, PutLifecyclePolicyCommand} from '@aws-sdk/client-ecr'
import type {SeedRepository} from '../src/lib/sandbox/seed-format.ts'
import {imagesPerRelease, releaseSeed} from './aged-repository.ts'
import {control, disconnect, measureAt} from './at-sandbox.ts'
import {startSandboxServer} from './servers.ts'
import {gantry} from './tools.ts'

const {values} = parseArgs({options: {images: {type: 'string', default: '100000'}}})
const images = Number(values.images)
if (!Number.isInteger(images) || images < imagesPerRelease) throw new TypeError('--images takes a number')

const place = {account: '111111111111', region: 'eu-west-1', name: 'bench/app'}
const days = 1000
const dayMs = 24 * 60 * 60 * 1000
const releases = Math.floor(images / imagesPerRelease)
/** Half of the releases go, and the platforms that nothing lists any more. */
const policy = {
  rules: [
    {
      rulePriority: 1,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['v*'],
        countType: 'imageCountMoreThan',
        countNumber: Math.ceil(releases / 2),
      },
      action: {type: 'expire'},
    },
    {
      rulePriority: 2,
      selection: {tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7},
      action: {type: 'expire'},
    },
  ],
}

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

const sandbox = await startSandboxServer(folder, [])
const env = {GANTRY_SANDBOX: sandbox.url}
const inventory = join(folder, 'inventory.jsonl.gz')
const reference = `${place.account}.dkr.ecr.${place.region}.amazonaws.com/${place.name}`
try {
  await fill()
  tell(
    `| ${releases * imagesPerRelease} images | requests | wall s | CPU s | peak MiB |`,
    '|---|---|---|---|---|',
  )
  const plan = ['lifecycle', 'plan', reference]
  await measure('plan', plan)
  await measure('plan --no-preview', [...plan, '--no-preview'])
  await measure('plan --no-preview --no-bytes', [...plan, '--no-preview', '--no-bytes'])
  await measure('inventory --out', ['inventory', reference, '--out', inventory])
  await measure('plan --inventory', [...plan, '--inventory', inventory])
} finally {
  disconnect()
  await sandbox.close()
}

/** Pushes the releases over the days until now. */
async function fill(): Promise<void> {
  const now = Date.now()
  await control(sandbox.url, 'PUT', 'quotas', {imagesPerRepository: images})
  for (let day = 0, release = 0; day < days; day++) {
    await control(sandbox.url, 'PUT', 'clock', {epochMs: now - (days - day) * dayMs})
    const repositories: SeedRepository[] = []
    for (const until = Math.floor(((day + 1) * releases) / days); release < until; release++)
      repositories.push(...(releaseSeed(place, release).repositories ?? []))
    await control(sandbox.url, 'POST', 'seed', {repositories})
  }
  await control(sandbox.url, 'PUT', 'clock', {epochMs: null})
  const client = new ECRClient({
    endpoint: sandbox.url,
    region: place.region,
    credentials: {accessKeyId: place.account, secretAccessKey: 'any'},
  })
  const lifecyclePolicyText = JSON.stringify(policy)
  await client.send(new PutLifecyclePolicyCommand({repositoryName: place.name, lifecyclePolicyText}))
  client.destroy()
}

async function measure(what: string, words: readonly string[]): Promise<void> {
  tell(await measureAt(sandbox.url, what, [...gantry, ...words], folder, env))
}

function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
