/**
 * What ties the parts of policies to each other (IAM user guide, grammar of the IAM JSON policy language). What a policy
 * means is not looked at: ECR refuses what it does not take, and the lint tells what is doubtful.
 */
import {checkUnique, elementsOf, type Mapping, mappingOf, type Report} from './check-parts.ts'
import {type Entry, entryAt} from './document.ts'
import {nearestOr} from './nearest.ts'
import {namesOf} from './policy-setting-schema.ts'
import {type Path, show, showBare} from './problems.ts'

/** What checks of policies know of the file. */
interface PolicyFile {
  readonly root: Entry
  /** Of policies, by name. */
  readonly presets: Mapping
}

export function checkPolicy(value: unknown, path: Path, {root, presets}: PolicyFile, report: Report): void {
  const policy = mappingOf(value)
  if (value === policy && Object.keys(policy).length === 0) {
    report(path, 'is empty. Write statements or use, or null to remove the policy.')
  }
  const {use} = policy
  checkUnique(use, [...path, 'use'], report)
  for (const [index, name] of namesOf(use).entries()) {
    if (typeof name !== 'string' || Object.hasOwn(presets, name)) continue
    report(typeof use === 'string' ? [...path, 'use'] : [...path, 'use', index], unknownPreset(name, presets))
  }
  checkStatements(policy['statements'], [...path, 'statements'], root, report)
}

export function checkStatements(list: unknown, path: Path, root: Entry, report: Report): void {
  const seen = new Set<string>()
  for (const [index, element] of elementsOf(list).entries()) {
    const statement = mappingOf(element)
    if (element !== statement) continue
    const at = [...path, index]
    const {Sid} = statement
    if (typeof Sid === 'string') {
      if (seen.has(Sid)) report([...at, 'Sid'], `${show(Sid)} is given twice. Keep one.`)
      seen.add(Sid)
    }
    if ('state' in statement) checkTombstone(statement, at, report)
    else checkStatement(statement, at, report)
    checkNumbers(statement['Condition'], [...at, 'Condition'], root, report)
  }
}

function checkTombstone(statement: Mapping, path: Path, report: Report): void {
  if (!('Sid' in statement)) {
    report(path, 'does not say which statement is to go. Add its Sid.', 'value', 'Sid')
  }
  const beside = Object.keys(statement).find(key => key !== 'Sid' && key !== 'state')
  if (beside !== undefined) {
    report(
      [...path, beside],
      'stands beside state: absent, which removes the statement. Keep one of the two.',
      'key',
    )
  }
}

function checkStatement(statement: Mapping, path: Path, report: Report): void {
  const has = (key: string) => key in statement
  if (!has('Effect'))
    report(path, '"Effect" is missing. Add Effect: Allow, or Effect: Deny.', 'key', 'Effect')
  const one = (key: string, other: string, example: string) => {
    if (has(key) && has(other)) {
      report(
        [...path, other],
        `stands beside ${key}, and a statement has one of them. Keep one of the two.`,
        'key',
      )
    } else if (!has(key) && !has(other) && example !== '') {
      report(path, `"${key}" is missing. Add ${key}: ${example}.`, 'key', key)
    }
  }
  one('Principal', 'NotPrincipal', '{AWS: "111111111111"}')
  one('Action', 'NotAction', '[ecr:BatchGetImage]')
  // Policies of repositories have none, and those that have one are not the worse for it.
  one('Resource', 'NotResource', '')
  for (const key of ['Principal', 'NotPrincipal']) {
    const principal = statement[key]
    if (principal === mappingOf(principal) && Object.keys(mappingOf(principal)).length === 0) {
      report([...path, key], 'is empty. Write "*", or a mapping: {AWS: "111111111111"}.')
    }
  }
  checkCondition(statement['Condition'], [...path, 'Condition'], report)
}

/** What compares nothing holds always: whoever wrote it meant something else. */
function checkCondition(value: unknown, path: Path, report: Report): void {
  const condition = mappingOf(value)
  const parts: readonly [Path, unknown][] = [
    [path, value],
    ...Object.keys(condition).map((operator): [Path, unknown] => [[...path, operator], condition[operator]]),
  ]
  for (const [at, part] of parts) {
    if (part !== mappingOf(part) || Object.keys(mappingOf(part)).length > 0) continue
    report(at, 'is empty, which holds always. Write what it compares, or take it out.')
  }
}

/**
 * Conditions compare texts, and YAML reads 012345678901 as a number of 11 digits, 1.10 as 1.1 and 1e3 as 1000: a number
 * means what is written, or it is none.
 */
function checkNumbers(value: unknown, path: Path, root: Entry, report: Report): void {
  if (typeof value === 'number' && Number.isFinite(value)) {
    const {source = String(value)} = entryAt(root, path) ?? {}
    if (source === String(value)) return
    report(path, `${showBare(source)} is the number ${value} here. Quote it: ${show(source)}.`)
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) checkNumbers(each, [...path, index], root, report)
  } else {
    for (const [key, each] of Object.entries(mappingOf(value))) {
      checkNumbers(each, [...path, key], root, report)
    }
  }
}

function unknownPreset(name: string, presets: Mapping): string {
  const fix = nearestOr(name, Object.keys(presets), 'Add it under presets.policy, or name one that is there.')
  return `${show(name)} is not a preset of this file. ${fix}`
}
