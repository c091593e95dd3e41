import {boolean, string} from '@oclif/core/flags'
import {type Context, GantryCommand} from '../../lib/cli/command.ts'
import {severalTimes} from '../../lib/cli/flags.ts'
import {lifecycleProgress} from '../../lib/cli/lifecycle-plan-progress.ts'
import {lookWorld} from '../../lib/cli/look-world.ts'
import {requireNew, writeExport} from '../../lib/cli/repos-export-file.ts'
import {
  type ReposExportResult,
  toReposExportResult,
  viewReposExport,
} from '../../lib/cli/repos-export-view.ts'
import {accounts, concurrency, repositoryArgs} from '../../lib/cli/scope-flags.ts'
import {expandStdin} from '../../lib/cli/stdin.ts'

export default class ReposExport extends GantryCommand<ReposExportResult> {
  static override summary = 'Write a repos.yaml that says how registries and repositories are configured.'
  static override description = [
    'Reads all that can be configured of all registries and repositories, and prints it as a repos.yaml: a plan with it',
    'changes nothing. What most repositories share is said once. The accounts are those of the present repos.yaml; nothing',
    'else of it is taken over. With repositories or patterns, registries as a whole are read only where all repositories are',
    'meant (ALIAS/**), and each repository says all of its own. What cannot be read stops the export: a file without it',
    'would look like the truth.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> > repos.yaml',
    '<%= config.bin %> <%= command.id %> --account prod --out prod.yaml',
    "<%= config.bin %> <%= command.id %> 'payments/**' --only lifecycle,policy",
  ]
  static override strict = false
  static override args = repositoryArgs
  static override flags = {
    account: accounts(),
    only: string({
      ...severalTimes,
      delimiter: ',',
      default: [],
      helpValue: 'KEY',
      summary: 'Only these keys of repos.yaml, as in lifecycle,policy; several with a comma.',
    }),
    out: string({helpValue: 'FILE', summary: 'Write the file instead of printing it.'}),
    force: boolean({dependsOn: ['out'], summary: 'Overwrite the file that --out names.'}),
    concurrency: concurrency(),
  }

  /** Nothing in it moves a cursor; escaped once more it would be no YAML. */
  #text = ''

  protected async execute(context: Context): Promise<ReposExportResult> {
    const {argv, flags} = await this.parse(ReposExport)
    const {cwd} = context
    const {out: file, force: overwrites} = flags
    const target = file === undefined ? undefined : {file, cwd, overwrites}
    if (target !== undefined) await requireNew(target)
    const {runReposExport} = await import('../../lib/repos/export-run.ts')
    const shown = lifecycleProgress(context, 'Reading')
    const run = await runReposExport(
      {
        words: await expandStdin(argv.map(String), context.stdin),
        accounts: flags.account,
        only: flags.only,
        concurrency: flags.concurrency,
      },
      {...(await lookWorld(context)), onRepository: place => shown(place, null)},
    )
    if (target !== undefined) await writeExport(target, run.text)
    this.#text = run.text
    return toReposExportResult(run, file ?? null)
  }

  protected view(result: ReposExportResult): string {
    return result.items[0].file === null ? this.#text.trimEnd() : viewReposExport(result)
  }
}
