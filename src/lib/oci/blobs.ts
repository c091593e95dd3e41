import {createHash} from 'node:crypto'
import {Readable} from 'node:stream'
import {DeniedError, RefusalError} from '../errors.ts'
import {type Flow, maxSmallBody} from './answer-body.ts'
import type {Descriptor} from './descriptor.ts'
import type {Digest} from './digest.ts'
import type {RegistryAnswer, RegistryRequest} from './exchange.ts'
import {oneLine} from './one-line.ts'
import {NetworkError, RegistryError} from './registry-error.ts'
import {ask, labelOf, pulling, repositoryUrl, type Session} from './session.ts'

/**
 * Whether an error means that the registry does not tell which blobs it has, rather than that it has none: ECR Public
 * answers 401 to every such HEAD (containers-roadmap#2671). What may be missing is sent, and a real denial is met then.
 */
export function isSilent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return error instanceof DeniedError || (cause instanceof RegistryError && cause.status === 405)
}

/** Whether the registry has the blob in this repository. */
export async function hasBlob(session: Session, repository: string, digest: Digest): Promise<boolean> {
  const {status} = await ask(
    session,
    {
      method: 'HEAD',
      url: repositoryUrl(session, repository, `blobs/${digest}`),
      scope: pulling(repository),
      expected: [200, 404],
    },
    maxSmallBody,
  )
  return status === 200
}

/** Bytes that are worth starting the time for retries anew; for less, a blob of many cuts would go on for ever. */
const worthwhile = 64 * 1024

/**
 * The bytes of a blob, checked as they pass. A cut is mended by asking for the rest; its last piece is let through only
 * when the whole has the right digest, so that nobody can complete a copy of anything else.
 */
export async function readBlob(session: Session, repository: string, blob: Descriptor): Promise<Readable> {
  const release = await session.downloads.acquire()
  const closing = new AbortController()
  const signal = AbortSignal.any([session.context.signal, closing.signal])
  const open = (offset: number): Promise<RegistryAnswer> =>
    openBlob(session, repository, blob, offset, signal)
  let first: RegistryAnswer
  try {
    first = await open(0)
  } catch (error) {
    release()
    throw error
  }
  const download: Download = {open, answer: first, flow: undefined, signal}
  let isStarted = false
  const stream = new Readable({
    read() {
      if (isStarted) return download.flow?.resume()
      isStarted = true
      pour(session, repository, blob, download, piece => this.push(piece)).then(
        () => this.push(null),
        (error: Error) => this.destroy(error),
      )
    },
    destroy(error, callback) {
      download.answer?.body.cut()
      release()
      closing.abort()
      callback(error)
    },
  })
  // Until somebody reads it, its errors have no other listener, and would end the process.
  stream.on('error', () => undefined)
  return stream
}

interface Download {
  readonly open: (offset: number) => Promise<RegistryAnswer>
  /** The answer that bytes come from now. */
  answer: RegistryAnswer | undefined
  flow: Flow | undefined
  /** Aborted with the run, and when nobody reads any more. */
  readonly signal: AbortSignal
}

function blobRequest(
  session: Session,
  repository: string,
  blob: Descriptor,
  offset: number,
): RegistryRequest {
  return {
    method: 'GET',
    url: repositoryUrl(session, repository, `blobs/${blob.digest}`),
    scope: pulling(repository),
    ...(offset === 0 ? {} : {headers: {Range: `bytes=${offset}-`}}),
    expected: offset === 0 ? [200] : [200, 206],
  }
}

async function openBlob(
  session: Session,
  repository: string,
  blob: Descriptor,
  offset: number,
  signal: AbortSignal,
): Promise<RegistryAnswer> {
  const request = blobRequest(session, repository, blob, offset)
  const answer = await session.retries.run(labelOf(request), () => session.exchange(request), signal)
  const problem = checkHeaders(answer, blob, offset)
  if (problem === undefined) return answer
  await answer.body.discard()
  throw wrongBlob(session, blob, problem)
}

function checkHeaders(answer: RegistryAnswer, blob: Descriptor, offset: number): string | undefined {
  if (answer.status === 206) {
    const range = answer.headers.get('content-range') ?? 'no Content-Range'
    const isRight = range.startsWith(`bytes ${offset}-`) && /^bytes \d+-\d+\/(?:\d+|\*)$/.test(range)
    return isRight ? undefined : `asked for bytes from ${offset} on, the registry sent ${oneLine(range, 60)}`
  }
  const length = answer.headers.get('content-length')
  return length === undefined || length === String(blob.size)
    ? undefined
    : `expected ${blob.size} bytes, the registry has ${oneLine(length, 30)}`
}

/** Gives the bytes to `take`, which says whether it has room for more. */
async function pour(
  session: Session,
  repository: string,
  blob: Descriptor,
  download: Download,
  take: (piece: Uint8Array) => boolean,
): Promise<void> {
  const label = labelOf(blobRequest(session, repository, blob, 0))
  const patience = session.retries.patience(label, download.signal)
  const hash = createHash('sha256')
  const verify = (): void => {
    const digest = `sha256:${hash.digest('hex')}`
    if (digest !== blob.digest)
      throw wrongBlob(session, blob, `the registry returned content with digest ${digest}`)
  }
  let received = 0
  let gained = 0
  for (;;) {
    const answer = (download.answer ??= await download.open(received))
    if (download.signal.aborted) answer.body.cut()
    // A registry that ignores Range sends what we have once more.
    let known = answer.status === 206 ? 0 : received
    const begun = received
    download.flow = answer.body.flow(piece => {
      const fresh = known === 0 ? piece : piece.subarray(known)
      known = Math.max(0, known - piece.length)
      if (fresh.length === 0) return true
      received += fresh.length
      if (received > blob.size)
        throw wrongBlob(session, blob, `expected ${blob.size} bytes, the registry sent more`)
      hash.update(fresh)
      if (received === blob.size) verify()
      gained += fresh.length
      if (gained >= worthwhile) {
        patience.progress()
        gained = 0
      }
      return take(fresh)
    })
    try {
      await download.flow.done
      // Where no length is declared a cut looks like an end, and a part may be less than was asked for (RFC 9110, 15.3.7).
      if (received > begun && received < blob.size) throw new NetworkError('the answer ended early')
      break
    } catch (error) {
      download.answer = undefined
      if (received === blob.size && error instanceof NetworkError) break
      await patience.afterFailure(error)
    }
  }
  if (received < blob.size) {
    throw wrongBlob(session, blob, `expected ${blob.size} bytes, the registry sent ${received}`)
  }
  if (blob.size === 0) verify()
}

function wrongBlob(session: Session, {digest}: Descriptor, problem: string): RefusalError {
  return new RefusalError(
    'WRONG_BLOB',
    `${digest}: ${problem}. Do not promote from ${session.host} until this is explained.`,
  )
}
