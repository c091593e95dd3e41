import {RefusalError, UsageError} from '../errors.ts'
import {canonicalJson, contentHash, type Json} from './canonical.ts'

/** One change, as a plan file holds it. `before` and `after` are null where there was or will be nothing. */
export interface PlanAction {
  /** Names the action within its plan; the same change has the same id in every plan. */
  readonly id: string
  readonly verb: string
  /** What is changed, for example a repository or an image at its destination. */
  readonly subject: string
  readonly before: string | null
  readonly after: string | null
  readonly why: readonly string[]
  /** What the action consists of where it is more than one thing: when it is done it may be fewer, never others. */
  readonly parts?: readonly string[]
  /** What must hold when the action is done, in words. */
  readonly precondition: string
  /** What the verb needs besides, for example the source of a copy. */
  readonly detail?: Readonly<Record<string, Json>>
}

/** An AWS identity, as GetCallerIdentity names it. */
export interface Caller {
  /** 12 digits. */
  readonly account: string
  readonly arn: string
}

/** A plan file: what any change looks like before it happens. */
export interface PlanDocument {
  readonly schemaVersion: number
  readonly kind: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly caller: Caller | null
  readonly target: readonly string[]
  /** Hash of everything that the plan depended on. */
  readonly basis: string
  /** What the plan was made for, with every reference pinned, so that it can be made again before it is applied. */
  readonly inputs: Json
  readonly actions: readonly PlanAction[]
  readonly summary: Readonly<Record<string, number>>
  /** SHA-256 of the canonical JSON of all the other members. */
  readonly sha256: string
}

export type PlanContent = Omit<PlanDocument, 'schemaVersion' | 'sha256'>

/** Version of the plan file's shape; a plan of another version is not applied. */
const schemaVersion = 1

/** How long a saved plan may wait before it is applied: a day, as for deletions (docs/architecture.md, plans). */
export const planLifetimeMs = 24 * 60 * 60 * 1000

/** Adds the hash that {@link openPlan} checks. */
export function sealPlan(content: PlanContent): PlanDocument {
  const unsealed = withoutSeal({schemaVersion, ...content})
  return {...unsealed, sha256: contentHash(unsealed as unknown as Json)}
}

/** The text of a plan file. */
export function formatPlan(plan: PlanDocument): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(plan as unknown as Json)), null, 2)}\n`
}

/**
 * Reads a plan file.
 *
 * @param expected the kind of plan that the caller applies, and the time in milliseconds since the epoch.
 * @throws {UsageError} NOT_A_PLAN when the text is no plan of that kind.
 * @throws {RefusalError} PLAN_EDITED, PLAN_EXPIRED (exit 7).
 */
export function openPlan(text: string, file: string, expected: {kind: string; now: number}): PlanDocument {
  const plan = decode(text, file)
  if (plan.schemaVersion !== schemaVersion || plan.kind !== expected.kind) {
    throw new UsageError('NOT_A_PLAN', `${file} is not a ${expected.kind} plan that this version can apply.`)
  }
  const expiry = Date.parse(plan.expiresAt)
  if (!(expiry > expected.now)) {
    throw new RefusalError(
      'PLAN_EXPIRED',
      `${file} expired at ${plan.expiresAt}. Nothing was done. Make a new plan.`,
    )
  }
  return plan
}

/**
 * Checks that a plan is applied by an account that took part in making it.
 *
 * @param callers who would apply it.
 * @throws {RefusalError} PLAN_OF_ANOTHER_ACCOUNT (exit 7).
 */
export function assertSameAccount(
  {caller}: Pick<PlanDocument, 'caller'>,
  callers: readonly Caller[],
  file: string,
): void {
  if (caller === null || callers.some(({account}) => account === caller.account)) return
  const others = callers.map(({arn}) => arn).join(', ') || 'nobody in AWS'
  throw new RefusalError(
    'PLAN_OF_ANOTHER_ACCOUNT',
    `${file} was made by ${caller.arn} and would be applied by ${others}. Nothing was done.`,
  )
}

/**
 * Checks that applying `now` does at most what `plan` said: each of its actions stands in the plan with the same
 * subject, before and after, and has no part that is not there.
 *
 * @throws {RefusalError} PLAN_STALE naming the first action that does not (exit 7).
 */
export function assertWithinPlan(plan: PlanDocument, now: readonly PlanAction[], file: string): void {
  const planned = new Map(plan.actions.map(action => [action.id, action]))
  for (const action of now) {
    const promised = planned.get(action.id)
    if (promised !== undefined && covers(promised, action)) continue
    const was = promised === undefined ? 'is not in the plan' : 'is not as it was planned'
    throw new RefusalError(
      'PLAN_STALE',
      `${file} is stale: ${action.verb} ${action.subject} (now ${action.before ?? 'nothing'}) ${was}. Nothing was done. Make a new plan.`,
    )
  }
}

function covers(promised: PlanAction, action: PlanAction): boolean {
  const parts = new Set(promised.parts)
  return identity(promised) === identity(action) && (action.parts ?? []).every(part => parts.has(part))
}

function identity({verb, subject, before, after}: PlanAction): string {
  return JSON.stringify([verb, subject, before, after])
}

/** A whole plan, as it was sealed. The seal is looked at before the kind: who altered that altered a plan. */
function decode(text: string, file: string): PlanDocument {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new UsageError(
      'NOT_A_PLAN',
      `${file} is not a plan: it is not JSON. Make one with --out plan.json.`,
      {cause},
    )
  }
  if (!isPlan(value)) {
    throw new UsageError('NOT_A_PLAN', `${file} is not a plan. Make one with --out plan.json.`)
  }
  const plan = value as Partial<PlanDocument>
  const isWhole =
    typeof plan.kind === 'string' && typeof plan.expiresAt === 'string' && Array.isArray(plan.actions)
  const isSealed = contentHash(withoutSeal(plan) as unknown as Json) === plan.sha256
  // A key that is there twice has two readings, and only one of them was sealed.
  const isUnambiguous = JSON.stringify(value) === withoutWhiteSpace(text)
  if (isWhole && isSealed && isUnambiguous) return plan as PlanDocument
  throw new RefusalError(
    'PLAN_EDITED',
    `${file} was changed after it was made. Nothing was done. Make a new plan.`,
  )
}

/** Members that all plans have; what has most of them is one, if not as it was made. */
const members = ['kind', 'createdAt', 'expiresAt', 'basis', 'actions', 'sha256']

function isPlan(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return members.filter(member => Object.hasOwn(value, member)).length > members.length / 2
}

function withoutSeal<Content extends object>(content: Content & {readonly sha256?: unknown}) {
  const {sha256: _, ...unsealed} = content
  return unsealed
}

/** JSON without what stands between its tokens. */
function withoutWhiteSpace(json: string): string {
  return json.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g, token => (token.startsWith('"') ? token : ''))
}
