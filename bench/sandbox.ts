/**
 * `npm run bench:sandbox`: the sandbox as a registry, beside Docker's own and ministack, in one run. Prints Markdown.
 *
 *   node bench/sandbox.ts [--requests N] [--blob-mib N] [--images N]
 */
import {rmSync} from 'node:fs'
import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {blobOf, imageOf, RegistryLoad} from './load.ts'
import {type Server, servers, startSandboxServer} from './servers.ts'

const {values} = parseArgs({
  options: {
    requests: {type: 'string', default: '5000'},
    'blob-mib': {type: 'string', default: '128'},
    images: {type: 'string', default: '100000'},
  },
})
const [requests, blobMib, images] = [values.requests, values['blob-mib'], values.images].map(Number)
if (![requests, blobMib, images].every(Number.isInteger)) throw new TypeError('flags take whole numbers')

const folder = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
process.once('SIGINT', () => process.exit(130))

await compareServers(requests ?? 0, blobMib ?? 0)
await manyImages(images ?? 0)

/** Requests per second and throughput of one server after the other. */
async function compareServers(count: number, mib: number): Promise<void> {
  const heads = ['server', 'start', 'HEAD manifest', 'GET manifest', 'PUT manifest', 'blob up', 'blob down']
  tell(`| ${heads.join(' | ')} |`, `|${heads.map(() => '---').join('|')}|`)
  for (const {name, start} of servers) {
    const server = await start(join(folder, name.replaceAll(/\W/g, '-')))
    if (server === undefined) {
      tell(`| ${name} | not installed |${' |'.repeat(heads.length - 2)}`)
      continue
    }
    try {
      const load = new RegistryLoad(server)
      const image = await load.push(imageOf('warm up'), 'v1')
      await load.many(Math.min(count, 500), () => load.head('v1'))
      const cells = [
        `${Math.round(server.startMs)} ms`,
        perSecond(await load.many(count, () => load.head('v1')), count),
        perSecond(await load.many(count, () => load.get('v1')), count),
        perSecond(await load.many(count, index => load.put(image, `t${index}`, index)), count),
        throughput(await load.upload(blobOf(mib)), mib),
        throughput(await load.download(blobOf(mib)), mib),
      ]
      tell(`| ${name} | ${cells.join(' | ')} |`)
    } finally {
      await server.close()
    }
  }
  tell('', `${count} requests on 16 connections; one blob of ${mib} MiB.`, '')
}

/** What a sandbox with many images costs: memory, and time to start from the disk. */
async function manyImages(count: number): Promise<void> {
  const data = join(folder, 'many')
  tell(
    `| sandbox with ${count} images | start | resident memory | a page of 1,000 images |`,
    '|---|---|---|---|',
  )
  const row = async (name: string, server: Server) => {
    const load = new RegistryLoad(server)
    const page = await load.page()
    const cells = [server.startMs, server.residentMiB() ?? NaN, page].map(value => value.toFixed(0))
    tell(`| ${name} | ${cells[0]} ms | ${cells[1]} MiB | ${cells[2]} ms |`)
  }
  const first = await startSandboxServer(folder, ['--data', data])
  await row('empty', first)
  const load = new RegistryLoad(first)
  const image = await load.push(imageOf('many'), 'v1')
  const took = await load.many(count - 1, index => load.put(image, `t${index}`, index))
  await row(`after the pushes, ${perSecond(took, count - 1)}`, first)
  await first.close()
  const again = await startSandboxServer(folder, ['--data', data])
  await row('started again', again)
  await again.close()
}

function perSecond(milliseconds: number, count: number): string {
  return `${Math.round((count / milliseconds) * 1000)}/s`
}

function throughput(milliseconds: number, mib: number): string {
  return `${Math.round((mib / milliseconds) * 1000)} MiB/s`
}

function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}
