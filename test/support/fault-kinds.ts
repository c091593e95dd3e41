import fc from 'fast-check'
import type {Fault} from '../../src/lib/sandbox/index.ts'

/** ECR with its API on both sides, or registries that hold to the specification and take a password. */
export const dialects = ['ecr', 'registry'] as const

export type Dialect = (typeof dialects)[number]

interface Kind {
  /** What the sandbox does; without it, its clock leaps ahead, and that of the promotion does not. */
  readonly fault?: Pick<Fault, 'kind' | 'exception' | 'takesEffect' | 'delayMs'>
  /** What a promotion need not survive: it may end with an error, and the next run has to go on from there. */
  readonly mayEnd?: readonly Dialect[]
  /** May pass without a second try. */
  readonly isMild?: true
}

/** All ways in which a request goes wrong. */
export const kinds: Readonly<Record<string, Kind>> = {
  'reset-before': {fault: {kind: 'reset-before'}},
  'reset-after': {fault: {kind: 'reset-after'}},
  500: {fault: {kind: '500'}},
  '500-after': {fault: {kind: '500', takesEffect: true}},
  503: {fault: {kind: '503'}},
  429: {fault: {kind: '429'}},
  '429-page': {fault: {kind: '429-page'}},
  throttling: {fault: {kind: 'throttling'}},
  hang: {fault: {kind: 'hang'}},
  'hang-after': {fault: {kind: 'hang', takesEffect: true}},
  slow: {fault: {kind: 'slow', delayMs: 20}, isMild: true},
  // An answer without a body cannot be cut.
  'cut-answer': {fault: {kind: 'cut'}, isMild: true},
  'cut-request': {fault: {kind: 'cut-request'}},
  // A password that was given cannot be renewed.
  'expired-token': {fault: {kind: 'expired-token'}, mayEnd: ['registry']},
  'clock-leap': {isMild: true, mayEnd: ['registry']},
  // What says "yes" and no more, or is somebody else's page, is never taken for an answer.
  empty: {fault: {kind: 'empty'}, mayEnd: dialects},
  html: {fault: {kind: 'html'}, mayEnd: dialects},
  // "No such repository" is an answer.
  'not-found-once': {
    fault: {kind: 'exception', exception: 'RepositoryNotFoundException'},
    mayEnd: dialects,
  },
}

/** The request that goes wrong, counted from 1, and how. */
export interface Injection {
  readonly at: number
  readonly kind: string
}

/** One promotion, and all that goes wrong with it. */
export interface FaultCase {
  readonly dialect: Dialect
  readonly injections: readonly Injection[]
}

export function faultsOf({injections}: FaultCase): Fault[] {
  return injections.flatMap(({at, kind}) => {
    const fault = kindOf(kind).fault
    return fault === undefined ? [] : [{...fault, at}]
  })
}

export function mayEnd({dialect, injections}: FaultCase): boolean {
  return injections.some(({kind}) => kindOf(kind).mayEnd?.includes(dialect))
}

/** @param operations that the injections met. */
export function isMild({injections}: FaultCase, operations: readonly string[]): boolean {
  // That list is asked for to save other requests; trouble is as good as an answer.
  return injections.every(({kind}, n) => kindOf(kind).isMild || operations[n] === 'tags.list')
}

/**
 * Whether a registry was made to say that it lists no referrers: 404 means that (distribution-spec, "Unavailable
 * Referrers API"), and a web page comes of routers that do not know the endpoint; or that one that it lists is gone. Then
 * they are missing until the next run.
 */
export function hidesReferrers({injections}: FaultCase, operations: readonly string[]): boolean {
  const hiding: Readonly<Record<string, readonly string[]>> = {
    html: ['referrers.list'],
    'not-found-once': ['referrers.list', 'manifest.get'],
  }
  return injections.some(({kind}, n) => hiding[kind]?.includes(operations[n] ?? ''))
}

/** Each request in each way. */
export function everyCase(dialect: Dialect, positions: number): FaultCase[] {
  return Array.from({length: positions}, (_, n) =>
    Object.keys(kinds).map(kind => ({dialect, injections: [{at: n + 1, kind}]})),
  ).flat()
}

/** Several requests of one promotion, each in some way; the same for the same seed. */
export function drawnCases(dialect: Dialect, positions: number, runs: number, seed: number): FaultCase[] {
  const injection = fc.record({
    at: fc.integer({min: 1, max: positions}),
    kind: fc.constantFrom(...Object.keys(kinds)),
  })
  const injections = fc.uniqueArray(injection, {selector: ({at}) => at, minLength: 2, maxLength: 4})
  return fc.sample(injections, {numRuns: runs, seed}).map(drawn => ({dialect, injections: drawn}))
}

/** `ecr 17:reset-after,40:cut-answer`; {@link parseCase} reads it. */
export function formatCase({dialect, injections}: FaultCase): string {
  return `${dialect} ${injections.map(({at, kind}) => `${at}:${kind}`).join()}`
}

/** @throws {TypeError} unless it is the text of a case. */
export function parseCase(text: string): FaultCase {
  const [dialect, list = ''] = text.split(' ')
  const injections = list.split(',').map(each => {
    const [at, kind = ''] = each.split(':')
    return {at: Number(at), kind}
  })
  const isRight = injections.every(({at, kind}) => Number.isInteger(at) && Object.hasOwn(kinds, kind))
  const known = dialects.find(name => name === dialect)
  if (known === undefined || !isRight) throw new TypeError(`no fault case: ${text}`)
  return {dialect: known, injections}
}

function kindOf(name: string): Kind {
  return kinds[name] ?? {}
}
