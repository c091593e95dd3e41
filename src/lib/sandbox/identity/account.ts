import type {PolicyDocument} from '../access/document.ts'

/** What an identity may do, and what it is marked with. */
export interface Identity {
  /** Its identity policy. Absent: it may do everything in its own account, and whatever other accounts allow it. */
  readonly policy?: PolicyDocument
  readonly tags?: Readonly<Record<string, string>>
}

export interface Role extends Identity {
  readonly name: string
  readonly externalId?: string
  /** Account ids and ARNs that may assume it, and ARNs of identity providers; absent, anyone may. */
  readonly trusts?: readonly string[]
}

/** A secret of Secrets Manager: credentials for an upstream registry. */
export interface Secret {
  readonly arn: string
  readonly username: string
  readonly accessToken: string
  /** ECR may not read it, or may not use its key. Absent: it can. */
  readonly unreadable?: 'denied' | 'encrypted'
}

/** An account as it was seeded; every other account exists too, and has any role. */
export interface Account {
  readonly id: string
  /** Id of its organization, or the path of its unit there: `o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/`. */
  readonly organization?: string
  /** Its one user. */
  readonly user?: Identity
  /** Absent: any role can be assumed. */
  readonly roles?: readonly Role[]
  /** Absent: it has none. */
  readonly secrets?: readonly Secret[]
}

/** The role as it was seeded; in an account that was not given roles, any role is there. */
export function roleOf({roles}: Account, name: string): Role | undefined {
  return roles === undefined ? {name} : roles.find(role => role.name === name)
}
