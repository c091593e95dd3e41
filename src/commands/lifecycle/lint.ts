import {string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment} from '../../lib/cli/environment.ts'
import {toSafeJson} from '../../lib/cli/escape.ts'
import {severalTimes, wholeNumber} from '../../lib/cli/flags.ts'
import {
  type LifecycleLintResult,
  sarifOfLint,
  toLifecycleLintResult,
  viewLifecycleLint,
} from '../../lib/cli/lifecycle-lint-view.ts'
import {assertOneFormat, lintFlags} from '../../lib/cli/lint-flags.ts'
import {accounts, inventoryFile, repositoryArgs} from '../../lib/cli/scope-flags.ts'
import {expandStdin} from '../../lib/cli/stdin.ts'

export default class LifecycleLint extends GantryCommand<LifecycleLintResult> {
  static override summary = 'Find what is doubtful in lifecycle policies.'
  static override description = [
    'Looks at the policies of repositories, those that repos.yaml wants or else those that they have, beside the images',
    'that are there; or, with --policy alone, at files, and asks nobody. Changes nothing. Exits with 3 when a finding is',
    'as severe as --fail-on. docs/lifecycle-lint.md tells what each code means.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --policy lifecycle.json',
    "<%= config.bin %> <%= command.id %> 'payments/**' --fail-on warning",
    '<%= config.bin %> <%= command.id %> --policy lifecycle.json --format sarif > lint.sarif',
    '<%= config.bin %> <%= command.id %> --inventory inventory.jsonl',
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = {
    account: accounts({exclusive: ['inventory']}),
    policy: string({
      ...severalTimes,
      default: [],
      helpValue: 'FILE',
      summary: "A policy file, of ECR's rules or readable ones, JSON or YAML.",
    }),
    inventory: inventoryFile(),
    'rollback-depth': wholeNumber({
      min: 1,
      max: 100_000,
      default: 5,
      summary: 'Releases that there should be to go back to.',
    }),
    ...lintFlags,
  }

  #format: 'table' | 'sarif' = 'table'
  #root = ''

  protected async execute(context: Context): Promise<LifecycleLintResult> {
    const {argv, flags} = await this.parse(LifecycleLint)
    assertOneFormat(flags)
    this.#format = flags.format
    this.#root = context.cwd
    const estate = await context.estate()
    const {runLint} = await import('../../lib/lifecycle/lint-run.ts')
    const run = await runLint(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        files: flags.policy,
        inventory: flags.inventory,
        rollbackDepth: flags['rollback-depth'],
        failOn: flags['fail-on'],
        concurrency: estate.defaults.promote.concurrency,
      },
      {estate, aws: () => awsEnvironment(context), region: context.region},
    )
    return toLifecycleLintResult(run)
  }

  protected view(result: LifecycleLintResult, style: Style): string {
    if (this.#format === 'sarif')
      return toSafeJson(sarifOfLint(result, {version: this.config.version, root: this.#root}))
    return viewLifecycleLint(result, style)
  }
}
