/** The rules of a policy as they were read, right or wrong, seen by what they were probably meant to be. */
import {elementsOf, type Mapping, mappingOf, type Place} from '../check-parts.ts'
import {nearest} from '../nearest.ts'
import type {Path} from '../problems.ts'
import {actionTypes, countTypes, storageClasses, tagStatuses} from './policy-schema.ts'

export type StorageClass = (typeof storageClasses)[number]

/** Notes what is wrong at a path: a stable code, and what is wrong and what to do in words. */
export type Finder = (
  path: Path,
  code: string,
  text: string,
  how?: {readonly place?: Place; readonly missing?: string; readonly needless?: boolean},
) => void

export interface RuleView {
  readonly path: Path
  readonly selection: Mapping
  readonly action: Mapping
  /** A whole number; undefined when the rule has none. */
  readonly priority: number | undefined
  readonly tagStatus: (typeof tagStatuses)[number] | undefined
  readonly countType: (typeof countTypes)[number] | undefined
  readonly actionType: (typeof actionTypes)[number] | undefined
  /** As it is written, `standard` when it is not; undefined when it is written wrongly. */
  readonly declaredClass: StorageClass | undefined
  /** Whose images the rule selects; undefined when its own faults leave that open. */
  readonly storageClass: StorageClass | undefined
}

/** @param path of `rules`. */
export function viewRules(rules: unknown, path: Path): readonly RuleView[] {
  return elementsOf(rules).map((value, index) => viewRule(mappingOf(value), [...path, index]))
}

function viewRule(rule: Mapping, path: Path): RuleView {
  const selection = mappingOf(rule['selection'])
  const action = mappingOf(rule['action'])
  const priority = rule['rulePriority']
  const countType = wordOf(selection['countType'], countTypes)
  const declaredClass = declaredClassOf(selection)
  const isSelection = 'selection' in rule && rule['selection'] === selection
  const hasOwnCount = (countType === 'sinceImageTransitioned') === (declaredClass === 'archive')
  return {
    path,
    selection,
    action,
    priority: typeof priority === 'number' && Number.isInteger(priority) ? priority : undefined,
    tagStatus: wordOf(selection['tagStatus'], tagStatuses),
    countType,
    actionType: wordOf(action['type'], actionTypes),
    declaredClass,
    storageClass: isSelection && hasOwnCount ? declaredClass : undefined,
  }
}

function declaredClassOf(selection: Mapping): StorageClass | undefined {
  const name = Object.keys(selection).find(key => nearest(key, ['storageClass']) !== undefined)
  const value = name === undefined ? null : selection[name]
  return value === null ? 'standard' : wordOf(value, storageClasses)
}

function wordOf<const Word extends string>(value: unknown, words: readonly Word[]): Word | undefined {
  return typeof value === 'string'
    ? words.find(word => word.toLowerCase() === value.toLowerCase())
    : undefined
}
