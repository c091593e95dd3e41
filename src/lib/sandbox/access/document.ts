/** One text, or a list of them. */
export type Texts = string | readonly string[]

export type Principals =
  | '*'
  | Readonly<Partial<Record<'AWS' | 'Service' | 'Federated' | 'CanonicalUser', Texts>>>

type Value = string | number | boolean

/** Values by operator and condition key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, Value | readonly Value[]>>>>

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Principal?: Principals
  readonly NotPrincipal?: Principals
  readonly Action?: Texts
  readonly NotAction?: Texts
  readonly Resource?: Texts
  readonly NotResource?: Texts
  readonly Condition?: Conditions
}

/** A policy in the grammar of IAM. */
export interface PolicyDocument {
  readonly Version?: '2012-10-17' | '2008-10-17'
  readonly Id?: string
  readonly Statement: Statement | readonly Statement[]
}

/** The items of an element that may be a single one. */
export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value as T]
}
