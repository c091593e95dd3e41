import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {lifecyclePlanOutputs, writeMarkdown} from '../../lib/cli/lifecycle-plan-files.ts'
import {lifecyclePlanFlags, lifecyclePlanOrder} from '../../lib/cli/lifecycle-plan-flags.ts'
import {markdownOfPlan} from '../../lib/cli/lifecycle-plan-markdown.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {type LifecyclePlanResult, toLifecyclePlanResult} from '../../lib/cli/lifecycle-plan-result.ts'
import {viewLifecyclePlan} from '../../lib/cli/lifecycle-plan-view.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {repositoryArgs} from '../../lib/cli/scope-flags.ts'
import {expandStdin} from '../../lib/cli/stdin.ts'

export default class LifecyclePlan extends GantryCommand<LifecyclePlanResult> {
  static override summary =
    'Show what lifecycle policies do, and what would change, without changing anything.'
  static override description = [
    'Compares the policy that each repository should have with the one that it has, and says which images go at once and',
    'within the days to come, why, how many bytes that frees and what they cost. ECR is asked for its own preview, and any',
    'disagreement is shown. Nothing is changed: a preview is all that is started. Save the plan with --out to apply it.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> 'payments/**' --account prod --days 30",
    '<%= config.bin %> <%= command.id %> payments/api --policy policy.json --protect in-use.txt',
    '<%= config.bin %> <%= command.id %> --out plan.json --detailed-exitcode',
    '<%= config.bin %> <%= command.id %> --inventory inventory.jsonl --markdown plan.md',
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = lifecyclePlanFlags

  #prints: 'markdown' | 'table' = 'table'

  protected async execute(context: Context): Promise<LifecyclePlanResult> {
    const {argv, flags} = await this.parse(LifecyclePlan)
    if (flags.markdown.includes('-')) this.#prints = 'markdown'
    const words = await expandStdin(argv.map(String), context.stdin, flags.protect)
    const {detailedPlanExitCode, runLifecyclePlan} = await import('../../lib/lifecycle/plan-run.ts')
    const run = await runLifecyclePlan(lifecyclePlanOrder(words, flags), {
      ...(await lookWorld(context)),
      onRepository: lifecycleProgress(context, 'Planning'),
    })
    const exitCode = flags['detailed-exitcode'] ? detailedPlanExitCode(run) : run.exitCode
    const result = toLifecyclePlanResult(run, exitCode)
    await writeMarkdown(flags.markdown, markdownOfPlan, result)
    return result
  }

  protected override outputs(result: LifecyclePlanResult): Readonly<Record<string, string>> {
    return lifecyclePlanOutputs(result)
  }

  protected view(result: LifecyclePlanResult, style: Style): string {
    return this.#prints === 'markdown' ? markdownOfPlan(result) : viewLifecyclePlan(result, style)
  }
}
