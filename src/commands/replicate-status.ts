import {string as stringArg} from '@oclif/core/args'
import {boolean} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {awsEnvironment} from '../lib/cli/environment.ts'
import {duration} from '../lib/cli/flags.ts'
import {replicationProgress} from '../lib/cli/replication-progress.ts'
import {type ReplicateStatusResult, toReplicateStatusResult} from '../lib/cli/replication-result.ts'
import {viewReplicateStatus} from '../lib/cli/replication-view.ts'
import {accounts, concurrency} from '../lib/cli/scope-flags.ts'
import {expandStdin} from '../lib/cli/stdin.ts'

export default class ReplicateStatus extends GantryCommand<ReplicateStatusResult> {
  static override summary = 'Show whether every registry that images replicate to has them.'
  static override description = [
    'Takes the destinations from the replication rules of the registry, asks each of them with its own credentials for the',
    'digests, for what indexes list and what refers to them, and for the tags, and asks the source why something is not',
    'there. Exit code 0 only when every expected destination has every image; 4 when one has not, or no rule covers an',
    'image; 8 when that is not known, or it is under way. Nothing is changed.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api:1.4.2 --wait 10m',
    "<%= config.bin %> <%= command.id %> 'dev/payments/**'",
    '<%= config.bin %> <%= command.id %> payments/api@sha256:6c3c624b58dbbcd3c0dd82b4c53f04194d1247c6eebdaab7c610cf7d66709b3b --json',
  ]
  static override strict = false
  static override args = {
    image: stringArg({
      name: 'IMAGE|REPOSITORY',
      ignoreStdin: true,
      description:
        '[ALIAS/]REPOSITORY, with :TAG or @DIGEST, or a pattern of names; several, or - to read them; all without.',
    }),
  }
  static override flags = {
    account: accounts(),
    wait: duration({
      summary: 'Wait so long for what is under way (10m); what is settled is not asked again.',
    }),
    thorough: boolean({
      summary:
        'Ask the source about every image, too, one request each: a failure counts though all is there.',
    }),
    'allow-uncovered': boolean({
      summary: 'Images that no rule covers are no failure, as long as rules cover others.',
    }),
    concurrency: concurrency(),
  }

  protected async execute(context: Context): Promise<ReplicateStatusResult> {
    const {argv, flags} = await this.parse(ReplicateStatus)
    const {runReplicateStatus} = await import('../lib/replication/status-run.ts')
    const run = await runReplicateStatus(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        waitMs: flags.wait,
        thorough: flags.thorough,
        allowUncovered: flags['allow-uncovered'],
        concurrency: flags.concurrency,
      },
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
        deadlineAfter: ms => AbortSignal.timeout(ms),
        random: Math.random,
        onLook: replicationProgress(context),
      },
    )
    return toReplicateStatusResult(run)
  }

  protected override outputs({exitCode}: ReplicateStatusResult): Readonly<Record<string, string>> {
    return {verdict: exitCode === 0 ? 'yes' : exitCode === 4 ? 'no' : 'undetermined'}
  }

  protected view(result: ReplicateStatusResult, style: Style): string {
    return viewReplicateStatus(result, style)
  }
}
