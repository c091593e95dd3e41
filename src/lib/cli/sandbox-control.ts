import {request} from 'node:http'
import {GantryError, TransientError, UsageError} from '../errors.ts'

const answerCap = 64 * 1024
const silenceMilliseconds = 30_000

/**
 * Sends a control request (`seed`, `reset`) to a running sandbox and returns its address.
 * @throws {UsageError} when `url` is undefined, or when the sandbox refuses what was sent, with its reason.
 * @throws {TransientError} when nothing answers there.
 */
export async function postToSandbox(
  url: URL | undefined,
  action: 'seed' | 'reset',
  body: string,
  signal: AbortSignal,
): Promise<string> {
  if (url === undefined) {
    throw new UsageError('NO_SANDBOX', 'GANTRY_SANDBOX is not set: no sandbox to talk to.', {
      hints: ['Start one with: gantry sandbox start', 'It prints the line that sets GANTRY_SANDBOX.'],
    })
  }
  const {status, text} = await post(new URL(`/_sandbox/${action}`, url), body, signal)
  if (status >= 200 && status < 300) return url.origin
  throw refusal(url.origin, status, text)
}

function post(url: URL, body: string, signal: AbortSignal): Promise<{status: number; text: string}> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const reason: unknown = signal.aborted ? signal.reason : undefined
      const message = `No sandbox answers at ${url.origin} (${error.code ?? error.message}). Start it, or correct GANTRY_SANDBOX.`
      reject(
        reason instanceof GantryError
          ? reason
          : new TransientError('SANDBOX_UNREACHABLE', message, {cause: error}),
      )
    }
    const headers = {'content-type': 'application/json', 'content-length': Buffer.byteLength(body)}
    const sent = request(
      url,
      {method: 'POST', headers, signal, timeout: silenceMilliseconds, agent: false},
      response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          if (text.length < answerCap) text += chunk
        })
        response.on('end', () => resolve({status: response.statusCode ?? 0, text}))
        response.on('error', fail)
      },
    )
    sent.on('timeout', () => sent.destroy(new Error('no answer')))
    sent.on('error', fail)
    sent.end(body)
  })
}

/** The sandbox answers what it refuses with `{code, message}`. */
function refusal(origin: string, status: number, text: string): UsageError {
  const answer = parseJson(text)
  const {code, message} =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  if (typeof code === 'string' && typeof message === 'string') return new UsageError(code, message)
  return new UsageError(
    'NOT_A_SANDBOX',
    `${origin} answered with status ${status}. Is GANTRY_SANDBOX a gantry sandbox?`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
