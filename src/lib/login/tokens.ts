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
