/**
 * `npm run bench:replication`: requests, time and memory of `gantry replicate-status`, as it is built, with images of three
 * platforms that a rule of a sandbox leads to five registries in three accounts. Prints Markdown.
 *
 *   node bench/replication.ts [--images NUMBER]
 */
import {rmSync} from 'node:fs'
import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {
  BatchDeleteImageCommand,
  DeleteRepositoryCommand,
  ECRClient,
  PutReplicationConfigurationCommand,
} from '@aws-sdk/client-ecr'
import {imagesPerRelease, releaseSeed} from './aged-repository.ts'
import {control, disconnect, measureAt} from './at-sandbox.ts'
import {startSandboxServer} from './servers.ts'
import {gantry} from './tools.ts'

const {values} = parseArgs({options: {images: {type: 'string', default: '5000'}}})
const images = Number(values.images)
if (!Number.isInteger(images) || images < 100) throw new TypeError('--images takes a number over 99')

const repository = 'bench/app'
const source = {account: '111111111111', region: 'eu-west-1'}
const prodEast = {account: '222222222222', region: 'us-east-1'}
const drWest = {account: '333333333333', region: 'us-west-2'}
const destinations = [
  {account: '111111111111', region: 'eu-central-1'},
  prodEast,
  {account: '222222222222', region: 'ap-southeast-2'},
  drWest,
  {account: '333333333333', region: 'sa-east-1'},
]
const reposYaml = `version: 1
accounts:
  dev: {id: "111111111111", regions: [eu-west-1, eu-central-1]}
  prod: {id: "222222222222", regions: [us-east-1, ap-southeast-2]}
  dr: {id: "333333333333", regions: [us-west-2, sa-east-1]}
`
const releasesPerSeed = 100

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

const sandbox = await startSandboxServer(folder, [])
const env = {GANTRY_SANDBOX: sandbox.url, GANTRY_CONFIG: join(folder, 'repos.yaml')}
try {
  await writeFile(join(folder, 'repos.yaml'), reposYaml)
  await fill()
  tell(
    `| ${images} images x ${destinations.length} destinations | requests | wall s | CPU s | peak MiB |`,
    '|---|---|---|---|---|',
  )
  await measure('all in sync', [])
  await measure('all in sync, --thorough', ['--thorough'])
  const gone = Math.floor(images / 100)
  const tags = Array.from({length: gone}, (_, n) => ({imageTag: `v${n}`}))
  await as(prodEast, client =>
    client.send(new BatchDeleteImageCommand({repositoryName: repository, imageIds: tags})),
  )
  await measure(`${gone} gone at one destination`, [])
  await as(drWest, client =>
    client.send(new DeleteRepositoryCommand({repositoryName: repository, force: true})),
  )
  await measure('and none at another', [])
} finally {
  disconnect()
  await sandbox.close()
}

/** The same images everywhere, put there by the seed: the source knows of no replication. */
async function fill(): Promise<void> {
  await control(sandbox.url, 'PUT', 'quotas', {imagesPerRepository: images * imagesPerRelease})
  for (let release = 0; release < images; release += releasesPerSeed) {
    const count = Math.min(releasesPerSeed, images - release)
    for (const place of [source, ...destinations]) {
      const seeds = Array.from({length: count}, (_, n) =>
        releaseSeed({...place, name: repository}, release + n),
      )
      await control(sandbox.url, 'POST', 'seed', {
        repositories: seeds.flatMap(({repositories = []}) => repositories),
      })
    }
  }
  const rule = {destinations: destinations.map(({account: registryId, region}) => ({registryId, region}))}
  await as(source, client =>
    client.send(new PutReplicationConfigurationCommand({replicationConfiguration: {rules: [rule]}})),
  )
}

async function as(
  {account, region}: {readonly account: string; readonly region: string},
  send: (client: ECRClient) => Promise<unknown>,
): Promise<void> {
  const credentials = {accessKeyId: account, secretAccessKey: 'any'}
  const client = new ECRClient({endpoint: sandbox.url, region, credentials})
  await send(client)
  client.destroy()
}

/** That images are not in sync ends it with 4, which is what is measured. */
async function measure(what: string, flags: readonly string[]): Promise<void> {
  const command = [...gantry, 'replicate-status', `dev@eu-west-1/${repository}`, '--json', ...flags]
  const tolerant = ['sh', '-c', '"$@"; status=$?; [ $status -eq 0 ] || [ $status -eq 4 ]', 'sh', ...command]
  tell(await measureAt(sandbox.url, what, tolerant, folder, env))
}

function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
