/**
 * `npm run demo`: the product from end to end on an embedded ECR. Starts a sandbox with a dev and a prod account, puts a
 * real two-platform image with an SBOM into dev, and types what a user would type.
 */
import {spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'
import {setTimeout as delay} from 'node:timers/promises'
import {openRegistry} from '../src/lib/ecr/open.ts'
import {buildImage, pushImage} from '../test/support/images.ts'

const dev = {account: '111111111111', region: 'eu-west-1'}
const prod = {account: '222222222222', region: 'eu-west-1'}
const estate = `version: 1
accounts:
  dev:  { id: "${dev.account}", region: ${dev.region} }
  prod: { id: "${prod.account}", region: ${prod.region}, role: "arn:aws:iam::${prod.account}:role/release" }
`
const seed = {
  repositories: [
    {...dev, name: 'demo/gantry'},
    {...prod, name: 'demo/gantry', tagMutability: 'IMMUTABLE'},
  ],
}

const folder = await mkdtemp(join(tmpdir(), 'gantry-demo-'))
const program = join(import.meta.dirname, '..', 'bin', 'run.js')
const environment: NodeJS.ProcessEnv = {...process.env, XDG_STATE_HOME: folder, LOCALAPPDATA: folder}

const sandbox = spawn(
  process.execPath,
  [program, 'sandbox', 'start', '--ready-file', join(folder, 'ready.json')],
  {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)
const ended = once(sandbox, 'exit')
try {
  say('An embedded ECR', 'gantry sandbox start')
  const {url} = await ready(join(folder, 'ready.json'))
  environment['GANTRY_SANDBOX'] = url
  say('From here on all AWS and registry traffic goes there', `export GANTRY_SANDBOX=${url}`)

  await writeFile(join(folder, 'repos.yaml'), estate)
  say('Two accounts; prod is written to by a role', 'cat repos.yaml')
  process.stdout.write(estate)
  await writeFile(join(folder, 'seed.json'), JSON.stringify(seed))
  gantry('A repository in each; in prod a tag is forever', 0, 'sandbox', 'seed', 'seed.json')
  await pushDemoImages(url)

  gantry(
    'Log in: docker, podman, skopeo and friends read this file',
    0,
    'login',
    'dev',
    'prod',
    '--authfile',
    'auth.json',
  )
  gantry(
    'What would happen',
    0,
    'promote',
    'demo/gantry:rc1',
    '--from',
    'dev',
    '--to',
    'prod',
    '--tag',
    'v1.0.0',
    '--dry-run',
  )
  gantry(
    'Promote, by digest: both platforms and the SBOM',
    0,
    'promote',
    'demo/gantry:rc1',
    '--from',
    'dev',
    '--to',
    'prod',
    '--tag',
    'v1.0.0',
  )
  gantry(
    'Again: nothing to do, nothing written',
    0,
    'promote',
    'demo/gantry:rc1',
    '--from',
    'dev',
    '--to',
    'prod',
    '--tag',
    'v1.0.0',
  )
  gantry(
    'Another image under the same tag is refused',
    7,
    'promote',
    'demo/gantry:rc2',
    '--from',
    'dev',
    '--to',
    'prod',
    '--tag',
    'v1.0.0',
  )
  say('That was it', 'gantry promote --help')
} finally {
  sandbox.kill()
  // Windows removes no folder that a process works in.
  await ended
  await rm(folder, {recursive: true, force: true, maxRetries: 3})
}

function gantry(what: string, expected: number, ...args: string[]): void {
  say(what, ['gantry', ...args].join(' '))
  const {status} = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: environment,
    stdio: 'inherit',
  })
  if (status !== expected)
    throw new Error(`gantry ${args.join(' ')} ended with ${status}, not with ${expected}`)
  if (expected !== 0) process.stdout.write(`(exit ${expected})\n`)
}

function say(what: string, command: string): void {
  process.stdout.write(`\n# ${what}\n$ ${command}\n`)
}

/** Two images of this very program: real files in gzip layers, for two platforms. */
async function pushDemoImages(sandboxUrl: string): Promise<void> {
  say(
    'An image of this program for two platforms, with its SBOM, is pushed to dev',
    'docker buildx build --push …',
  )
  const context = {
    signal: AbortSignal.timeout(60_000),
    now: Date.now,
    concurrency: 8,
    retryForMs: 10_000,
    onEvent: () => {},
  }
  const {registry} = await openRegistry(
    {host: `${dev.account}.dkr.ecr.${dev.region}.amazonaws.com`},
    {environment: {env: {}, sandboxUrl, now: Date.now, signal: context.signal}, context},
  )
  const repository = registry.repository('demo/gantry')
  const documents = await filesOf('.', ['README.md', 'LICENSE', 'package.json'])
  const bundle = await filesOf(
    'dist',
    (await readdir('dist')).filter(name => name.endsWith('.js')),
  )
  const platforms = [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ]
  for (const tag of ['rc1', 'rc2']) {
    const layers = [documents, bundle, {'etc/gantry-release': `${tag}\n`}]
    const image = await buildImage({layers, platforms, sbom: true})
    await pushImage(repository, image, tag)
    process.stdout.write(`demo/gantry:${tag} is ${image.root.digest}\n`)
  }
  registry.close()
}

async function filesOf(root: string, names: readonly string[]): Promise<Record<string, Uint8Array>> {
  const entries = names.map(async name => [`opt/gantry/${name}`, await readFile(join(root, name))] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function ready(file: string): Promise<{url: string}> {
  const exited = ended.then(([code]) => Promise.reject(new Error(`the sandbox ended with ${code}`)))
  exited.catch(() => undefined)
  while (!existsSync(file)) await Promise.race([delay(20), exited])
  return JSON.parse(readFileSync(file, 'utf8')) as {url: string}
}
