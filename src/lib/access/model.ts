import type {Account} from '../config/estate.ts'
import {charactersOf, type PolicyDocument} from './document.ts'
import type {Need} from './need.ts'

/** Whom a policy is for: an identity, whoever assumes roles, repositories, or a registry. */
export type PolicyKind = 'identity' | 'assume-role' | 'repository' | 'registry'

/** A policy, and where it belongs. */
export interface GeneratedPolicy {
  readonly kind: PolicyKind
  /** An account of repos.yaml; its registry `ALIAS@REGION`, with a pattern behind for repositories; or a profile. */
  readonly name: string
  /** What it is attached to, in words. */
  readonly attachTo: string
  readonly policy: PolicyDocument
  /** Without white space, as IAM counts. */
  readonly characters: number
}

/** A permission at the registries of an account, and the repositories that it is for, as patterns. */
export interface Use {
  readonly need: Need
  readonly account: Account
  readonly patterns: readonly string[]
}

export function policyOf(
  kind: PolicyKind,
  name: string,
  attachTo: string,
  Statement: PolicyDocument['Statement'],
): GeneratedPolicy {
  const policy: PolicyDocument = {Version: '2012-10-17', Statement}
  return {kind, name, attachTo, policy, characters: charactersOf(policy)}
}

/** The account whose credentials an account is asked with. */
export function identityOf({alias, via}: Account): string {
  return via ?? alias
}
