import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {awsEnvironment} from '../lib/cli/environment.ts'
import {lintFlags} from '../lib/cli/lint-flags.ts'
import {
  type ReplicationLintResult,
  toReplicationLintResult,
  viewReplicationLint,
} from '../lib/cli/replication-lint-view.ts'
import {accounts, concurrency, repositoryArgs} from '../lib/cli/scope-flags.ts'
import {expandStdin} from '../lib/cli/stdin.ts'

export default class ReplicateLint extends GantryCommand<ReplicationLintResult> {
  static override summary = 'Find what keeps copies away from a destination, or takes them again.'
  static override description = [
    'Follows the replication rules to each destination and asks it, with its own credentials, whether its policy lets the',
    'source replicate, which template makes repositories, whether tags are immutable there, and what its lifecycle policy',
    'does to copies. Prints the statement to add. Changes nothing. Exits with 3 when a finding is as severe as --fail-on.',
    'docs/replication-lint.md tells what each code means.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> 'dev/payments/**' --fail-on warning",
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = {
    account: accounts(),
    'fail-on': lintFlags['fail-on'],
    concurrency: concurrency(),
  }

  protected async execute(context: Context): Promise<ReplicationLintResult> {
    const {argv, flags} = await this.parse(ReplicateLint)
    const {runReplicationLint} = await import('../lib/replication/lint-run.ts')
    const run = await runReplicationLint(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        failOn: flags['fail-on'],
        concurrency: flags.concurrency,
      },
      {estate: await context.estate(), aws: await awsEnvironment(context), region: context.region},
    )
    return toReplicationLintResult(run)
  }

  protected view(result: ReplicationLintResult, style: Style): string {
    return viewReplicationLint(result, style)
  }
}
