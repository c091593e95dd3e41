import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {writeMarkdown} from '../../lib/cli/lifecycle-plan-files.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {reposPlanFlags, reposPlanOrder} from '../../lib/cli/repos-plan-flags.ts'
import {markdownOfReposPlan} from '../../lib/cli/repos-plan-markdown.ts'
import {type ReposPlanResult, reposPlanOutputs, toReposPlanResult} from '../../lib/cli/repos-plan-result.ts'
import {viewReposPlan} from '../../lib/cli/repos-plan-view.ts'
import {repositoryArgs} from '../../lib/cli/scope-flags.ts'
import {expandStdin} from '../../lib/cli/stdin.ts'
import {writtenEstate} from '../../lib/cli/written-estate.ts'

export default class ReposPlan extends GantryCommand<ReposPlanResult> {
  static override summary =
    'Show what differs between repos.yaml and the registries, without changing anything.'
  static override description = [
    'Compares everything that repos.yaml manages with what the registries have, and says what would change, where the file',
    'says so, and what may go wrong because of it. What the file does not mention is not read and stays; what others made in',
    'a list that the file adds to stays and is shown. What ECR cannot change is blocked, with what to do instead; it counts',
    'as a difference. With repositories or patterns, registries as a whole are looked at only where all repositories are',
    'meant (ALIAS/**). Save the plan with --out to apply it.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> 'payments/**' --account prod",
    '<%= config.bin %> <%= command.id %> --out plan.json --detailed-exitcode',
    '<%= config.bin %> <%= command.id %> --protect in-use.txt --markdown plan.md',
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = reposPlanFlags

  #prints: 'markdown' | 'table' = 'table'

  protected async execute(context: Context): Promise<ReposPlanResult> {
    const {argv, flags} = await this.parse(ReposPlan)
    if (flags.markdown.includes('-')) this.#prints = 'markdown'
    const words = await expandStdin(argv.map(String), context.stdin, flags.protect)
    await writtenEstate(context)
    const {detailedReposExitCode, runReposPlan} = await import('../../lib/repos/plan-run.ts')
    const run = await runReposPlan(reposPlanOrder(words, flags), {
      ...(await lookWorld(context)),
      onProgress: lifecycleProgress(context, 'Comparing', 'place'),
    })
    const exitCode = flags['detailed-exitcode'] ? detailedReposExitCode(run) : run.exitCode
    const result = toReposPlanResult(run, exitCode)
    await writeMarkdown(flags.markdown, markdownOfReposPlan, result)
    return result
  }

  protected override outputs(result: ReposPlanResult): Readonly<Record<string, string>> {
    return reposPlanOutputs(result)
  }

  /** What a reviewer has to see, not its figures alone. */
  protected override async stepSummary(result: ReposPlanResult): Promise<string> {
    return `\n${markdownOfReposPlan(result)}\n`
  }

  protected view(result: ReposPlanResult, style: Style): string {
    return this.#prints === 'markdown' ? markdownOfReposPlan(result) : viewReposPlan(result, style)
  }
}
