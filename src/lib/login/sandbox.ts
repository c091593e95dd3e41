import {get, type IncomingMessage} from 'node:http'
import {isAccountId, isRegion} from '../ecr/hosts.ts'
import {FailureError, TransientError} from '../errors.ts'
import type {SandboxRegistry} from './registries.ts'

/** What the sandbox tells of itself: the registries that it serves on ports of their own. */

const longestAnswer = 64 * 1024
const longestWaitMs = 10_000

/**
 * Asks the sandbox at `origin` (`http://127.0.0.1:PORT`). Throws `TransientError` when it is not there, `FailureError`
 * when what answers is no sandbox, and the signal's reason.
 */
export async function readSandboxRegistries(
  origin: string,
  signal: AbortSignal,
): Promise<readonly SandboxRegistry[]> {
  let body: string
  try {
    const response = await open(
      `${origin}/_sandbox/health`,
      AbortSignal.any([signal, AbortSignal.timeout(longestWaitMs)]),
    )
    body = response.statusCode === 200 ? await textOf(response) : ''
    response.destroy()
  } catch (error) {
    signal.throwIfAborted()
    throw new TransientError(
      'SANDBOX_UNREACHABLE',
      `The sandbox at ${origin} (GANTRY_SANDBOX) does not answer. Start it: gantry sandbox start.`,
      {cause: error},
    )
  }
  const registries = readRegistries(body)
  if (registries !== undefined) return registries
  throw new FailureError(
    'NOT_A_SANDBOX',
    `What answers at ${origin} (GANTRY_SANDBOX) is not a Gantry sandbox.`,
  )
}

async function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    get(url, {agent: false, signal}, resolve).on('error', reject)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > longestAnswer) return ''
  }
  return Buffer.concat(chunks).toString()
}

function readRegistries(body: string): readonly SandboxRegistry[] | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined
  }
  const list = field(answer, 'registries')
  if (!Array.isArray(list)) return undefined
  const registries = list.map(readRegistry)
  return registries.every(registry => registry !== undefined) ? registries : undefined
}

function readRegistry(entry: unknown): SandboxRegistry | undefined {
  const [account, region, url] = ['account', 'region', 'url'].map(name => field(entry, name))
  if (typeof account !== 'string' || typeof region !== 'string' || typeof url !== 'string') return undefined
  return isAccountId(account) && isRegion(region) && URL.canParse(url) ? {account, region, url} : undefined
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
