/** What benchmarks of commands against a running sandbox share. */
import {once} from 'node:events'
import {Agent, type IncomingMessage, request} from 'node:http'
import {text} from 'node:stream/consumers'
import {type Cost, run} from './measure.ts'

const agent = new Agent({keepAlive: true})

/** Asks a sandbox to do or to tell something: `PUT`, `clock`. @throws {Error} with what it says against it. */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const sent = request(`${url}/_sandbox/${path}`, {method, agent})
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const told = await text(answer)
  if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${told}`)
  return JSON.parse(told)
}

/** Lets go of the connections to sandboxes. */
export function disconnect(): void {
  agent.destroy()
}

/** What a command took, and how many requests the sandbox saw. */
export interface FiguresAt extends Cost {
  readonly requests: number
}

/**
 * Runs a command against a sandbox.
 *
 * @throws {Error} when the command ends with anything but 0.
 */
export async function figuresAt(
  url: string,
  command: readonly string[],
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<FiguresAt> {
  await control(url, 'DELETE', 'requests')
  const cost = await run([command], home, env)
  const {requests, dropped} = (await control(url, 'GET', 'requests')) as {
    requests: unknown[]
    dropped: number
  }
  return {...cost, requests: requests.length + dropped}
}

/**
 * The same as a row of a Markdown table: what, requests, seconds of the wall and of CPU, MiB of the largest process.
 *
 * @throws {Error} as {@link figuresAt}.
 */
export async function measureAt(
  url: string,
  what: string,
  command: readonly string[],
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const {requests, wallMs, cpuMs, peakMiB} = await figuresAt(url, command, home, env)
  const figures = [wallMs / 1000, (cpuMs ?? NaN) / 1000].map(seconds => seconds.toFixed(1))
  return `| ${[what, requests, ...figures, peakMiB?.toFixed(0) ?? '?'].join(' | ')} |`
}
