import {readCommands} from '../../../src/lib/access/commands.ts'
import type {PolicyDocument} from '../../../src/lib/access/document.ts'
import {generatePolicies} from '../../../src/lib/access/generate.ts'
import type {Estate} from '../../../src/lib/config/estate.ts'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'

/** A sandbox in which something is ready to be done by a command. */
export interface Scene {
  readonly sandbox: Sandbox
  /** Does it; what is not done ends with a throw, or is told by the answer's `exitCode` or errors. */
  readonly run: () => Promise<object>
}

export interface Trial {
  /** As for `gantry iam policy`. */
  readonly command: string
  readonly estate: Estate
  /** Actions that are needed here because their circumstance holds. */
  readonly holds?: readonly string[]
  /** Actions, or `ACTION of ACCOUNT`, that are not needed here, though they are elsewhere. */
  readonly spares?: readonly string[]
  /** Actions that are tried without; all of the policies unless given. */
  readonly tried?: readonly string[]
  /** Whether what came of it is what was to be done. */
  readonly isDone: (outcome: object) => boolean
  readonly open: () => Promise<Scene>
}

type Policies = ReadonlyMap<string, PolicyDocument>

/** The policy of each account's identity, by account id. */
export function identityPolicies({command, estate}: Pick<Trial, 'command' | 'estate'>): Policies {
  const {policies} = generatePolicies({commands: readCommands([command]), repositories: []}, estate)
  const idOf = (alias: string) => estate.accounts.get(alias)?.id ?? alias
  const byId = Map.groupBy(
    policies.filter(({kind}) => kind === 'identity'),
    ({name}) => idOf(name),
  )
  return new Map(
    [...byId].map(([id, group]) => {
      const Statement = group.flatMap(({policy}) => policy.Statement)
      return [id, {Version: '2012-10-17', Statement: Statement.map((each, n) => ({...each, Sid: `S${n}`}))}]
    }),
  )
}

/** Gives the users of the accounts these policies; accounts without one may do nothing. */
export async function restrict(sandbox: Sandbox, policies: Policies, {accounts}: Estate): Promise<void> {
  // A policy has to have a statement.
  const nothing = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Action: 's3:ListBucket', Resource: '*'}],
  }
  const policyOf = (id: string) => {
    const policy = policies.get(id)
    return policy === undefined || policy.Statement.length === 0 ? nothing : policy
  }
  const ids = [...new Set([...accounts.values()].map(({id}) => id))]
  await sandbox.seed({accounts: ids.map(id => ({id, user: {policy: policyOf(id)}}))})
}

/** The same policies, without an action: in one account, or in all. */
export function without(policies: Policies, action: string, account?: string): Policies {
  return new Map(
    [...policies].map(([id, policy]) => {
      if (account !== undefined && account !== id) return [id, policy]
      const rest = policy.Statement.map(each => ({
        ...each,
        Action: each.Action.filter(one => one !== action),
      }))
      return [id, {...policy, Statement: rest.filter(({Action}) => Action.length > 0)}]
    }),
  )
}

/** What came of a run under policies: the outcome or the error, and all of its text. */
export async function attempt(trial: Trial, policies: Policies): Promise<{done: boolean; text: string}> {
  const {sandbox, run} = await trial.open()
  await restrict(sandbox, policies, trial.estate)
  try {
    const outcome = await run()
    return {done: trial.isDone(outcome), text: textOf(outcome)}
  } catch (error) {
    return {done: false, text: textOf(error)}
  }
}

/** Errors keep their message where JSON has none. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member instanceof Error ? {name: member.name, message: member.message, cause: member.cause} : member,
  )
}
