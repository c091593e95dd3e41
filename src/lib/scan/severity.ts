import {type GateSeverity, gateSeverities} from '../config/gates.ts'
import type {Severity} from './finding.ts'

/** The severity that counts: what nobody rated counts as the policy says. */
export function countedAs(severity: Severity, unratedAs: GateSeverity): GateSeverity {
  return isRated(severity) ? severity : unratedAs
}

/** Whether somebody rated it: one of the words that thresholds know. */
export function isRated(severity: Severity): severity is GateSeverity {
  return (gateSeverities as readonly string[]).includes(severity)
}

export function isAtOrAbove(severity: GateSeverity, threshold: GateSeverity): boolean {
  return rankOf(severity) <= rankOf(threshold)
}

/** 0 is the gravest. */
export function rankOf(severity: GateSeverity): number {
  return gateSeverities.indexOf(severity)
}
