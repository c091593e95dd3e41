import {judge} from '../judge.ts'
import type {LifecycleRule} from '../policy.ts'
import type {HeldImage, LintedRepository} from './subject.ts'

/** What one rule selects, whatever other rules do. */
export interface Marks {
  /** Those that it leaves alone. */
  readonly kept: readonly HeldImage[]
  /** Those that it would expire or archive, were it not for indexes that list them. */
  readonly marked: readonly HeldImage[]
}

export function marksOf(rule: LifecycleRule, {images, now}: LintedRepository): Marks {
  const judgement = judge([rule], images, now)
  const kinds = Map.groupBy(images, image => judgement.verdictOf(image).reason.kind)
  const of = (kind: 'shielded' | 'marked' | 'listed') => kinds.get(kind) ?? []
  return {kept: of('shielded'), marked: [...of('marked'), ...of('listed')]}
}
