import {openDocument} from '../../config/checked.ts'
import {type Entry, entryAt} from '../../config/document.ts'
import {ConfigError} from '../../config/problems.ts'
import {type PolicyFault, policyFault} from '../policy-faults.ts'
import {isReadable, readReadable} from '../policy-file.ts'
import {readPolicy} from '../read-policy.ts'
import type {FilePlace, LintFinding} from './finding.ts'
import {lintPolicy} from './lint.ts'
import type {LintContext} from './subject.ts'

/**
 * All that is wrong with the text of a policy, or else all that is doubtful about it, each with its place. Readable rules
 * are judged by what they are compiled to.
 *
 * @param file what findings call it.
 */
export function lintPolicyText(text: string, file: string, context: LintContext): readonly LintFinding[] {
  if (isReadable(text, file)) return lintReadable(text, file, context)
  const {policy, faults} = readPolicy(text, file)
  if (policy === undefined) return faults.map(fault => faultOf(file, fault))
  const {root} = openDocument(text, file)
  return lintPolicy(policy, context, rule => placeOf(file, root, rule && policy.rules.indexOf(rule)))
}

function lintReadable(text: string, file: string, context: LintContext): readonly LintFinding[] {
  try {
    const {policy, origins} = readReadable(text, file)
    return lintPolicy(
      policy,
      context,
      rule => (rule && origins.get(rule)) ?? {file, line: 1, column: 1},
      rule => (rule === null ? '' : `compiled to rule ${rule.rulePriority}: `),
    )
  } catch (error) {
    if (!(error instanceof ConfigError) || error.problems.length === 0) throw error
    return error.problems.map(problem => faultOf(file, policyFault(problem)))
  }
}

function faultOf(file: string, {code, line, column, path, text}: PolicyFault): LintFinding {
  return {
    code,
    severity: 'error',
    where: {file, line, column},
    message: path === '' ? text : `${path}: ${text}`,
    fix: null,
    evidence: null,
  }
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
