import {UsageError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {contentHash, type Json} from '../plan/canonical.ts'
import {openPlan, type PlanAction, type PlanDocument, planLifetimeMs, sealPlan} from '../plan/document.ts'
import type {Side} from './model.ts'
import {type RollbackStep, targetOfMove} from './rollback.ts'
import type {RecordedMove} from './rollback-record.ts'

const kind = 'rollback'

/** The tags that are put back, as a plan lists them. */
export function rollbackActions(steps: readonly RollbackStep[]): PlanAction[] {
  return steps.flatMap(step => {
    if (step.verdict !== 'move') return []
    const {tag, before, after} = step.change
    const subject = `${targetOfMove(step.move)}:${tag}`
    return [
      {
        id: `tag ${subject}`,
        verb: 'tag',
        subject,
        before,
        after,
        why: ['the recorded run moved the tag'],
        precondition: `the tag is ${before}`,
      },
    ]
  })
}

/** The plan as it is saved: what would be put back, and by whom. */
export function toRollbackDocument(steps: readonly RollbackStep[], of: string, now: number): PlanDocument {
  const planned = steps.filter(({verdict}) => verdict === 'move')
  const actions = rollbackActions(planned)
  const moves = planned.map(({move}): Json => {
    const {endpoint, repository, tag, before, after, outcome} = move
    return {side: {...endpoint.side}, repository, tag, before, after, outcome}
  })
  return sealPlan({
    kind,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + planLifetimeMs).toISOString(),
    caller: planned.find(({move}) => move.endpoint.caller !== undefined)?.move.endpoint.caller ?? null,
    target: [...new Set(planned.map(({move}) => move.endpoint.registry.host))],
    basis: contentHash(actions.map(({subject, before, after}) => ({subject, before, after}))),
    inputs: {of, moves},
    actions,
    summary: {tags: steps.length, actions: actions.length},
  })
}

/** A saved rollback, read back. */
export interface SavedRollback {
  readonly document: PlanDocument
  readonly of: string
  readonly sides: readonly Side[]
  readonly moves: readonly RecordedMove[]
}

/**
 * Reads a saved rollback back into what it was made of.
 *
 * @throws {UsageError} NOT_A_PLAN; {RefusalError} PLAN_EDITED, PLAN_EXPIRED (exit 7).
 */
export function fromRollbackDocument(text: string, file: string, now: number): SavedRollback {
  const document = openPlan(text, file, {kind, now})
  const {of, moves} = (document.inputs ?? {}) as Readonly<Record<string, Json>>
  if (!Array.isArray(moves) || typeof of !== 'string') {
    throw new UsageError('NOT_A_PLAN', `${file} is not a rollback plan that this version can apply.`)
  }
  // Sealed by toRollbackDocument: what is in it is what was put in.
  const inputs = moves as unknown as readonly (Omit<RecordedMove, 'host'> & {readonly side: Side})[]
  return {
    document,
    of,
    sides: inputs.map(({side}) => side),
    moves: inputs.map(({side, repository, tag, before, after, outcome}) => ({
      host: side.host,
      repository,
      tag,
      before: before satisfies Digest | null,
      after,
      outcome,
    })),
  }
}
