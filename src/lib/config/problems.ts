import {type ErrorDetails, UsageError} from '../errors.ts'

/** `repos.yaml` is missing, unreadable or wrong. The message is the first problem, the hints are the others. Exit 2. */
export class ConfigError extends UsageError {
  /** All of them, where the content of the file is what is wrong. */
  readonly problems: readonly Problem[]

  constructor(code: string, message: string, details?: ErrorDetails, problems: readonly Problem[] = []) {
    super(code, message, details)
    this.problems = problems
  }
}

/** Keys and list indexes from the root of the document to a value. */
export type Path = readonly (string | number)[]

/** Line and column, counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface Problem {
  readonly position: Position
  readonly path: Path
  readonly text: string
  /** Stable name of what kind of problem it is, in kebab-case, for those who tell problems apart. */
  readonly code?: string
  /** The value at `path` has to go: what else is wrong in it does not matter. */
  readonly needless?: boolean
  /** The key that is missing from the mapping at `path`. */
  readonly missing?: string
  /** The key of the mapping at `path` that an unknown one was probably meant to be. */
  readonly meant?: string
}

const shownProblems = 20

/** One error for all the problems of a file, in the order of their places. `problems` must not be empty. */
export function configError(file: string, problems: readonly Problem[]): ConfigError {
  const ordered = inOrder(problems)
  const [first = '', ...others] = ordered.slice(0, shownProblems).map(problem => lineOf(file, problem))
  const more = problems.length - shownProblems
  const hints = more > 0 ? [...others, `and ${more} more`] : others
  return new ConfigError('INVALID_CONFIG', first, {hints}, ordered)
}

/** In the order of their places. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
  )
}

function lineOf(file: string, {position, path, text}: Problem): string {
  const where = path.length === 0 ? '' : ` ${formatPath(path)}:`
  return `${file}:${position.line}:${position.column}${where} ${text}`
}

/** `accounts.dev.regions[0]`; a key that is no plain word stands in quotes. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join('').replace(/^\./, '')
}

function formatStep(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return /^[\w-]{1,64}$/.test(step) ? `.${step}` : `.${show(step)}`
}

/** A text of the user's in double quotes, on one line, cut when it is long. */
export function show(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}

/** As {@link show}, without the quotes: for numbers and other words that YAML reads as no text. */
export function showBare(text: string): string {
  return show(text).slice(1, -1)
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return {line: before.split('\n').length, column: offset - lineStart + 1}
}
