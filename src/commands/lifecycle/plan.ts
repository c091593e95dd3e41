import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {awsEnvironment} from '../../lib/cli/environment.ts'
import {wholeNumber} from '../../lib/cli/flags.ts'
import {lifecyclePlanOutputs, writeMarkdown} from '../../lib/cli/lifecycle-plan-files.ts'
import {markdownOfPlan} from '../../lib/cli/lifecycle-plan-markdown.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {type LifecyclePlanResult, toLifecyclePlanResult} from '../../lib/cli/lifecycle-plan-result.ts'
import {viewLifecyclePlan} from '../../lib/cli/lifecycle-plan-view.ts'
import {expandStdin, readStdin} from '../../lib/cli/stdin.ts'
import {UsageError} from '../../lib/errors.ts'

const MiB = 1024 * 1024

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
  static override args = {
    repository: stringArg({
      name: 'REPOSITORY',
      ignoreStdin: true,
      description: '[ALIAS/]REPOSITORY or a pattern of names; several, or - to read them; all without.',
    }),
  }
  static override flags = {
    account: string({
      multiple: true,
      delimiter: ',',
      default: [],
      exclusive: ['inventory'],
      helpValue: 'ALIAS[@REGION]',
      summary: 'Only these accounts; several with a comma.',
    }),
    policy: string({
      helpValue: 'FILE',
      summary: 'Plan with this policy for all the repositories, instead of what repos.yaml says.',
    }),
    days: wholeNumber({min: 0, max: 365, default: 7, summary: 'How far to look ahead.'}),
    inventory: string({
      exclusive: ['out'],
      helpValue: 'FILE',
      summary: 'Plan on a recorded inventory (gantry inventory --out); no registry is asked.',
    }),
    protect: string({
      multiple: true,
      default: [],
      helpValue: 'FILE',
      summary:
        'Images that are needed: digests or references, or the output of a command; - for standard input.',
    }),
    'allow-empty-protect': boolean({summary: 'A --protect file that names no image is no mistake.'}),
    preview: boolean({allowNo: true, default: true, summary: "Compare with ECR's own preview."}),
    bytes: boolean({allowNo: true, summary: 'Read all manifests where something goes, to tell which bytes.'}),
    markdown: string({
      multiple: true,
      default: [],
      helpValue: 'FILE|-',
      summary: 'Also write the plan as Markdown; - prints it instead of the table.',
    }),
    out: string({helpValue: 'FILE', summary: 'Save the plan to a file, for gantry lifecycle apply.'}),
    concurrency: wholeNumber({
      min: 1,
      max: 64,
      default: 8,
      summary: 'Repositories, and requests at each registry, in flight.',
    }),
    'detailed-exitcode': boolean({
      summary: 'Exit 10 when a policy would change, 7 when an image that is needed would go.',
    }),
  }

  #prints: 'markdown' | 'table' = 'table'

  protected async execute(context: Context): Promise<LifecyclePlanResult> {
    const {argv, flags} = await this.parse(LifecyclePlan)
    if (argv.includes('-') && flags.protect.includes('-')) {
      throw new UsageError('STDIN_TWICE', 'Standard input can be read once: give - one time.')
    }
    if (flags.markdown.includes('-')) this.#prints = 'markdown'
    // A flag that was not given is undefined, which oclif's types do not say of booleans.
    const given: Partial<typeof flags> = flags
    const {detailedPlanExitCode, runLifecyclePlan} = await import('../../lib/lifecycle/plan-run.ts')
    const run = await runLifecyclePlan(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        inventory: flags.inventory,
        concurrency: flags.concurrency,
        policyFile: flags.policy,
        days: flags.days,
        protect: flags.protect,
        allowEmptyProtect: flags['allow-empty-protect'],
        preview: flags.preview,
        bytes: given.bytes,
        out: flags.out,
      },
      {
        estate: await context.estate(),
        aws: await awsEnvironment(context),
        region: context.region,
        readStdin: async bytes => Buffer.from(await readStdin(context.stdin, bytes / MiB)),
        onRepository: lifecycleProgress(context, 'Planning'),
      },
    )
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
