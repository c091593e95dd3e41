import {string as stringArg} from '@oclif/core/args'
import {string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../../lib/cli/command.ts'
import {
  type ReposExplainResult,
  toReposExplainResult,
  viewReposExplain,
} from '../../lib/cli/repos-explain-view.ts'
import {accounts} from '../../lib/cli/scope-flags.ts'
import {writtenEstate} from '../../lib/cli/written-estate.ts'
import {UsageError} from '../../lib/errors.ts'

export default class ReposExplain extends GantryCommand<ReposExplainResult> {
  static override summary = 'Tell where each setting of a repository comes from.'
  static override description = [
    'For each registry of repos.yaml at which the repository is meant: every value that holds, the place in the file that',
    'says it, and what it hides. With --registry the settings of a registry itself. No registry is asked.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api',
    '<%= config.bin %> <%= command.id %> payments/api policy.statements --account prod',
    '<%= config.bin %> <%= command.id %> --registry prod@eu-west-1 replication',
  ]
  static override args = {
    repository: stringArg({
      name: 'REPOSITORY',
      ignoreStdin: true,
      description: 'The repository; with --registry the field.',
    }),
    field: stringArg({
      name: 'FIELD',
      ignoreStdin: true,
      description: 'Path of a value, or its start: tagMutability, policy.statements. All without.',
    }),
  }
  static override flags = {
    account: accounts({exclusive: ['registry']}),
    registry: string({
      helpValue: 'ALIAS[@REGION]',
      summary: 'The settings of this registry, instead of those of a repository.',
    }),
  }

  protected async execute(context: Context): Promise<ReposExplainResult> {
    const {args, flags} = await this.parse(ReposExplain)
    const {registry} = flags
    if (registry === undefined && args.repository === undefined)
      throw new UsageError('NO_REPOSITORY', 'Name a repository, or a registry with --registry.')
    if (registry !== undefined && args.field !== undefined)
      throw new UsageError('TOO_MANY_ARGUMENTS', 'With --registry there is a FIELD and no REPOSITORY.')
    const [repository, field] =
      registry === undefined ? [args.repository ?? null, args.field] : [null, args.repository]
    const estate = await writtenEstate(context)
    const {explainSettings} = await import('../../lib/repos/explain.ts')
    const places = registry === undefined ? flags.account : [registry]
    return toReposExplainResult(
      explainSettings(estate, {repository, accounts: places, field}),
      repository,
      field,
    )
  }

  protected view(result: ReposExplainResult, style: Style): string {
    return viewReposExplain(result, style)
  }
}
