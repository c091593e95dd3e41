import type {Severity} from '../../lifecycle/lint/finding.ts'

/** A statement of a registry's policy. */
export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: {readonly AWS: string}
  readonly Action: readonly string[]
  readonly Resource: string
}

/** What the images that are there say about it. */
export interface RouteEvidence {
  readonly images: number
  /** Sum of the sizes that ECR tells. */
  readonly bytes: number
  /** Some tags, or digests of images without any. */
  readonly examples: readonly string[]
}

/** What is looked for, in the order of docs/replication-lint.md. */
export const routeCodes = [
  'no-replicate-grant',
  'no-create-grant',
  'explicit-deny',
  'unclear-policy',
  'no-template',
  'template-without-role',
  'immutable-destination',
  'untagged-copies-expire',
  'lifecycle-takes-copies',
  'kms-destination',
] as const

export type RouteCode = (typeof routeCodes)[number]

/** Something of a destination that keeps copies away, or takes them again. */
export interface RouteFinding {
  /** Names a row of docs/replication-lint.md. */
  readonly code: RouteCode
  readonly severity: Severity
  /** Labels of the registries. */
  readonly source: string
  readonly destination: string
  /** Those that it concerns, all of the same name at both. */
  readonly repositories: readonly string[]
  /** One line: what is wrong. */
  readonly message: string
  /** One line: what to do. */
  readonly fix: string
  /** To be added to the policy of the destination's registry; null where that is not what helps. */
  readonly statement: PolicyStatement | null
  readonly evidence: RouteEvidence | null
}

/** What a check has to say of one repository. */
export type RouteDoubt = Pick<RouteFinding, 'code' | 'severity' | 'message' | 'fix'> &
  Partial<Pick<RouteFinding, 'statement' | 'evidence'>>
