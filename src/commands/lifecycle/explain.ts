import {string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {wholeNumber} from '../../lib/cli/flags.ts'
import {
  type LifecycleExplainResult,
  toExplainResult,
  viewExplain,
} from '../../lib/cli/lifecycle-explain-view.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {imageArgs, inventoryFile, protectFiles} from '../../lib/cli/scope-flags.ts'
import {expandStdin} from '../../lib/cli/stdin.ts'
import {UsageError} from '../../lib/errors.ts'

export default class LifecycleExplain extends GantryCommand<LifecycleExplainResult> {
  static override summary = "Tell one image's story: what lifecycle policies make of it, and why."
  static override description = [
    'Says what the image is, which indexes list it and what refers to it, and rule by rule what the policy of today and',
    'the one that it should have make of it. Nothing is changed.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api:v1.4.2',
    '<%= config.bin %> <%= command.id %> prod/payments/api:v1.4.2 --policy policy.json',
  ]
  static override strict = false
  static override args = imageArgs
  static override flags = {
    policy: string({helpValue: 'FILE', summary: 'Explain by this policy, instead of what repos.yaml says.'}),
    inventory: inventoryFile(),
    protect: protectFiles(),
    days: wholeNumber({min: 0, max: 365, default: 365, summary: 'How far to look ahead.'}),
  }

  protected async execute(context: Context): Promise<LifecycleExplainResult> {
    const {argv, flags} = await this.parse(LifecycleExplain)
    const {policy: policyFile, inventory, protect, days} = flags
    const images = await expandStdin(argv.map(String), context.stdin, protect)
    if (images.length === 0) {
      throw new UsageError('NO_IMAGE', 'Say which image: gantry lifecycle explain REPOSITORY:TAG.')
    }
    const {runExplain} = await import('../../lib/lifecycle/explain-run.ts')
    const run = await runExplain({images, policyFile, inventory, protect, days}, await lookWorld(context))
    return toExplainResult(run)
  }

  protected view(result: LifecycleExplainResult, style: Style): string {
    return viewExplain(result, style)
  }
}
