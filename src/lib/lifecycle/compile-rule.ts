/** A compiled rule as ECR's grammar has it. */
import type {ImageSelector} from '../config/lifecycle/readable.ts'
import {type Compiled, isActing} from './compile-order.ts'
import type {LifecycleRule, Selection} from './policy.ts'
import {ruleInWords} from './rule-words.ts'

/**
 * A repository holds 100,000 images unless its quota was raised (ECR user guide, service quotas): this many never. That ECR
 * takes numbers so large, here and below, is unconfirmed.
 */
const neverSoMany = 999_999
/** A hundred years. */
const neverSoOld = 36_500

const expire = {type: 'expire'} as const
const archive = {type: 'transition', targetStorageClass: 'archive'} as const

/** @returns the rule that expires or archives, or one that selects and never fires, and so keeps all later rules away. */
export function ruleOf(compiled: Compiled, rulePriority: number): LifecycleRule {
  const {selector, role} = compiled
  const rule = {
    rulePriority,
    selection: {...selectionOf(selector), ...countOf(compiled)},
    action: role === 'archive' ? archive : expire,
  }
  const {selection, action} = rule
  return {rulePriority, description: describe(compiled, rule), selection, action}
}

function selectionOf(selector: ImageSelector): Pick<Selection, 'tagStatus' | 'tagPatternList'> {
  return selector.kind === 'tagged'
    ? {tagStatus: 'tagged', tagPatternList: selector.patterns}
    : {tagStatus: selector.kind}
}

type Count = Pick<Selection, 'storageClass' | 'countType' | 'countUnit' | 'countNumber'>

function countOf({storageClass, written, role}: Compiled): Count {
  const acting = isActing(role) && 'except' in written ? written : undefined
  if (storageClass === 'archive') {
    return {
      storageClass,
      countType: 'sinceImageTransitioned',
      countUnit: 'days',
      countNumber: acting?.thenExpireAfter ?? neverSoOld,
    }
  }
  if (acting === undefined) return {countType: 'imageCountMoreThan', countNumber: neverSoMany}
  return acting.measure === 'keepLast'
    ? {countType: 'imageCountMoreThan', countNumber: acting.limit}
    : {countType: clocks[acting.measure], countUnit: 'days', countNumber: acting.limit}
}

const clocks = {olderThan: 'sinceImagePushed', notPulledFor: 'sinceImagePulled'} as const

function describe({storageClass, selector, written, role}: Compiled, rule: LifecycleRule): string {
  const {id, selectors} = written
  // An id is the name of one rule; where it has become several, each says more.
  if (id !== undefined && selectors.length === 1 && storageClass === 'standard' && typeof role === 'string')
    return id
  const words = isActing(role) ? ruleInWords(rule) : sparedInWords({storageClass, selector, role})
  return id === undefined ? words : `${id}: ${words}`
}

function sparedInWords({
  storageClass,
  selector,
  role,
}: Pick<Compiled, 'storageClass' | 'selector' | 'role'>): string {
  const images = selector.kind === 'tagged' ? selector.patterns.join(' + ') : `${selector.kind} images`
  const where = storageClass === 'archive' ? ' in the archive' : ''
  return `${typeof role === 'object' ? 'except' : 'keep'} ${images}${where}`
}
