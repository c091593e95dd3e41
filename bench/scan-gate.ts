/**
 * `npm run bench:scan-gate`: requests, time and memory of reading what scans found in the platforms of one index and judging
 * it, from a sandbox of this process in a process of its own. Prints Markdown.
 *
 *   node bench/scan-gate.ts [--findings NUMBER] [--platforms NUMBER] [--runs NUMBER]
 */
import {execFile} from 'node:child_process'
import process from 'node:process'
import {fileURLToPath} from 'node:url'
import {parseArgs, promisify} from 'node:util'
import {ECRClient, PutRegistryScanningConfigurationCommand} from '@aws-sdk/client-ecr'
import {gateDefaults} from '../src/lib/config/gates.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {openImages} from '../src/lib/ecr/inventory/images.ts'
import {wait} from '../src/lib/oci/wait.ts'
import {type Sandbox, startSandbox} from '../src/lib/sandbox/index.ts'
import {awaitEvidence} from '../src/lib/scan/await-evidence.ts'
import {ignoreRulesOf} from '../src/lib/scan/ignore-rules.ts'
import {judgeImage} from '../src/lib/scan/judge-image.ts'
import {vexStatementsOf} from '../src/lib/scan/vex.ts'
import {basicFinding, basicScan, enhancedFinding, enhancedScan} from '../test/support/scan-documents.ts'
import {scannedRepository} from '../test/support/scan-images.ts'

/** What one process did and took. */
interface Figures {
  /** As they are read, those of all platforms. */
  readonly findings: number
  /** As they are judged: what platforms have alike is one. */
  readonly judged: number
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMiB: number
}

const {values} = parseArgs({
  options: {
    findings: {type: 'string', default: '10000'},
    platforms: {type: 'string', default: '5'},
    runs: {type: 'string', default: '3'},
    measure: {type: 'string'},
  },
})
const [findings, platforms, runs] = [values.findings, values.platforms, values.runs].map(Number)
if (!findings || !platforms || !runs)
  throw new TypeError('--findings, --platforms and --runs take numbers over 0')

const place = {account: '111111111111', region: 'eu-west-1'}
const host = `${place.account}.dkr.ecr.${place.region}.amazonaws.com`
const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNTRIAGED']

if (values.measure === undefined) await compare(findings, platforms, runs)
else process.stdout.write(JSON.stringify(await measure(values.measure)))

async function compare(count: number, most: number, times: number): Promise<void> {
  print(['scan', 'platforms', 'findings', 'requests', 'wall s', 'CPU s', 'peak MiB'])
  print(Array.from({length: 7}, () => '---'))
  for (const scanType of ['basic', 'enhanced'] as const) {
    for (const many of [1, most]) {
      const sandbox = await startSandbox()
      await fill(sandbox, scanType, count, many)
      const measured: Figures[] = []
      let requests = 0
      for (let run = 0; run < times; run += 1) {
        sandbox.clearRequests()
        measured.push(await measureApart(sandbox.url))
        requests = sandbox.requests.length
      }
      await sandbox.close()
      // Whatever else the machine does only adds to it.
      const [best] = measured.toSorted((a, b) => a.cpuSeconds - b.cpuSeconds)
      if (best?.findings !== count * many || best.judged !== count) throw new Error('findings are missing')
      const {seconds, cpuSeconds, peakMiB} = best
      print([
        scanType,
        many,
        best.findings,
        requests,
        seconds.toFixed(1),
        cpuSeconds.toFixed(1),
        peakMiB.toFixed(0),
      ])
    }
  }
}

/** Puts an index whose images have the same findings, as those of one release do. */
async function fill(
  sandbox: Sandbox,
  scanType: 'basic' | 'enhanced',
  count: number,
  many: number,
): Promise<void> {
  const ids = Array.from({length: count}, (_, n) => [`CVE-2026-${n}`, severities[n % 5] ?? ''] as const)
  const scan =
    scanType === 'basic'
      ? basicScan(...ids.map(([id, severity]) => basicFinding(id, severity, {description: prose(id)})))
      : enhancedScan(...ids.map(([id, severity]) => enhancedFinding(id, severity, {description: prose(id)})))
  const images = Array.from({length: many}, (_, n) => ({name: `image-${n}`, findings: scan}))
  const lists = images.map(({name}, n) => ({name, platform: `linux/platform${n}`}))
  const client = new ECRClient({
    endpoint: sandbox.url,
    region: place.region,
    credentials: {accessKeyId: place.account, secretAccessKey: 'any'},
  })
  const type = scanType === 'basic' ? 'BASIC' : 'ENHANCED'
  await client.send(new PutRegistryScanningConfigurationCommand({scanType: type, rules: []}))
  client.destroy()
  const {seed} = scannedRepository({...place, name: 'bench/app'}, [
    ...images,
    {name: 'index', tags: ['v1'], lists},
  ])
  await sandbox.seed({repositories: [seed]})
}

/** As long as descriptions of vulnerabilities usually are. */
function prose(id: string): string {
  return `What ${id} is about. ${'A flaw was found in how the parser handles lengths that are given twice. '.repeat(7)}`
}

async function measureApart(url: string): Promise<Figures> {
  const {stdout} = await promisify(execFile)(process.execPath, [
    fileURLToPath(import.meta.url),
    '--measure',
    url,
  ])
  return JSON.parse(stdout) as Figures
}

async function measure(sandboxUrl: string): Promise<Figures> {
  const [start, cpuStart] = [performance.now(), process.cpuUsage()]
  const signal = AbortSignal.timeout(600_000)
  const now = Date.now
  const estate = parseEstate('version: 1\n', 'repos.yaml')
  const {images, registries} = await openImages([`${host}/bench/app:v1`], estate, {
    environment: {env: {}, sandboxUrl, now, signal},
    context: {signal, now, concurrency: 8, retryForMs: 60_000, onEvent() {}},
    access: 'look',
  })
  const evidence = await awaitEvidence(images, {
    waitMs: 0,
    start: false,
    now,
    wait,
    signal,
    random: Math.random,
    onEvent() {},
    concurrency: 8,
  })
  const terms = {now: now(), ignores: ignoreRulesOf([]), vex: vexStatementsOf([])}
  const verdicts = evidence.map(image => judgeImage(image, gateDefaults, terms))
  registries.close()
  const {user, system} = process.cpuUsage(cpuStart)
  const found = evidence.flatMap(image => image.platforms.map(each => each.evidence))
  return {
    findings: found.reduce((sum, each) => sum + (each.kind === 'scanned' ? each.findings.length : 0), 0),
    judged: verdicts.reduce((sum, verdict) => sum + verdict.findings.length, 0),
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }
}

function print(columns: readonly (string | number)[]): void {
  process.stdout.write(`| ${columns.join(' | ')} |\n`)
}
