import {GantryError, UsageError} from '../../errors.ts'
import {parseSeed} from '../seed-format.ts'
import type {Sandbox} from '../types.ts'
import {type Incoming, type Reply, readBody} from './exchange.ts'
import {parseFaults} from './faults.ts'

const largestBody = 256 * 1024 * 1024

/** Answers `/_sandbox/...`: what a test does to a sandbox that runs in another process. */
export async function control(sandbox: Sandbox, incoming: Incoming): Promise<Reply> {
  try {
    return await command(sandbox, incoming)
  } catch (error) {
    if (error instanceof GantryError) return json(400, {code: error.code, message: error.message})
    throw error
  }
}

async function command(sandbox: Sandbox, incoming: Incoming): Promise<Reply> {
  switch (`${incoming.method} ${incoming.path.slice('/_sandbox/'.length)}`) {
    case 'GET health':
      return json(200, {
        status: 'ok',
        registries: Array.from(sandbox.registryUrls, ([registry, url]) => {
          const [account, region] = registry.split('/')
          return {account, region, url}
        }),
      })
    case 'GET requests':
      return json(200, {requests: sandbox.requests})
    case 'DELETE requests':
      sandbox.clearRequests()
      return json(200, {})
    case 'PUT faults':
      sandbox.setFaults(parseFaults(await readJson(incoming)))
      return json(200, {})
    case 'PUT clock':
      sandbox.setClock(parseClock(await readJson(incoming)))
      return json(200, {})
    case 'POST seed':
      await sandbox.seed(parseSeed(await readJson(incoming)))
      return json(200, {})
    case 'POST reset':
      await sandbox.reset()
      return json(200, {})
    default:
      return json(404, {code: 'UNKNOWN_COMMAND', message: 'There is no such sandbox command.'})
  }
}

async function readJson({body}: Incoming): Promise<unknown> {
  const bytes = await readBody(body, largestBody)
  if (bytes === undefined) throw new UsageError('BODY_TOO_LARGE', 'A sandbox command takes at most 256 MiB.')
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new UsageError('INVALID_JSON', 'The body of a sandbox command must be JSON.')
  }
}

/** `{"epochMs": 1700000000000}` stops the clock; `{"epochMs": null}` lets it run. */
function parseClock(value: unknown): number | undefined {
  const {epochMs} = (value ?? {}) as {epochMs?: unknown}
  if (epochMs === null) return undefined
  if (typeof epochMs === 'number' && Number.isSafeInteger(epochMs)) return epochMs
  throw new UsageError(
    'INVALID_CLOCK',
    'Sandbox clock: epochMs must be a whole number of milliseconds, or null.',
  )
}

function json(status: number, value: object): Reply {
  return {status, headers: {'content-type': 'application/json; charset=utf-8'}, body: JSON.stringify(value)}
}
