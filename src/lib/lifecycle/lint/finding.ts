/**
 * How much a finding weighs. `error`: the policy does not do what it says, or takes away what it should keep. `warning`:
 * it probably does something that nobody wanted. `note`: worth knowing.
 */
export const severities = ['error', 'warning', 'note'] as const
export type Severity = (typeof severities)[number]

/** A place in a policy file; line and column count from 1. */
export interface FilePlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A rule of a repository's policy; or something of a registry, where there is no repository. */
export interface RepositoryPlace {
  /** Label of the registry. */
  readonly registry: string
  /** Null for what concerns the registry itself. */
  readonly repository: string | null
  /** Prefix of a repository creation template; null for anything else. */
  readonly template: string | null
  /** Null for what concerns the policy as a whole. */
  readonly rulePriority: number | null
  /** Where the policy that was judged is written; null when it is the one in force. */
  readonly origin: FilePlace | null
}

/** What the images that are there say about it. */
export interface Evidence {
  readonly images: number
  /** Sum of the sizes that ECR tells; null where they do not matter. */
  readonly bytes: number | null
  /** Some tags, or digests of images without any. */
  readonly examples: readonly string[]
}

export interface LintFinding {
  /** Names a section of docs/lifecycle-lint.md. */
  readonly code: string
  readonly severity: Severity
  readonly where: FilePlace | RepositoryPlace
  /** One line: what is wrong. */
  readonly message: string
  /** One line: what to do; null where the message says it already, as for faults of the grammar. */
  readonly fix: string | null
  readonly evidence: Evidence | null
}

export function isFilePlace(where: FilePlace | RepositoryPlace): where is FilePlace {
  return 'file' in where
}
