import type {ScanType} from '../ecr/scan-api.ts'
import {oneLine} from '../oci/one-line.ts'
import type {ScanAnswer} from './answer.ts'
import type {Evidence, NoEvidence, ScanResult} from './evidence.ts'

/** For so many milliseconds an answer of enhanced scanning without findings has to stay as it is. */
export const settleMs = 15_000

/** Whether a scan has ended and its answer lists no finding, so that more than the answer has to say whether it is clean. */
export function isEmpty({status, basic, enhanced}: ScanAnswer): boolean {
  return ended.has(status) && !hasSome(basic) && !hasSome(enhanced)
}

/** What an answer is worth that is not empty. Pure. */
export function judgeAnswer(answer: ScanAnswer): Evidence {
  const {status, description, basic, enhanced} = answer
  if (!ended.has(status)) {
    const evidence = withoutScan(status, description)
    // Policies may let pass what cannot be scanned: not what was scanned after all.
    return evidence.kind === 'unsupported' && (hasSome(basic) || hasSome(enhanced))
      ? lost(status, 'The answer says that the image cannot be scanned, and has findings of a scan.')
      : evidence
  }
  if (hasSome(basic) && hasSome(enhanced)) {
    return lost(
      status,
      'The answer has findings of a basic and of an enhanced scan at once: nobody knows which are all.',
    )
  }
  if (hasSome(enhanced)) return scanned(answer, 'enhanced')
  if (hasSome(basic) && status === 'COMPLETE') return scanned(answer, 'basic')
  return lost(
    status,
    `The answer is ${status}, which only enhanced scans are, and has findings of a basic one.`,
  )
}

/** What else an answer without findings is judged by. */
export interface EmptyTerms {
  /** How the registry scans; null when that is not known. */
  readonly scanType: ScanType | null
  /** When the manifest was pushed, milliseconds since the epoch. */
  readonly pushedAt: number
  /** For how many milliseconds the same answer has been given. */
  readonly sameForMs: number
}

/**
 * What an answer without findings is worth. A basic scan is clean when it says so by an empty list. Findings of enhanced
 * scanning arrive some seconds after COMPLETE (aws-sdk#289), and an image that is watched is ACTIVE before anybody looked
 * at it: such an answer is clean when its list is there, it has the time of a scan that is not before the push, and it
 * is the same {@link settleMs} later. Until then it is pending, for doubt never passes. Inspector's own word on when it
 * looked (its coverage) is not asked; that the answer's time says the same is unconfirmed, as is that ECR gives an empty
 * list of enhanced findings. Pure.
 */
export function judgeEmpty(answer: ScanAnswer, {scanType, pushedAt, sameForMs}: EmptyTerms): Evidence {
  const {status, scannedAt, basic, enhanced} = answer
  if (scanType === 'BASIC') {
    return basic !== null && status === 'COMPLETE'
      ? scanned(answer, 'basic')
      : lost(status, `The scan is ${status} and lists no findings, not even none. Scan the image again.`)
  }
  const by = enhanced === null && scanType === null ? 'basic' : 'enhanced'
  const wait = (why: string): NoEvidence =>
    pending(status, `The scan is ${oneLine(status, 40)} without findings, ${why}. Wait longer.`)
  if (basic === null && enhanced === null) return wait('and does not list that there are none')
  if (scannedAt === null) return wait('and without a time at which anybody looked')
  // ECR gives times to the second in some answers.
  if (scannedAt + 1000 <= pushedAt) return wait('of a time before the image was pushed')
  if (sameForMs < settleMs) return wait('which may be because they are not there yet')
  return scanned(answer, by)
}

/** What an answer says besides its findings: one that says the same later has settled. */
export function fingerprintOf({status, scannedAt, sourceAt, basic, enhanced}: ScanAnswer): string {
  return [status, scannedAt, sourceAt, basic?.length, enhanced?.length].join(' ')
}

export function pending(status: string | null, reason: string): NoEvidence {
  return {kind: 'pending', status, reason}
}

export function lost(status: string | null, reason: string): NoEvidence {
  return {kind: 'lost', status, reason}
}

export function unsupported(status: string | null, reason: string): NoEvidence {
  return {kind: 'unsupported', status, reason}
}

const ended: ReadonlySet<string> = new Set(['COMPLETE', 'ACTIVE'])

function hasSome(list: readonly unknown[] | null): boolean {
  return list !== null && list.length > 0
}

function scanned({status, scannedAt, basic, enhanced}: ScanAnswer, by: ScanResult['by']): ScanResult {
  return {kind: 'scanned', by, status, scannedAt, findings: (by === 'basic' ? basic : enhanced) ?? []}
}

/** Reasons of all other statuses (ECR API, ImageScanStatus), and of those that nobody knows. */
function withoutScan(status: string, description: string | null): NoEvidence {
  const said = description === null || description === '' ? '' : ` ECR says: ${oneLine(description, 200)}`
  switch (status) {
    case 'PENDING':
    case 'IN_PROGRESS':
      return pending(status, 'The scan has not ended.')
    case 'UNSUPPORTED_IMAGE':
      return unsupported(status, `The image cannot be scanned.${said}`)
    case 'FAILED':
      return description?.startsWith('UnsupportedImageError') === true
        ? unsupported(status, `The image cannot be scanned.${said}`)
        : lost(status, `The scan failed. Scan the image again, or push it again.${said}`)
    case 'SCAN_ELIGIBILITY_EXPIRED':
      return lost(
        status,
        'Inspector no longer watches the image, and closed its findings. Push it again, or have it watched for longer.',
      )
    case 'IMAGE_ARCHIVED':
      return lost(status, 'The image is archived, and archived images have no findings. Restore it.')
    case 'LIMIT_EXCEEDED':
      return lost(status, `A limit of scans was exceeded. Scan the image again later.${said}`)
    case 'FINDINGS_UNAVAILABLE':
      return lost(status, `ECR cannot give the findings. Scan the image again.${said}`)
    default:
      return lost(status, `ECR's status is "${oneLine(status, 40)}", which Gantry does not know.${said}`)
  }
}
