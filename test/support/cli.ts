import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'

export {startSandbox} from '../../src/lib/sandbox/start.ts'

export interface RunOptions {
  /** Added to a clean environment: nothing of AWS, proxies or settings from outside. */
  readonly env?: Readonly<Record<string, string>>
  /** Another program, or another Node.js for it. */
  readonly command?: readonly [node: string, script: string]
  /** Default: an empty directory. */
  readonly cwd?: string
  /** For standard input, which is empty without it. */
  readonly input?: string
}

export interface RunResult {
  /** Exit code; null when a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export const program = join(import.meta.dirname, '..', '..', 'bin', 'run.js')

/** Runs the built `gantry` as a user would, with a home of its own that is gone afterwards. */
export async function runGantry(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const home = await mkdtemp(join(tmpdir(), 'gantry-home-'))
  try {
    const [node, script] = options.command ?? [process.execPath, program]
    const child = spawn(node, [script, ...args], {
      cwd: options.cwd ?? home,
      env: {...cleanEnvironment(home), ...options.env},
    })
    // A program that ends before it has read everything is judged by its exit code.
    child.stdin.on('error', () => undefined).end(options.input ?? '')
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    return {status, stdout, stderr}
  } finally {
    await rm(home, {recursive: true, force: true, maxRetries: 3})
  }
}

/** The environment of a user who has set up nothing, with all of the user's directories below `home`. */
export function cleanEnvironment(home: string): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TMP'].flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    LOCALAPPDATA: join(home, 'local'),
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE_DISABLE_COMPILE_CACHE: '1',
    NO_COLOR: '1',
  }
}

/** The document of `--json`. */
export interface Output<Item> {
  readonly summary: Readonly<Record<string, unknown>>
  readonly items: readonly Item[]
  readonly exitCode: number
}

/**
 * Runs `gantry ... --json` and reads the document.
 *
 * @throws {Error} with what the program said on stderr when it printed something else.
 */
export async function runJson<Item>(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output<Item>> {
  const {stdout, stderr, status} = await runGantry([...args, '--json'], options)
  try {
    return JSON.parse(stdout) as Output<Item>
  } catch {
    throw new Error(`gantry ${args.join(' ')} ended with ${status} and no JSON document: ${stdout}${stderr}`)
  }
}
