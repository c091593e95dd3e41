import {ConfigError, formatPath, type Problem} from '../config/problems.ts'

/** Something that is wrong in the text of a lifecycle policy. */
export interface PolicyFault {
  /** Stable, kebab-case: `any-not-last`. */
  readonly code: string
  /** From 1, as is `column`. */
  readonly line: number
  readonly column: number
  /** `rules[2].selection.tagPatternList[0]`; empty for the file as a whole. */
  readonly path: string
  /** What is wrong and what to do, on one line, without the place. */
  readonly text: string
}

export function policyFault({position, path, text, code = 'wrong-value'}: Problem): PolicyFault {
  return {code, ...position, path: formatPath(path), text}
}

/** `policy.json:3:7 rules[0].action: ...` */
export function faultLine(file: string, {line, column, path, text}: PolicyFault): string {
  return `${file}:${line}:${column}${path === '' ? '' : ` ${path}:`} ${text}`
}

/** One error for all the faults of a file: the first as the message, the others as hints. `faults` must not be empty. */
export function policyError(file: string, faults: readonly PolicyFault[]): ConfigError {
  const [first = '', ...others] = faults.map(fault => faultLine(file, fault))
  return new ConfigError('INVALID_POLICY', first, {hints: others})
}
