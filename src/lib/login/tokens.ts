import type {LoginTarget} from './targets.ts'

/** Passwords for registries, asked for once for each principal and region: any registry of the region takes them. */

export interface Token {
  readonly username: string
  readonly password: string
  readonly expiresAt: Date
  /** ARN of who it was issued to. */
  readonly principal: string
}

export type IssueToken = (target: LoginTarget) => Promise<Token>

/** How identities are proven and asked for passwords. */
export interface Identities<Session extends {readonly arn: string}> {
  readonly connect: (target: LoginTarget) => Promise<Session>
  readonly issue: (session: Session, target: LoginTarget) => Promise<Omit<Token, 'principal'>>
}

/** Asks each identity to prove itself once, and each principal for one password a region. */
export function tokenIssuer<Session extends {readonly arn: string}>(
  identities: Identities<Session>,
): IssueToken {
  const sessions = new Map<string | undefined, Promise<Session>>()
  const tokens = new Map<string, Promise<Token>>()

  const issue = async (session: Session, target: LoginTarget): Promise<Token> => ({
    ...(await identities.issue(session, target)),
    principal: session.arn,
  })

  return async target => {
    // The default chain is asked for each account: in a sandbox it is the account's own identity.
    const identity = target.alias ?? target.account
    const session = await once(sessions, identity, async () => await identities.connect(target))
    const key = `${session.arn} ${target.visibility} ${target.region}`
    return await once(tokens, key, async () => await issue(session, target))
  }
}

async function once<Key, Value>(
  known: Map<Key, Promise<Value>>,
  key: Key,
  make: () => Promise<Value>,
): Promise<Value> {
  const made = known.get(key) ?? make()
  known.set(key, made)
  return await made
}
