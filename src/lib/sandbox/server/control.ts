import {GantryError, UsageError} from '../../errors.ts'
import type {EventLog} from '../events/event-log.ts'
import {type Incoming, type Reply, readBody} from '../exchange.ts'
import type {Fault, Rates} from '../hindrances.ts'
import type {SandboxSeed} from '../seed-format.ts'
import type {Quotas} from '../state/quotas.ts'
import type {ImageFindings, Sandbox} from '../types.ts'
import {parseClock} from './clock-setting.ts'
import type {RequestLog} from './request-log.ts'

const largestBody = 256 * 1024 * 1024

/** What is controlled. */
export interface Controlled {
  readonly sandbox: Sandbox
  readonly log: RequestLog
  readonly events: EventLog
}

/** Does one thing with one resource; what it returns is the answer, `{}` without. */
type Action = (controlled: Controlled, incoming: Incoming) => unknown

/** What there is under `/_sandbox/`, and what can be done with it. The sandbox checks what it is given. */
export const resources: Readonly<Record<string, Readonly<Record<string, Action>>>> = {
  health: {
    GET: ({sandbox}) => ({
      status: 'ok',
      registries: Array.from(sandbox.registryUrls, ([registry, url]) => {
        const [account, region] = registry.split('/')
        return {account, region, url}
      }),
    }),
  },
  requests: {
    GET: ({log}, {query}) => {
      const since = parseSince(query)
      return {requests: log.requests.filter(({index}) => index > since), dropped: log.dropped}
    },
    DELETE: ({log}) => log.clear(),
  },
  faults: {
    GET: ({sandbox}) => ({faults: sandbox.faults}),
    PUT: async ({sandbox}, incoming) => sandbox.setFaults((await readJson(incoming)) as Fault[]),
    DELETE: ({sandbox}) => sandbox.setFaults([]),
  },
  rates: {
    GET: ({sandbox}) => ({rates: sandbox.rates}),
    PUT: async ({sandbox}, incoming) => sandbox.setRates((await readJson(incoming)) as Rates),
    DELETE: ({sandbox}) => sandbox.setRates({}),
  },
  quotas: {
    GET: ({sandbox}) => ({quotas: sandbox.quotas}),
    PUT: async ({sandbox}, incoming) => sandbox.setQuotas((await readJson(incoming)) as Partial<Quotas>),
    DELETE: ({sandbox}) => sandbox.setQuotas({}),
  },
  clock: {
    GET: ({sandbox}) => ({epochMs: sandbox.now()}),
    PUT: async ({sandbox}, incoming) => {
      const setting = parseClock(await readJson(incoming))
      if ('advanceMs' in setting) await sandbox.advanceClock(setting.advanceMs)
      else await sandbox.setClock(setting.epochMs ?? undefined)
      return {epochMs: sandbox.now()}
    },
  },
  events: {
    GET: ({events: {events, dropped, undelivered}}) => ({events, dropped, undelivered}),
    DELETE: ({events}) => events.clear(),
  },
  findings: {
    PUT: async ({sandbox}, incoming) => sandbox.putFindings((await readJson(incoming)) as ImageFindings),
  },
  seed: {
    POST: async ({sandbox}, incoming) => sandbox.seed((await readJson(incoming)) as SandboxSeed),
  },
  reset: {
    POST: ({sandbox}) => sandbox.reset(),
  },
}

/** Answers `/_sandbox/...`: what a test does to a sandbox that runs in another process. */
export async function control(controlled: Controlled, incoming: Incoming): Promise<Reply> {
  const name = incoming.path.slice('/_sandbox/'.length)
  const resource = Object.hasOwn(resources, name) ? resources[name] : undefined
  if (resource === undefined) return refusal(404, 'UNKNOWN_RESOURCE', `The sandbox has no "${name}".`)
  const action = Object.hasOwn(resource, incoming.method) ? resource[incoming.method] : undefined
  if (action === undefined) {
    const allow = Object.keys(resource).join(', ')
    const reply = refusal(405, 'METHOD_NOT_ALLOWED', `The sandbox's "${name}" takes ${allow}.`)
    return {...reply, headers: {...reply.headers, allow}}
  }
  try {
    return json(200, (await action(controlled, incoming)) ?? {})
  } catch (error) {
    if (error instanceof TooLarge) return refusal(413, 'BODY_TOO_LARGE', error.message)
    if (error instanceof GantryError) return refusal(400, error.code, error.message)
    throw error
  }
}

class TooLarge extends Error {}

async function readJson({body, headers}: Incoming): Promise<unknown> {
  const declared = Number(headers['content-length'] ?? 0)
  const bytes = declared > largestBody ? undefined : await readBody(body, largestBody)
  if (bytes === undefined) throw new TooLarge('The sandbox takes at most 256 MiB here.')
  try {
    return JSON.parse(bytes.toString())
  } catch {
    throw new UsageError('INVALID_JSON', 'The body of a request to the sandbox must be JSON.')
  }
}

/** `?since=INDEX` asks for what came after it. */
function parseSince(query: URLSearchParams): number {
  const since = query.get('since') ?? '0'
  if (/^\d{1,15}$/.test(since)) return Number(since)
  throw new UsageError('INVALID_SINCE', 'Sandbox requests: since must be the index of a request.')
}

function refusal(status: number, code: string, message: string): Reply {
  return json(status, {code, message})
}

function json(status: number, value: unknown): Reply {
  return {status, headers: {'content-type': 'application/json; charset=utf-8'}, body: JSON.stringify(value)}
}
