/**
 * `npm run bench:repos`: what `gantry repos plan`, as it is built, takes of many repositories of a sandbox of which none
 * differs: requests, wall time beside the least that they can take, memory; and the CPU time of the comparison alone. The
 * sandbox holds every request to the published rates and answers after a while, as a network does. AWS publishes no rate of
 * what is asked here, so that the least time is that of one request, measured, times their number, over how many are in
 * flight. Prints Markdown.
 *
 *   node bench/repos.ts [--repositories NUMBER] [--delay MILLISECONDS] [--concurrency NUMBER,...]
 */
import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'
import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {ECRClient, GetRepositoryPolicyCommand} from '@aws-sdk/client-ecr'
import {parseEstate} from '../src/lib/config/parse.ts'
import {lookAtRepositories} from '../src/lib/repos/look-repositories.ts'
import {describedAs, manyRepositories, registryWith, seedOf} from '../test/support/many-repositories.ts'
import {control, disconnect, figuresAt} from './at-sandbox.ts'
import {median} from './measure.ts'
import {startSandboxServer} from './servers.ts'
import {gantry} from './tools.ts'

const {values} = parseArgs({
  options: {
    repositories: {type: 'string', default: '10000'},
    delay: {type: 'string', default: '20'},
    concurrency: {type: 'string', default: '8,32,64'},
    compare: {type: 'string'},
  },
})
const [repositories = 0, delayMs = 0] = [values.repositories, values.delay].map(Number)
const concurrencies = values.concurrency.split(',').map(Number)
if (![repositories, delayMs, ...concurrencies].every(number => Number.isInteger(number) && number > 0))
  throw new TypeError('--repositories, --delay and --concurrency take whole numbers over 0')

if (values.compare === undefined) await measure()
else process.stdout.write(String(await compare(values.compare === 'listed')))

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
  process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
  process.once('SIGINT', () => process.exit(130))
  const sandbox = await startSandboxServer(folder, ['--rates', 'published'])
  try {
    const many = manyRepositories(repositories, false)
    const seeded = performance.now()
    await control(sandbox.url, 'POST', 'seed', {repositories: seedOf(many)})
    print(`${repositories} repositories were seeded in ${secondsOf(performance.now() - seeded)} s.`, '')
    await writeFile(join(folder, 'repos.yaml'), many.file)
    const faults = [{kind: 'slow', plane: 'api', delayMs, times: Number.MAX_SAFE_INTEGER}]
    await control(sandbox.url, 'PUT', 'faults', faults)
    const requestMs = await timeOfOne(sandbox.url, many.names)
    print(`A request by itself takes ${requestMs.toFixed(1)} ms.`, '')
    print('| in flight | requests | least s | wall s | CPU s | peak MiB |', '|---|---|---|---|---|---|')
    for (const concurrency of concurrencies) {
      const command = [...gantry, 'repos', 'plan', '--no-progress', '--concurrency', String(concurrency)]
      const env = {GANTRY_SANDBOX: sandbox.url}
      const {requests, wallMs, cpuMs, peakMiB} = await figuresAt(sandbox.url, command, folder, env)
      const least = (requests * requestMs) / concurrency
      const figures = [least, wallMs, cpuMs ?? Number.NaN].map(secondsOf)
      print(`| ${[concurrency, requests, ...figures, peakMiB?.toFixed(0) ?? '?'].join(' | ')} |`)
    }
    print('', `| comparison alone of ${repositories} | CPU s |`, '|---|---|')
    for (const how of ['match rules', 'listed']) print(`| ${how} | ${compareApart(how)} |`)
  } finally {
    disconnect()
    await sandbox.close()
  }
}

/** Milliseconds of one request when nothing else is asked: the median of some, one after the other. */
async function timeOfOne(url: string, names: readonly string[]): Promise<number> {
  const client = new ECRClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: {accessKeyId: '111111111111', secretAccessKey: 'any'},
  })
  const times: number[] = []
  for (const repositoryName of names.slice(0, 200)) {
    const began = performance.now()
    await client.send(new GetRepositoryPolicyCommand({repositoryName}))
    times.push(performance.now() - began)
  }
  client.destroy()
  return median(times)
}

/** The fastest of three processes: whatever else the machine does only adds to it. */
function compareApart(how: string): string {
  const command = [fileURLToPath(import.meta.url), '--compare', how, '--repositories', String(repositories)]
  const times = [1, 2, 3].map(() => Number(execFileSync(process.execPath, command, {encoding: 'utf8'})))
  return Math.min(...times).toFixed(2)
}

/** CPU seconds of what settings mean, what they want and what differs, where every answer is there at once. */
async function compare(listed: boolean): Promise<number> {
  const many = manyRepositories(repositories, listed)
  const estate = parseEstate(many.file, 'repos.yaml')
  const {at} = registryWith(many)
  const candidates = many.names.map(name => ({name, listed: describedAs(name), isNamed: listed}))
  const before = process.cpuUsage()
  const found = await lookAtRepositories(candidates, {
    at,
    estate,
    concurrency: 8,
    signal: new AbortController().signal,
    onRepository() {},
  })
  const {user, system} = process.cpuUsage(before)
  if (found.changes.length + found.unread.length > 0) throw new Error('something differs')
  return (user + system) / 1e6
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(1)
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
