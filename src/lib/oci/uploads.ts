import type {Readable} from 'node:stream'
import {DeniedError, FailureError, RefusalError} from '../errors.ts'
import {maxSmallBody} from './answer-body.ts'
import {hasBlob, isSilent} from './blobs.ts'
import type {Descriptor} from './descriptor.ts'
import type {RegistryRequest} from './exchange.ts'
import {oneLine} from './one-line.ts'
import type {OnBytes} from './registry.ts'
import {RegistryError} from './registry-error.ts'
import type {StreamBody} from './request-body.ts'
import {ask, type CompleteAnswer, complete, labelOf, pushing, repositoryUrl, type Session} from './session.ts'

/** Ways of putting blobs into one repository, by the upload endpoints of the distribution-spec. */
export interface Uploads {
  /** False when the registry would rather be sent the blob; the session that it then opens is kept for that. */
  mount(blob: Descriptor, from: string): Promise<boolean>
  upload(blob: Descriptor, open: () => Promise<Readable>, onBytes?: OnBytes): Promise<void>
}

// Registries that take no body on the closing PUT: 404 and 416 are said to come from proxies and older servers, 405
// from those that route on the method. Unconfirmed for any registry by name.
const noMonolithic = new Set([404, 405, 416])
// Why a mount may fail that an upload need not, besides having no right to read `from`: no such repository, no support.
const noMount = new Set([400, 404, 405])

export function createUploads(session: Session, repository: string): Uploads {
  const opened = new Map<string, URL>()
  // Learned from the first upload that only worked in two steps.
  let isMonolithic = true

  function sessionOf(answer: CompleteAnswer): URL {
    const location = answer.headers.get('location')
    if (location !== undefined) return session.policy.stay(answer.url, location, 'an upload location')
    throw new FailureError(
      'NO_LOCATION',
      `${session.host}: the answer to ${repository}'s upload has no Location.`,
    )
  }

  /** Within a slot and a try of the upload: sends once, judges nothing. */
  async function send(request: Omit<RegistryRequest, 'scope'>): Promise<CompleteAnswer> {
    const whole = {...request, scope: pushing(repository)}
    return complete(await session.exchange(whole), maxSmallBody, labelOf(whole))
  }

  async function begin(): Promise<URL> {
    const url = repositoryUrl(session, repository, 'blobs/uploads/')
    return sessionOf(await send({method: 'POST', url, headers: {'Content-Length': '0'}, expected: [202]}))
  }

  async function finish(url: URL, blob: Descriptor, body: StreamBody | undefined): Promise<void> {
    const answer = await send({
      method: 'PUT',
      url: withDigest(url, blob),
      headers: bodyHeaders(body?.size ?? 0),
      ...(body === undefined ? {} : {body}),
      isCommit: true,
      expected: [201, 204],
    })
    checkDigest(session, blob, answer)
  }

  async function finishInTwo(url: URL, blob: Descriptor, body: StreamBody): Promise<void> {
    const answer = await send({
      method: 'PATCH',
      url,
      headers: bodyHeaders(blob.size),
      body,
      isCommit: true,
      // The spec says 202, ECR 201 (regclient#81).
      expected: [201, 202, 204],
    })
    await finish(sessionOf(answer), blob, undefined)
  }

  async function attempt(blob: Descriptor, open: () => Promise<StreamBody>): Promise<void> {
    const kept = opened.get(blob.digest)
    opened.delete(blob.digest)
    if (isMonolithic) {
      try {
        const url = kept ?? (await begin())
        await sending(open, body => finish(url, blob, body))
        return
      } catch (error) {
        if (!(error instanceof RegistryError && noMonolithic.has(error.status))) throw error
        // A session that was kept may have ended meanwhile, which says nothing about new ones.
        if (kept !== undefined) return attempt(blob, open)
      }
    }
    const url = await begin()
    await sending(open, body => finishInTwo(url, blob, body))
    isMonolithic = false
  }

  async function isStored({digest}: Descriptor): Promise<boolean> {
    try {
      return await hasBlob(session, repository, digest)
    } catch (error) {
      if (isSilent(error)) return false
      throw error
    }
  }

  return {
    async mount(blob, from) {
      const url = repositoryUrl(session, repository, 'blobs/uploads/')
      url.search = new URLSearchParams({mount: blob.digest, from}).toString()
      const request: RegistryRequest = {
        method: 'POST',
        url,
        scope: {...pushing(repository), from},
        headers: {'Content-Length': '0'},
        expected: [201, 202],
      }
      try {
        const answer = await ask(session, request, maxSmallBody)
        if (answer.status === 201) {
          checkDigest(session, blob, answer)
          return true
        }
        opened.set(blob.digest, sessionOf(answer))
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined
        const isRefused = cause instanceof RegistryError && noMount.has(cause.status)
        if (!(isRefused || error instanceof DeniedError)) throw error
      }
      return false
    },

    async upload(blob, open, onBytes) {
      const label = labelOf({method: 'POST', url: repositoryUrl(session, repository, 'blobs/uploads/')})
      let wasOpened = false
      const openNoted = async (): Promise<StreamBody> => {
        wasOpened = true
        return {stream: await open(), size: blob.size, onBytes}
      }
      await session.retries.run(label, async () => {
        // What was sent before may have been stored, with only the answer lost.
        if (wasOpened && (await isStored(blob))) return
        await session.uploads.run(() => attempt(blob, openNoted))
      })
    },
  }
}

/** Lets go of the source when the request that was to send it fails before it reads it. */
async function sending(
  open: () => Promise<StreamBody>,
  send: (body: StreamBody) => Promise<void>,
): Promise<void> {
  const body = await open()
  try {
    await send(body)
  } catch (error) {
    body.stream.destroy()
    throw error
  }
}

function bodyHeaders(size: number): Record<string, string> {
  return {'Content-Type': 'application/octet-stream', 'Content-Length': String(size)}
}

/** By hand, since the rest of the query is the registry's and may be signed as it is written. */
function withDigest(url: URL, {digest}: Descriptor): URL {
  const separator = url.search === '' ? '?' : '&'
  return new URL(`${url.href}${separator}digest=${encodeURIComponent(digest)}`)
}

function checkDigest(session: Session, {digest}: Descriptor, answer: CompleteAnswer): void {
  const stored = answer.headers.get('docker-content-digest')
  if (stored === undefined || stored === digest) return
  throw new RefusalError(
    'DIGEST_MISMATCH',
    `${digest}: ${session.host} says that it stored ${oneLine(stored, 80)}. Do not use what it stored.`,
  )
}
