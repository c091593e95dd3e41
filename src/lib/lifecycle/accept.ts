/** Images that may go although something needs them, because somebody named them. */
import {RefusalError, UsageError} from '../errors.ts'
import {isDigest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import {parseReference} from '../oci/reference.ts'
import type {Endangered} from './apply.ts'

/**
 * Holds back what something needs, unless it is named: by digest, `[HOST/]REPO@DIGEST` or `[HOST/]REPO:TAG`.
 *
 * @throws {UsageError} INVALID_REFERENCE, NOT_ENDANGERED for a name that nothing is held back of;
 *   {RefusalError} PROTECTED (exit 7).
 */
export function assertAccepted(endangered: readonly Endangered[], accept: readonly string[]): void {
  const tests = accept.map(text => ({text, names: acceptance(text)}))
  const idle = tests.find(({names}) => !endangered.some(names))
  if (idle !== undefined)
    throw new UsageError(
      'NOT_ENDANGERED',
      `--accept ${oneLine(idle.text)} names no image that is protected and would go. Nothing was done. Leave it out.`,
    )
  const held = endangered.filter(image => !tests.some(({names}) => names(image)))
  const [first] = held
  if (first === undefined) return
  const {host, repository, digest, evidence} = first
  const others = held.length > 1 ? ` (and ${held.length - 1} more)` : ''
  throw new RefusalError(
    'PROTECTED',
    `${host}/${repository}@${digest}${others} would go, and something needs it: ${oneLine(evidence[0] ?? '')}. Nothing was done. Keep it by a rule, or give --accept for each.`,
    {hints: held.slice(0, 20).map(image => `--accept ${image.repository}@${image.digest}`)},
  )
}

function acceptance(text: string): (image: Endangered) => boolean {
  if (isDigest(text)) return ({digest}) => digest === text
  const {host, repository, tag, digest} = parseReference(text)
  return image =>
    (host === undefined || host === image.host) &&
    repository === image.repository &&
    (digest === undefined ? tag !== undefined && image.tags.includes(tag) : digest === image.digest)
}
