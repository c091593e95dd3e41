import {openDocument} from '../../config/checked.ts'
import {type Entry, entryAt} from '../../config/document.ts'
import {readPolicy} from '../read-policy.ts'
import type {FilePlace, LintFinding} from './finding.ts'
import {lintPolicy} from './lint.ts'
import type {LintContext} from './subject.ts'

/**
 * All that is wrong with the text of a policy, or else all that is doubtful about it, each with its place.
 *
 * @param file what findings call it.
 */
export function lintPolicyText(text: string, file: string, context: LintContext): readonly LintFinding[] {
  const {policy, faults} = readPolicy(text, file)
  if (policy === undefined) {
    return faults.map(({code, line, column, path, text: what}) => ({
      code,
      severity: 'error',
      where: {file, line, column},
      message: path === '' ? what : `${path}: ${what}`,
      fix: null,
      evidence: null,
    }))
  }
  const {root} = openDocument(text, file)
  return lintPolicy(policy, context, rule => placeOf(file, root, rule && policy.rules.indexOf(rule)))
}

/** Where nothing can be read. */
export function unreadableFile(file: string, reason: string): LintFinding {
  return {
    code: 'unreadable-file',
    severity: 'error',
    where: {file, line: 1, column: 1},
    message: `The file cannot be read: ${reason}.`,
    fix: 'Name a file that is there and may be read.',
    evidence: null,
  }
}

function placeOf(file: string, root: Entry, index: number | null): FilePlace {
  const path = index === null ? ['rules'] : ['rules', index]
  return {file, ...(entryAt(root, path) ?? root).key}
}
