/** Which side of the sandbox a request is for. */
export const planes = ['api', 'sts', 'registry', 'download'] as const

export type Plane = (typeof planes)[number]

export const faultKinds = [
  'reset-before',
  'reset-after',
  'hang',
  'slow',
  'cut',
  'cut-request',
  '429',
  '429-page',
  '500',
  '502',
  '503',
  '504',
  'throttling',
  'expired-token',
  'empty',
  'html',
  'exception',
] as const

/**
 * What goes wrong: the connection is reset before or after the request took effect; no answer ever comes, or it comes
 * slowly; it, or the request, is cut in the middle of its body; an error is answered, or 200 without a body, or 200 with
 * a web page.
 */
export type FaultKind = (typeof faultKinds)[number]

/** Of the requests that match all that is given, the one numbered `at` and the `times - 1` after it fail. */
export interface Fault {
  readonly kind: FaultKind
  /** Counts from 1 when the fault is set. Default 1. */
  readonly at?: number
  /** Default 1. */
  readonly times?: number
  /** Of `exception`: its name, such as `KmsException`, answered with what it says. */
  readonly exception?: string
  readonly operation?: string
  readonly plane?: Plane
  readonly account?: string
  readonly region?: string
  /** Name of a repository, in which `*` stands for any characters. */
  readonly repository?: string
  /** Of the kinds that answer something else, or nothing: whether the request takes effect all the same. Default false. */
  readonly takesEffect?: boolean
  /** Of `slow`: how long the answer, not the effect, is held back. Default 0. */
  readonly delayMs?: number
  /** Of `slow`: how fast its body is sent. Default as fast as can be. */
  readonly bytesPerSecond?: number
}

/** A fault, and how many requests matched it so far. */
export interface SetFault extends Fault {
  readonly seen: number
}

/** Calls per second, and how many may come at once; without `burst`, those of one second. */
export interface Rate {
  readonly rate: number
  readonly burst?: number
}

/** By operation of ECR's API. Requests of the registry protocol consume the rate of the operation that they map to. */
export type Rates = Readonly<Record<string, Rate>>
