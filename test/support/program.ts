/** The program from its sources, in this process: for many runs of what ends early. `cli.ts` runs the built one. */
import {createRequire} from 'node:module'
import {fileURLToPath} from 'node:url'
import {vi} from 'vitest'
import packageJson from '../../package.json' with {type: 'json'}
import type * as program from '../../src/main.ts'
import type {RunResult} from './cli.ts'

/** Loaded as oclif loads the commands, by Node.js itself: else errors of the ones are none of the other's. */
const {main} = createRequire(import.meta.url)('../../src/main.ts') as typeof program
const root = fileURLToPath(new URL('../..', import.meta.url))
const pjson = {
  ...packageJson,
  oclif: {...packageJson.oclif, commands: {...packageJson.oclif.commands, target: './src/commands'}},
}

/** @param env added to the environment while it runs. */
export async function runProgram(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const written = {stdout: '', stderr: ''}
  const spies = (['stdout', 'stderr'] as const).map(name =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }),
  )
  const listeners = listenersNow()
  const before = {...process.env}
  const {exitCode} = process
  Object.assign(process.env, env)
  process.exitCode = undefined
  try {
    await main(argv, {root, pjson, ignoreManifest: true} as unknown as Parameters<typeof main>[1])
    return {...written, status: exitCodeNow()}
  } finally {
    for (const spy of spies) spy.mockRestore()
    process.exitCode = exitCode
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
    Object.assign(process.env, before)
    removeListenersSince(listeners)
  }
}

const watched = [
  [process, 'uncaughtException'],
  [process, 'SIGINT'],
  [process, 'SIGTERM'],
  [process, 'SIGHUP'],
  [process.stdout, 'error'],
  [process.stderr, 'error'],
] as const

function exitCodeNow(): number {
  return Number(process.exitCode ?? 0)
}

function listenersNow(): readonly ReadonlySet<unknown>[] {
  return watched.map(([emitter, event]) => new Set(emitter.listeners(event)))
}

/** The program adds its own for the one run that a process has. */
function removeListenersSince(known: readonly ReadonlySet<unknown>[]): void {
  for (const [index, [emitter, event]] of watched.entries())
    for (const listener of emitter.listeners(event))
      if (known[index]?.has(listener) !== true) emitter.off(event, listener as () => void)
}
