import type {Origin} from '../../config/estate.ts'
import type {Path} from '../../config/problems.ts'
import type {Severity} from '../../lifecycle/lint/finding.ts'
import type {LintedFile} from './file.ts'

/** Something that is doubtful about what repos.yaml says. */
export interface ReposFinding {
  /** Names a section of docs/repos-lint.md. */
  readonly code: string
  readonly severity: Severity
  readonly where: Origin
  /** The key: `registries.prod.replication.rules[0]`. */
  readonly key: string
  /** `ALIAS@REGION` of the registries that it is about; none where it is about the file alone. */
  readonly registries: readonly string[]
  /** Repositories that it is about, where what is said of them is said of others, too. */
  readonly repositories: readonly string[]
  /** One line: what is wrong. */
  readonly message: string
  /** One line: what to do. */
  readonly fix: string
}

/** A place in the file: a `Source` is one. */
export interface Spot {
  readonly path: Path
  readonly origin: Origin | undefined
}

/** What a check has to say. */
export interface ReposDoubt {
  readonly at: Spot
  /** `ALIAS@REGION` of the registry that it is about. */
  readonly registry?: string
  readonly repository?: string
  readonly message: string
  readonly fix: string
  /** Where it weighs more or less than usual. */
  readonly severity?: Severity
}

/** One thing that may be doubtful in the file. */
export interface ReposLintRule {
  readonly code: string
  readonly severity: Severity
  /** One line: what it finds. */
  readonly summary: string
  readonly check: (file: LintedFile) => readonly ReposDoubt[]
}
