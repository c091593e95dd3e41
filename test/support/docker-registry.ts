import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createInterface} from 'node:readline'

/** A request as Docker's own registry logs it. */
export interface LoggedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** When it came, in milliseconds since the epoch, with fractions. */
  readonly arrivedMs: number
  /** Bytes of the answer's body. */
  readonly written: number
}

/** Docker's own registry, of Debian or of a later version, on loopback and without credentials. */
export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** Those that it has answered and logged; the log line of an answer may come shortly after the answer. */
  readonly requests: readonly LoggedRequest[]
  close(): Promise<void>
}

/**
 * Starts Docker's registry with its data below `folder`.
 *
 * @param program default: Debian's `docker-registry`.
 * @throws {Error} with the last line that it said when it ends before it listens.
 */
export async function startDockerRegistry(
  folder: string,
  program = 'docker-registry',
): Promise<DockerRegistry> {
  await mkdir(folder, {recursive: true})
  const configuration = join(folder, 'registry.yml')
  await writeFile(
    configuration,
    [
      'version: 0.1',
      'log: {level: info, formatter: json, accesslog: {disabled: true}}',
      `storage: {filesystem: {rootdirectory: ${JSON.stringify(join(folder, 'data'))}}}`,
      'http: {addr: "127.0.0.1:0"}',
    ].join('\n'),
  )
  const child = spawn(program, ['serve', configuration], {
    env: {PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none'},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  // One request may be logged more than once; its id is its own.
  const requests = new Map<string, LoggedRequest>()
  let last = ''
  const host = await new Promise<string>((resolve, reject) => {
    createInterface({input: child.stderr}).on('line', line => {
      last = line
      const entry = readLine(line)
      const [, address] = /^listening on (127\.0\.0\.1:\d+)$/.exec(entry['msg'] ?? '') ?? []
      if (address !== undefined) resolve(address)
      // An answer with an error is logged as "response completed with error".
      if (entry['msg']?.startsWith('response completed'))
        requests.set(entry['http.request.id'] ?? '', toRequest(entry))
    })
    exited.then(() => reject(new Error(`${program} ended: ${last}`)), reject)
  })
  return {
    host,
    get requests() {
      return [...requests.values()]
    },
    async close() {
      child.kill()
      await exited
    },
  }
}

type Entry = Readonly<Record<string, string | undefined>>

function readLine(line: string): Entry {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return {}
  }
}

function toRequest(entry: Entry): LoggedRequest {
  return {
    method: entry['http.request.method'] ?? '',
    url: entry['http.request.uri'] ?? '',
    arrivedMs: toMilliseconds(entry['time'] ?? '') - lasted(entry['http.response.duration'] ?? ''),
    written: Number(entry['http.response.written'] ?? 0),
  }
}

/** Of an RFC 3339 time with nanoseconds, which `Date` would cut off. */
function toMilliseconds(time: string): number {
  const [, seconds = '', fraction = '0'] = /^([^.]*)(\.\d+)?Z$/.exec(time) ?? []
  return Date.parse(`${seconds}Z`) + Number(fraction) * 1000
}

const units: Readonly<Record<string, number>> = {h: 3_600_000, m: 60_000, s: 1000, ms: 1, µs: 1e-3, ns: 1e-6}

/** Milliseconds of a duration as Go writes it, such as `1m2.5s`. */
function lasted(duration: string): number {
  const parts = [...duration.matchAll(/([\d.]+)([a-zµ]+)/g)]
  return parts.reduce((sum, [, value, unit = '']) => sum + Number(value) * (units[unit] ?? NaN), 0)
}
