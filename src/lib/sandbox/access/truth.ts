/**
 * Whether something holds, where it may not be known: a condition key or an operator that the sandbox does not have.
 * What is unknown makes an Allow silent and a Deny apply, so that the sandbox never allows what AWS would not.
 */
export type Truth = boolean | 'unknown'

export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true
  return truths.includes('unknown') ? 'unknown' : false
}

export function allOf(truths: readonly Truth[]): Truth {
  return not(anyOf(truths.map(not)))
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? truth : !truth
}
