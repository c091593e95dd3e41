import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {toSafeJson} from '../../lib/cli/escape.ts'
import {assertOneFormat, lintFlags} from '../../lib/cli/lint-flags.ts'
import {
  type ReposLintResult,
  sarifOfReposLint,
  toReposLintResult,
  viewReposLint,
} from '../../lib/cli/repos-lint-view.ts'
import {writtenEstate} from '../../lib/cli/written-estate.ts'

export default class ReposLint extends GantryCommand<ReposLintResult> {
  static override summary = 'Find what is doubtful in repos.yaml.'
  static override description = [
    'Looks at the file alone and asks nobody: what it says for nobody, what its settings do to each other at each registry,',
    'and what ECR would refuse. Exits with 3 when a finding is as severe as --fail-on. docs/repos-lint.md tells what each',
    'code means.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --fail-on warning',
    '<%= config.bin %> <%= command.id %> --format sarif > lint.sarif',
  ]
  static override flags = {
    ...lintFlags,
  }

  #format: 'table' | 'sarif' = 'table'
  #root = ''

  protected async execute(context: Context): Promise<ReposLintResult> {
    const {flags} = await this.parse(ReposLint)
    assertOneFormat(flags)
    this.#format = flags.format
    this.#root = context.cwd
    const estate = await writtenEstate(context)
    const {lintRepos} = await import('../../lib/repos/lint/lint.ts')
    return toReposLintResult(lintRepos(estate, flags['fail-on']))
  }

  protected view(result: ReposLintResult, style: Style): string {
    if (this.#format === 'sarif')
      return toSafeJson(sarifOfReposLint(result, {version: this.config.version, root: this.#root}))
    return viewReposLint(result, style)
  }
}
