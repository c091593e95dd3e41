import {string as stringArg} from '@oclif/core/args'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {readShardResult} from '../../lib/cli/promotion-document.ts'
import {type PromoteResult, toPromoteResult, viewPromotion} from '../../lib/cli/promotion-view.ts'
import {readInput} from '../../lib/cli/stdin.ts'

export default class PromoteMerge extends GantryCommand<PromoteResult> {
  static override summary = 'Join the results of all shards of a promotion.'
  static override description = [
    'Takes what each gantry promote --shard printed with --json, shows the whole of it, and exits as one run would have.',
    'Results of another plan or selection, a shard that is missing and one that is there twice are refused.',
  ].join(' ')
  static override examples = ['<%= config.bin %> <%= command.id %> result-*.json']
  static override strict = false
  static override args = {
    results: stringArg({
      name: 'RESULT',
      ignoreStdin: true,
      multiple: true,
      required: true,
      description: 'Files with the results, one for each shard.',
    }),
  }

  protected async execute({stdin}: Context): Promise<PromoteResult> {
    const {argv} = await this.parse(PromoteMerge)
    const results = []
    for (const file of argv.map(String)) results.push(readShardResult(await readInput(file, stdin), file))
    const {mergeShards} = await import('../../lib/promote/merge.ts')
    const merged = mergeShards(results)
    return toPromoteResult(merged, merged.exitCode)
  }

  protected view(result: PromoteResult, style: Style): string {
    return viewPromotion(result, style)
  }
}
