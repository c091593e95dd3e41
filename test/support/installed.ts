import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {expect, onTestFinished} from 'vitest'
import {npm} from '../../tools/npm.ts'
import {cleanEnvironment, runGantry} from './cli.ts'
import {buildImage, pushImage} from './images.ts'
import {dev, devHost, prod, prodHost, startWorld} from './world.ts'

/** The package as npm would publish it, installed from its tarball into an empty prefix. */
export interface Installed {
  /** What npm was told to install into. */
  readonly prefix: string
  /** Where the package lies. */
  readonly folder: string
  readonly version: string
  /** Script of each command, as package.json names it. */
  readonly scripts: Readonly<Record<'gantry' | 'docker-credential-gantry', string>>
}

const quiet = ['--silent', '--no-audit', '--no-fund']

/** Packs the built checkout into an empty folder, and returns the path of the tarball. */
export async function packPackage(work: string): Promise<string> {
  const packed = await npm(['pack', '--pack-destination', work, '--ignore-scripts', ...quiet], root)
  return join(work, packed.trim())
}

/** Makes a tarball a dependency of the project in a folder. */
export async function installInto(project: string, tarball: string): Promise<void> {
  await npm(['install', tarball, '--offline', '--ignore-scripts', ...quiet], project)
}

/** Packs the built checkout and installs the tarball, below an empty folder. */
export async function installPackage(work: string): Promise<Installed> {
  const prefix = join(work, 'prefix')
  const tarball = await packPackage(work)
  const where = ['--global', '--prefix', prefix]
  await npm(['install', ...where, tarball, '--offline', '--ignore-scripts', ...quiet], work)
  const folder = join((await npm(['root', ...where, ...quiet], work)).trim(), 'ecr-gantry')
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string
    bin: Installed['scripts']
  }
  return {
    prefix,
    folder,
    version: manifest.version,
    scripts: {
      gantry: join(folder, manifest.bin.gantry),
      'docker-credential-gantry': join(folder, manifest.bin['docker-credential-gantry']),
    },
  }
}

const root = join(import.meta.dirname, '..', '..')
const image = await buildImage({layers: [{'bin/hello': 'hello'}], sbom: true})

/** What the programs of a package said when everything that users do was done with them. */
export type Answers = Readonly<Record<string, unknown>>

/**
 * Uses an installed package as its users do, on one Node.js: from another folder, with a home in which nothing can be
 * read or written, and with no way to any other host.
 */
export async function useEverything({scripts}: Installed, node: string, folder: string): Promise<Answers> {
  const world = await startWorld()
  onTestFinished(() => world.close())
  await world.sandbox.seed({repositories: [dev, prod].map(account => ({...account, name: 'app'}))})
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')

  const env = {...(await barrenEnvironment(folder)), GANTRY_SANDBOX: world.sandbox.url}
  const options = {cwd: folder, env}
  const gantry = (...args: string[]) => runGantry(args, {...options, command: [node, scripts.gantry]})
  const helper = (action: string, input: string) =>
    runGantry([action], {...options, input, command: [node, scripts['docker-credential-gantry']]})
  const promote = ['promote', `${devHost}/app:v1`, '--to', prodHost]
  return {
    version: await gantry('--version'),
    help: await gantry('--help'),
    commandHelp: await gantry('promote', '--help'),
    login: await gantry('login', devHost, '--print'),
    helperVersion: await helper('version', ''),
    helperGet: await helper('get', devHost),
    promoteUnrecorded: await gantry(...promote),
    promote: await gantry(...promote, '--record', 'record.jsonl', '--json'),
    arrived: (await (await world.open(prodHost)).repository('app').resolve(['v1'])).get('v1'),
    sandbox: await useSandbox(node, scripts.gantry, options),
  }
}

/** What `useEverything` answers when all is well. */
export function goodAnswers({version}: Installed): Answers {
  const said = (stdout: RegExp) => ({
    status: 0,
    stdout: expect.stringMatching(stdout) as string,
    stderr: expect.not.stringMatching(/warn|error/i) as string,
  })
  return {
    version: said(new RegExp(`^ecr-gantry/${version} `)),
    help: said(/^ {2}promote .+/m),
    commandHelp: said(/USAGE/),
    login: said(/^[\w+/=]{100,}\n$/),
    helperVersion: said(new RegExp(version)),
    helperGet: said(/"Username":"AWS"/),
    promoteUnrecorded: {
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^.+ cannot be written: .+ --record FILE\.\n$/) as string,
    },
    promote: said(/"promoted": ?1\b/),
    arrived: image.root.digest,
    sandbox: {reset: said(/is empty/), noise: ''},
  }
}

async function useSandbox(node: string, script: string, {cwd, env}: {cwd: string; env: Environment}) {
  const child = spawn(node, [script, 'sandbox', 'start', '--json', '--ready-file', 'ready.json'], {
    cwd,
    env: {...cleanEnvironment(cwd), ...env},
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const noise = text(child.stderr)
  await once(child.stdout, 'data')
  const {url} = JSON.parse(await readFile(join(cwd, 'ready.json'), 'utf8')) as {url: string}
  const reset = await runGantry(['sandbox', 'reset'], {
    command: [node, script],
    env: {...env, GANTRY_SANDBOX: url},
  })
  child.kill()
  return {reset, noise: await noise}
}

type Environment = Readonly<Record<string, string>>

/** A home that is no directory keeps the administrator out too, whom no mode stops. */
async function barrenEnvironment(folder: string): Promise<Environment> {
  const home = join(folder, 'no-home')
  await writeFile(home, '')
  const nowhere = 'http://127.0.0.1:9'
  return {
    HOME: home,
    USERPROFILE: home,
    LOCALAPPDATA: home,
    XDG_CACHE_HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_STATE_HOME: home,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    NODE_DISABLE_COMPILE_CACHE: '',
  }
}
