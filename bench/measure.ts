import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {cleanEnvironment} from '../test/support/cli.ts'

/** What commands took, one after another. */
export interface Cost {
  readonly wallMs: number
  /** When each of them was started and had ended, by {@link now}. */
  readonly spans: readonly Span[]
  /** User and system time; with `peakMiB` undefined where GNU time is not installed. */
  readonly cpuMs: number | undefined
  /** Resident memory of the largest process. */
  readonly peakMiB: number | undefined
}

export interface Span {
  readonly beganMs: number
  readonly endedMs: number
}

/** Milliseconds since the epoch, with fractions: the clock that registries log by. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

const gnuTime = '/usr/bin/time'

/**
 * Runs commands in an empty home, which keeps what they cache there.
 *
 * @throws {Error} with what a command said on stderr when it ends with anything but 0.
 */
export async function run(
  commands: readonly (readonly string[])[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Cost> {
  const costs: Cost[] = []
  for (const command of commands) costs.push(await runOne(command, home, env))
  return {
    wallMs: sum(costs.map(({wallMs}) => wallMs)),
    spans: costs.flatMap(({spans}) => spans),
    cpuMs: costs.every(({cpuMs}) => cpuMs !== undefined)
      ? sum(costs.map(({cpuMs}) => cpuMs ?? 0))
      : undefined,
    peakMiB: costs.every(({peakMiB}) => peakMiB !== undefined)
      ? Math.max(...costs.map(({peakMiB}) => peakMiB ?? 0))
      : undefined,
  }
}

async function runOne(
  command: readonly string[],
  home: string,
  added: Readonly<Record<string, string>>,
): Promise<Cost> {
  const report = join(home, 'time.txt')
  const timed = existsSync(gnuTime) ? [gnuTime, '-o', report, '-f', '%U %S %M', ...command] : command
  const {NODE_DISABLE_COMPILE_CACHE: _, ...clean} = cleanEnvironment(home)
  const env = {...clean, ...added}
  const beganMs = now()
  const child = spawn(timed[0] ?? '', timed.slice(1), {cwd: home, env, stdio: ['ignore', 'ignore', 'pipe']})
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  const endedMs = now()
  const [wallMs, spans] = [endedMs - beganMs, [{beganMs, endedMs}]]
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`)
  if (timed === command) return {wallMs, spans, cpuMs: undefined, peakMiB: undefined}
  const [user = 0, system = 0, kibibytes = 0] = (await readFile(report, 'utf8')).trim().split(' ').map(Number)
  return {wallMs, spans, cpuMs: (user + system) * 1000, peakMiB: kibibytes / 1024}
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = NaN, high = NaN] = [Math.floor, Math.ceil].map(round => sorted[round((sorted.length - 1) / 2)])
  return (low + high) / 2
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
