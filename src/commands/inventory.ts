import {boolean, string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {type InventoryCommandResult, toInventoryResult, viewInventory} from '../lib/cli/inventory-view.ts'
import {lifecycleProgress} from '../lib/cli/lifecycle-plan-progress.ts'
import {lookWorld} from '../lib/cli/look-world.ts'
import {accounts, concurrency, repositoryArgs} from '../lib/cli/scope-flags.ts'
import {expandStdin} from '../lib/cli/stdin.ts'

export default class Inventory extends GantryCommand<InventoryCommandResult> {
  static override summary = 'Show what repositories hold, and record it.'
  static override description = [
    'Reads the lifecycle policy and all images, archived ones too, of the repositories of all accounts and regions of',
    'repos.yaml, and their manifests to tell how many bytes are unique. Nothing is changed. With --out all of it is',
    'recorded, for lifecycle plan --inventory and the like to work on where no registry can be asked.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> 'payments/**' --account prod",
    '<%= config.bin %> <%= command.id %> --out inventory.jsonl.gz',
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = {
    account: accounts(),
    out: string({
      helpValue: 'FILE',
      summary: 'Record the inventory in a file of JSON lines; compressed when its name ends in .gz.',
    }),
    manifests: boolean({
      allowNo: true,
      default: true,
      summary: 'Read all manifests, which ECR may count as pulls, to tell unique bytes.',
    }),
    concurrency: concurrency(),
  }

  protected async execute(context: Context): Promise<InventoryCommandResult> {
    const {argv, flags} = await this.parse(Inventory)
    const {runInventory} = await import('../lib/ecr/inventory/run.ts')
    const run = await runInventory(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        out: flags.out,
        manifests: flags.manifests,
        concurrency: flags.concurrency,
      },
      {...(await lookWorld(context)), onRepository: lifecycleProgress(context, 'Reading')},
    )
    return toInventoryResult(run)
  }

  protected view(result: InventoryCommandResult, style: Style): string {
    return viewInventory(result, style)
  }
}
