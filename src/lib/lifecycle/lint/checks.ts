import type {LifecycleRule} from '../policy.ts'
import {entriesOf, type TagEntry} from './selections.ts'
import type {Doubt, LintSubject} from './subject.ts'

type Check = (subject: LintSubject) => readonly Doubt[]

/** A check of each rule by itself. */
export function forEachRule(
  check: (rule: LifecycleRule, subject: LintSubject) => Omit<Doubt, 'rule'> | undefined,
): Check {
  return subject =>
    (subject.rules ?? []).flatMap(rule => {
      const doubt = check(rule, subject)
      return doubt === undefined ? [] : [{rule, ...doubt}]
    })
}

/** A check of each pattern and prefix by itself. */
export function forEachEntry(
  check: (entry: TagEntry, rule: LifecycleRule, subject: LintSubject) => Omit<Doubt, 'rule'> | undefined,
): Check {
  return subject =>
    (subject.rules ?? []).flatMap(rule =>
      entriesOf(rule.selection).flatMap(entry => {
        const doubt = check(entry, rule, subject)
        return doubt === undefined ? [] : [{rule, ...doubt}]
      }),
    )
}
