import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {onTestFinished} from 'vitest'
import {type ApiClient, withoutRetries} from './api-client.ts'
import {region, type ToolHome} from './tool-home.ts'

type Answer = {readonly result: never} | {readonly error: string}

/** boto3 in a Python process, which ends with the test. */
export function boto3Client(
  home: ToolHome,
  python: string,
): ApiClient & {
  /** All pages that boto3's paginator brings, in one answer. */
  paginate(operation: string, input: object, pageSize: number): Promise<unknown>
} {
  const ask = openSession(home, python)
  const result = async (request: object): Promise<never> => {
    const answer = await ask(request)
    if ('error' in answer) throw new Error(answer.error)
    return answer.result
  }
  return {
    home,
    call: (operation, input, inRegion = region) =>
      result({do: 'call', operation, input: encoded(input), region: inRegion}),
    refusal: async (operation, input) => {
      const answer = await ask({do: 'call', operation, input: encoded(input), region})
      if ('error' in answer) return withoutRetries(answer.error)
      throw new Error(`${operation} was not refused: ${JSON.stringify(answer.result)}`)
    },
    wait: (waiter, input) => result({do: 'wait', waiter, input, region}),
    paginate: (operation, input, pageSize) => result({do: 'paginate', operation, input, pageSize, region}),
  }
}

function openSession(home: ToolHome, python: string): (request: object) => Promise<Answer> {
  const script = join(import.meta.dirname, 'boto3-session.py')
  const child = spawn(python, [script, home.sandbox.url], {
    cwd: home.folder,
    env: home.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    const exited = once(child, 'exit')
    child.stdin.end()
    await exited
  })
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  return async request => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const {value, done} = await lines.next()
    if (done === true) throw new Error('boto3 ended')
    return JSON.parse(value) as Answer
  }
}

/** Bytes as JSON can carry them. */
function encoded(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? {base64: Buffer.from(value).toString('base64')} : (value as unknown),
    ]),
  )
}
