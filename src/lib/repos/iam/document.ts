import {exitCodes, RefusalError} from '../../errors.ts'
import {parseStrictJson} from '../../oci/strict-json.ts'
import type {Json} from '../../plan/canonical.ts'
import {type Members, shapeFault} from './shape.ts'

/** A statement as it was written. */
export type Statement = Members

/** A policy in the grammar of IAM, as it was written. */
export interface PolicyDocument {
  /** `Version`, `Id`, and what this version does not know. */
  readonly head: Members
  readonly statements: readonly Statement[]
}

/** A policy, or what is wrong with its text: `Statement[1].Effect is neither Allow nor Deny`. */
type ReadPolicy = {readonly document: PolicyDocument} | {readonly fault: string}

/**
 * Reads the text of a policy: exact JSON, in which no key is there twice, with statements that are understood. What this
 * version does not know in it is kept.
 *
 * @throws {TypeError} for a text that {@link requireReadable} does not let pass.
 */
export function documentOf(text: string): PolicyDocument {
  const read = readPolicy(text)
  if ('fault' in read) throw new TypeError(`a policy that cannot be read: ${read.fault}`)
  return read.document
}

/** Why a text cannot be read as a policy; undefined when it can. */
export function policyFault(text: string): string | undefined {
  const read = readPolicy(text)
  return 'fault' in read ? read.fault : undefined
}

/**
 * Lets pass only a text that can be read, so that what is not understood is never overwritten.
 *
 * @param what whose it is: `prod@eu-west-1/payments/api: the repository policy`.
 * @throws {RefusalError} UNKNOWN_POLICY, exit 8.
 */
export function requireReadable(text: string, what: string): string {
  const fault = policyFault(text)
  if (fault === undefined) return text
  throw new RefusalError('UNKNOWN_POLICY', `${what} at ECR is not understood: ${fault}.`, {
    exitCode: exitCodes.undetermined,
    hints: ['Look at it in ECR, or use a newer Gantry. It is left as it is.'],
  })
}

/** The text of a policy as it is sent: compact, since ECR counts its characters. */
export function printDocument({head, statements}: PolicyDocument): string {
  return JSON.stringify({...head, Statement: statements})
}

/** Repositories mostly share policies: a text is read once. The earliest go when there are many. */
const known = new Map<string, ReadPolicy>()
const mostKnown = 2000

function readPolicy(text: string): ReadPolicy {
  const before = known.get(text)
  if (before !== undefined) return before
  const [earliest] = known.keys()
  if (known.size >= mostKnown && earliest !== undefined) known.delete(earliest)
  const read = readAnew(text)
  known.set(text, read)
  return read
}

function readAnew(text: string): ReadPolicy {
  let value: unknown
  try {
    value = parseStrictJson(new TextEncoder().encode(text))
  } catch (error) {
    if (error instanceof SyntaxError) return {fault: error.message}
    throw error
  }
  const fault = shapeFault(value as Json)
  if (fault !== undefined) return {fault}
  const {Statement, ...head} = value as {readonly Statement: Statement | readonly Statement[]}
  return {document: {head, statements: isList(Statement) ? Statement : [Statement]}}
}

function isList(value: Statement | readonly Statement[]): value is readonly Statement[] {
  return Array.isArray(value)
}
