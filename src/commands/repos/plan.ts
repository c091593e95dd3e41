import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {writeMarkdown} from '../../lib/cli/lifecycle-plan-files.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {reposPlanFlags, reposPlanOrder} from '../../lib/cli/repos-plan-flags.ts'
import type {markdownOfReposPlan} from '../../lib/cli/repos-plan-markdown.ts'
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

  /** Where Markdown is printed instead of the table. */
  #markdownOf: typeof markdownOfReposPlan | undefined

  protected async execute(context: Context): Promise<ReposPlanResult> {
    const {argv, flags} = await this.parse(ReposPlan)
    const words = await expandStdin(argv.map(String), context.stdin, flags.protect)
    await writtenEstate(context)
    const {detailedReposExitCode, runReposPlan} = await import('../../lib/repos/plan-run.ts')
    const run = await runReposPlan(reposPlanOrder(words, flags), {
      ...(await lookWorld(context)),
      onProgress: lifecycleProgress(context, 'Comparing', 'place'),
    })
    const exitCode = flags['detailed-exitcode'] ? detailedReposExitCode(run) : run.exitCode
    const result = toReposPlanResult(run, exitCode)
    if (flags.markdown.length > 0) {
      const markdownOf = await loadMarkdown()
      await writeMarkdown(flags.markdown, markdownOf, result)
      if (flags.markdown.includes('-')) this.#markdownOf = markdownOf
    }
    return result
  }

  protected override outputs(result: ReposPlanResult): Readonly<Record<string, string>> {
    return reposPlanOutputs(result)
  }

  /** What a reviewer has to see, not its figures alone. */
  protected override async stepSummary(result: ReposPlanResult): Promise<string> {
    const markdownOf = await loadMarkdown()
    return `\n${markdownOf(result)}\n`
  }

  protected view(result: ReposPlanResult, style: Style): string {
    return this.#markdownOf === undefined ? viewReposPlan(result, style) : this.#markdownOf(result)
  }
}

async function loadMarkdown(): Promise<typeof markdownOfReposPlan> {
  return (await import('../../lib/cli/repos-plan-markdown.ts')).markdownOfReposPlan
}
