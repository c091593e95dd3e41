/** Turns whatever was thrown into what a person reads and what a script branches on. */
import {stripVTControlCharacters} from 'node:util'
import {nearest} from '../config/nearest.ts'
import {BugError, type ExitCode, exitCodes, GantryError, UsageError} from '../errors.ts'
import {escapeText} from './escape.ts'

export interface Description {
  readonly code: string
  /** One line, escaped. */
  readonly message: string
  readonly hints: readonly string[]
  readonly exitCode: ExitCode
  /** Where the error was made; only for what is not a user's doing. */
  readonly stack?: string
}

/** Describes any error. One that is no {@link GantryError} and not about the command line is a bug of ours. */
export function describe(thrown: unknown): Description {
  const error = toGantryError(thrown)
  const isBug = error.exitCode === exitCodes.bug
  return {
    code: error.code,
    message: escapeText(error.message),
    hints: error.hints.map(escapeText),
    exitCode: error.exitCode,
    ...(isBug && {stack: stackOf(thrown)}),
  }
}

/** `Error: ...` and its hints, as lines for stderr. */
export function errorLines({message, hints}: Description): string[] {
  return [`Error: ${message}`, ...hints.map(hint => `  ${hint}`)]
}

function toGantryError(thrown: unknown): GantryError {
  if (thrown instanceof GantryError) return withoutParserWords(thrown)
  if (isParserError(thrown)) return new UsageError('USAGE', parserMessage(thrown))
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return new BugError(`unexpected: ${message}. This is a bug of gantry; please report it.`, {
    hints: ['Set GANTRY_DEBUG=1 to see where it happened.'],
  })
}

/** The part of oclif's parser errors that we read: its classes are not exported by a subpath. */
interface ParserError extends Error {
  readonly oclif: {readonly exit?: number}
  readonly flags?: readonly string[]
  readonly args?: readonly (string | {readonly name: string})[]
  readonly parse?: {readonly input?: {readonly flags?: Readonly<Record<string, unknown>>}}
}

/** oclif gives every error about the command line the exit code 2, and defects of its own another one. */
function isParserError(thrown: unknown): thrown is ParserError {
  if (!(thrown instanceof Error && 'oclif' in thrown)) return false
  const {oclif} = thrown
  return typeof oclif === 'object' && oclif !== null && 'exit' in oclif && oclif.exit === 2
}

function parserMessage(error: ParserError): string {
  const [flag] = error.flags ?? []
  if (flag !== undefined) return unknownFlag(flag, Object.keys(error.parse?.input?.flags ?? {}))
  const [arg] = error.args ?? []
  if (typeof arg === 'string') return `Unexpected argument "${arg}". See --help.`
  if (arg !== undefined) return `${arg.name.toUpperCase()} is missing. See --help.`
  return plainMessage(error.message)
}

function unknownFlag(flag: string, known: readonly string[]): string {
  const [name = flag] = flag.split('=')
  const near = nearest(name.replace(/^-+/, ''), known)
  return `${name} is not a flag of this command. ${near === undefined ? 'See --help.' : `Did you mean --${near}?`}`
}

/** oclif rewrites the message of what a flag's parser threw: three lines, with its own words around ours. */
function withoutParserWords(error: GantryError): GantryError {
  if (error.message.startsWith('Parsing --')) error.message = plainMessage(error.message)
  return error
}

function plainMessage(message: string): string {
  return stripVTControlCharacters(message)
    .replace(/\nSee more help with --help$/, '')
    .replace(/^Parsing (--[\w-]+) \n\t/, '$1: ')
    .replace(/^The following errors? occurred:\s*/, '')
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join('; ')
}

function stackOf(thrown: unknown): string {
  const {stack} = thrown instanceof Error ? thrown : {}
  return (stack ?? String(thrown)).split('\n').map(escapeText).join('\n')
}
