import {type ExitCode, exitCodes, GantryError} from '../errors.ts'
import {withAuths} from './docker-config.ts'
import {readPrivateFile, replacePrivateFile} from './private-file.ts'
import {loginWithTool, type RunContext} from './run-tool.ts'
import type {LoginTarget} from './targets.ts'
import type {IssueToken, Token} from './tokens.ts'
import {groupByStore, type Tool} from './tools.ts'

/** Hands registry passwords to container tools, or to the file they read; one registry's trouble stops no other. */

export interface LoginItem {
  readonly registry: string
  /** Null for ECR Public. */
  readonly account: string | null
  readonly region: string
  /** The account of `repos.yaml` whose credentials were used; null for the default chain. */
  readonly alias: string | null
  /** ARN that the password was issued to; null when none was issued. */
  readonly principal: string | null
  /** The tool, or `authfile`. */
  readonly tool: string
  /** ISO 8601. */
  readonly expiresAt: string | null
  readonly outcome: 'logged in' | 'failed'
  readonly error: {readonly code: string; readonly message: string; readonly hints: readonly string[]} | null
}

/** What was done, and the exit code that all of it comes to. */
export interface LoginResult {
  readonly items: readonly LoginItem[]
  readonly exitCode: ExitCode
}

interface Attempt {
  readonly target: LoginTarget
  readonly tool: string
  readonly token: Token | undefined
  readonly error: GantryError | undefined
}

type Credential =
  | {readonly target: LoginTarget; readonly token: Token}
  | {readonly target: LoginTarget; readonly error: GantryError}

export type LoginEvent =
  | {readonly type: 'started'; readonly registry: string; readonly tool: string}
  | {readonly type: 'ended'; readonly item: LoginItem}

/** Logs each tool in to each registry. Throws only the abort signal's reason, and what is a bug. */
export async function loginTools(
  targets: readonly LoginTarget[],
  tools: readonly Tool[],
  issue: IssueToken,
  context: RunContext,
  onEvent: (event: LoginEvent) => void = () => undefined,
): Promise<LoginResult> {
  const credentials = await issueAll(targets, issue)
  const attempts = await Promise.all(
    groupByStore(tools).map(async group => {
      const done: Attempt[] = []
      for (const tool of group) {
        for (const credential of credentials) {
          onEvent({type: 'started', registry: credential.target.registry, tool: tool.name})
          const attempt = await loginOne(tool, credential, context)
          onEvent({type: 'ended', item: itemOf(attempt)})
          done.push(attempt)
        }
      }
      return done
    }),
  )
  return resultOf(attempts.flat())
}

/** Writes the passwords into one auth file, in one step. Throws `UsageError` when the file cannot be used. */
export async function loginAuthfile(
  targets: readonly LoginTarget[],
  path: string,
  issue: IssueToken,
): Promise<LoginResult> {
  // Looked at before any password is asked for.
  withAuths(await readPrivateFile(path), [], path)
  const credentials = await issueAll(targets, issue)
  const entries = credentials.flatMap(credential =>
    'token' in credential ? [{...credential.token, registry: credential.target.registry}] : [],
  )
  if (entries.length > 0) {
    await replacePrivateFile(path, withAuths(await readPrivateFile(path), entries, path))
  }
  return resultOf(
    credentials.map(credential => ({tool: 'authfile', token: undefined, error: undefined, ...credential})),
  )
}

async function issueAll(targets: readonly LoginTarget[], issue: IssueToken): Promise<readonly Credential[]> {
  return await Promise.all(
    targets.map(async target => {
      try {
        return {target, token: await issue(target)}
      } catch (error) {
        return {target, error: expected(error)}
      }
    }),
  )
}

async function loginOne(tool: Tool, credential: Credential, context: RunContext): Promise<Attempt> {
  const attempt = {tool: tool.name, token: undefined, error: undefined, ...credential}
  if (attempt.token === undefined) return attempt
  const {registry, plainHttp} = attempt.target
  const {username, password} = attempt.token
  try {
    await loginWithTool(tool, {registry, plainHttp, username, password}, context)
    return attempt
  } catch (error) {
    return {...attempt, error: expected(error)}
  }
}

/** Trouble of one registry becomes its item's; anything else ends the run. */
function expected(error: unknown): GantryError {
  if (error instanceof GantryError && error.exitCode !== exitCodes.bug) return error
  throw error
}

function resultOf(attempts: readonly Attempt[]): LoginResult {
  const errors = attempts.flatMap(({error}) => (error === undefined ? [] : [error]))
  return {items: attempts.map(itemOf), exitCode: exitCodeOf(errors, attempts.length)}
}

function itemOf({target, tool, token, error}: Attempt): LoginItem {
  return {
    registry: target.registry,
    account: target.account ?? null,
    region: target.region,
    alias: target.alias ?? null,
    principal: token?.principal ?? null,
    tool,
    expiresAt: token?.expiresAt.toISOString() ?? null,
    outcome: error === undefined ? 'logged in' : 'failed',
    error: error === undefined ? null : {code: error.code, message: error.message, hints: error.hints},
  }
}

/** All failed for the same kind of reason: that kind's code. Some failed: 4. */
function exitCodeOf(errors: readonly GantryError[], attempts: number): ExitCode {
  const codes = new Set(errors.map(({exitCode}) => exitCode))
  const [only] = codes
  if (only === undefined) return exitCodes.done
  return codes.size === 1 && errors.length === attempts ? only : exitCodes.partial
}
