#!/usr/bin/env node
// Runs a step of the project on the pinned Node.js, on a clean clone too: brings the runtime and the dependencies when
// they are missing, then hands over. Plain JavaScript for any Node.js >= 18, because it runs before anything is there.
//
//   node tools/run.mjs STEP [ARG ...]        STEP is one of `steps` below
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {delimiter, dirname, join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = name => join('node_modules', name)
const vitest = (...args) => ['node', bin('vitest/vitest.mjs'), 'run', ...args]
const build = [['node', 'tools/build.ts']]

/** Each step is a list of commands; the arguments of the call go to the last one. */
const steps = {
  build,
  demo: [...build, ['node', 'tools/demo.ts']],
  test: [...build, vitest('--project', 'default')],
  'test:heavy': [...build, vitest('--project', 'heavy')],
  'test:peers': [...build, vitest('--project', 'peers')],
  bench: [...build, ['node', 'bench/run.ts']],
  'bench:faults': [...build, ['node', 'bench/faults.ts']],
  'bench:lifecycle': [['node', 'bench/lifecycle.ts']],
  'bench:lifecycle-repository': [...build, ['node', 'bench/lifecycle-repository.ts']],
  'bench:memory': [...build, ['node', 'bench/memory.ts']],
  'bench:replication': [...build, ['node', 'bench/replication.ts']],
  'bench:repos': [...build, ['node', 'bench/repos.ts']],
  'bench:sandbox': [...build, ['node', 'bench/sandbox.ts']],
  'bench:scan-gate': [['node', 'bench/scan-gate.ts']],
  format: [['node', bin('@biomejs/biome/bin/biome'), 'check', '--write', '.']],
  generate: [
    ['node', 'tools/generate-schema.ts'],
    ['node', 'tools/generate-fields.ts'],
    ['node', 'tools/generate-reference.ts'],
    ...build,
    ['node', 'tools/generate-manifest.ts'],
  ],
  lint: [
    ['node', bin('typescript/bin/tsc'), '--project', '.'],
    ['node', bin('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'],
    ['node', bin('@biomejs/biome/bin/biome'), 'ci', '.'],
    ['node', 'tools/check-layers.ts'],
    ['node', bin('knip/bin/knip.js')],
    ['node', 'tools/generate-schema.ts', '--check'],
    ['node', 'tools/generate-fields.ts', '--check'],
    ['node', 'tools/generate-reference.ts', '--check'],
    ...build,
    ['node', 'tools/generate-manifest.ts', '--check'],
    ['node', 'tools/check-package.ts'],
  ],
}

const [name = '', ...rest] = process.argv.slice(2)
const step = steps[name]
if (!step) {
  tell(`Unknown step "${name}". Steps: ${Object.keys(steps).join(', ')}.`)
  process.exit(2)
}

const node = pinnedNode()
// `node` on the PATH of every child is the pinned one, so that whatever it spawns runs on it too.
const environment = {...process.env, PATH: dirname(node) + delimiter + (process.env.PATH ?? '')}
installDependencies()
step.forEach(([, ...args], index) =>
  run(node, index === step.length - 1 ? [...args, ...rest] : args, {env: environment}),
)

/** The pinned Node.js: this one when it is that version, else the one that `tools/node` locks, installed when missing. */
function pinnedNode() {
  const home = join(root, 'tools', 'node')
  const wanted = Object.values(readJson(join(home, 'package.json')).optionalDependencies)[0]
  if (process.versions.node === wanted) return process.execPath
  const found = installedNode(home, wanted)
  if (found) return found
  tell(`Getting Node.js ${wanted} (this is ${process.version}) …`)
  npm(process.execPath, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], home, process.env)
  const installed = installedNode(home, wanted)
  if (installed) return installed
  tell(
    `npm has no Node.js ${wanted} for ${process.platform}-${process.arch}. Install Node.js ${wanted} and run this again.`,
  )
  process.exit(1)
}

function installedNode(home, wanted) {
  const modules = join(home, 'node_modules')
  const packages = existsSync(modules) ? readdirSync(modules) : []
  for (const folder of packages.filter(entry => entry.startsWith('node-'))) {
    const {bin: binary, version} = readJson(join(modules, folder, 'package.json'))
    if (version === wanted) return join(modules, folder, binary.node)
  }
  return undefined
}

/** `npm ci` when the lock file is not the one that was installed. */
function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.gantry-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  tell('Installing the dependencies …')
  npm(node, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], root, environment)
  writeFileSync(stamp, lock)
}

function npm(runtime, args, cwd, env) {
  // Inside `npm run`, npm tells where its own JavaScript is; that avoids npm.cmd, which needs a shell on Windows.
  const script = process.env.npm_execpath
  if (script?.endsWith('npm-cli.js')) return run(runtime, [script, ...args], {cwd, env})
  return run('npm', args, {cwd, env, shell: process.platform === 'win32'})
}

function run(command, args, options) {
  const {status, error, signal} = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
  })
  if (error) tell(`${command}: ${error.message}`)
  if (signal) process.kill(process.pid, signal)
  if (status !== 0) process.exit(status ?? 1)
}

function tell(line) {
  process.stderr.write(`${line}\n`)
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
