import {string as stringArg} from '@oclif/core/args'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {credentialsReader} from '../lib/cli/docker-credentials.ts'
import {awsEnvironment, recordsFolder} from '../lib/cli/environment.ts'
import {promotionFlags, promotionOrder} from '../lib/cli/promotion-flags.ts'
import {gatesMarkdown} from '../lib/cli/promotion-gates.ts'
import {promotionProgress} from '../lib/cli/promotion-progress.ts'
import {
  type PromoteResult,
  promotionOutputs,
  toPromoteResult,
  viewPromotion,
} from '../lib/cli/promotion-view.ts'
import {expandStdin, readInput} from '../lib/cli/stdin.ts'
import {UsageError} from '../lib/errors.ts'
import type {NamedImage} from '../lib/promote/route.ts'

export default class Promote extends GantryCommand<PromoteResult> {
  static override summary = 'Copy images by digest from one registry to others.'
  static override description = [
    'Each tag is turned into a digest once, at the start; that digest is copied byte for byte, with the whole index and',
    'what refers to it, compared with what each registry says that it stored, and tagged last. What is there already is not sent again.',
    'A destination is an account of repos.yaml (every region of it, or ALIAS@REGION), any registry host, or an OCI image',
    'layout: oci:FOLDER or oci-archive:FILE.tar.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %> payments/api:v1.4.2 --from dev --to prod',
    '<%= config.bin %> <%= command.id %> payments/api:v1.4.2 --from dev --to prod,dr --dry-run',
    '<%= config.bin %> <%= command.id %> docker.io/library/nginx:1.27 --to dev/mirror --create-repositories',
    '<%= config.bin %> <%= command.id %> payments/api:rc1 --from dev --to prod --tag v1.4.2 --out plan.json',
    '<%= config.bin %> <%= command.id %> --plan plan.json',
    "<%= config.bin %> <%= command.id %> --match 'payments/**:v1.*' --from dev --to prod",
    '<%= config.bin %> <%= command.id %> --plan plan.json --shard 1/3 --json > result-1.json',
    '<%= config.bin %> <%= command.id %> payments/api:v1.4.2 --from dev --to oci-archive:release.tar',
    "<%= config.bin %> <%= command.id %> --match '**:*' --from oci-archive:release.tar --to prod",
  ]
  static override strict = false
  static override args = {
    image: stringArg({
      name: 'IMAGE',
      ignoreStdin: true,
      description:
        '[ALIAS/]REPOSITORY[:TAG|@DIGEST], HOST/REPOSITORY[:TAG|@DIGEST] or oci:PATH:TAG; several, or - to read them.',
    }),
  }
  static override flags = promotionFlags

  protected async execute(context: Context): Promise<PromoteResult> {
    const {argv, flags} = await this.parse(Promote)
    const images = await expandStdin(argv.map(String), context.stdin)
    const releases = await readReleases(flags.file, context)
    const isNamed = images.length > 0 || releases.length > 0 || flags.match.length > 0
    if (!isNamed && flags.plan === undefined) {
      throw new UsageError(
        'NO_IMAGE',
        'Say which image: gantry promote REPOSITORY:TAG --from ALIAS --to ALIAS.',
      )
    }
    if (images.length > 0 && flags.plan !== undefined) {
      throw new UsageError(
        'IMAGES_AND_PLAN',
        'A saved plan names its images. Leave out the images, or --plan.',
      )
    }
    const estate = await context.estate()
    const aws = await awsEnvironment(context)
    const order = promotionOrder([...images, ...releases], flags, {
      defaults: estate.defaults.promote,
      aws,
      env: context.env,
    })
    const [{runPromotion}, {detailedExitCode}] = await Promise.all([
      import('../lib/promote/run.ts'),
      import('../lib/promote/exit-code.ts'),
    ])
    const result = await runPromotion(order, {
      estate,
      aws,
      credentialsFor: credentialsReader(context),
      records: recordsFolder(context, process.platform),
      cwd: context.cwd,
      random: Math.random,
      deadlineAfter: ms => AbortSignal.timeout(ms),
      onEvent: promotionProgress(context),
    })
    return toPromoteResult(result, flags['detailed-exitcode'] ? detailedExitCode(result) : result.exitCode)
  }

  protected override outputs(result: PromoteResult): Readonly<Record<string, string>> {
    return promotionOutputs(result)
  }

  protected override async stepSummary(result: PromoteResult): Promise<string> {
    return `${await super.stepSummary(result)}${gatesMarkdown(result.items)}`
  }

  protected view(result: PromoteResult, style: Style): string {
    return viewPromotion(result, style)
  }
}

/** The images of release files; what reads them is loaded for those who have one. */
async function readReleases(files: readonly string[], {stdin}: Context): Promise<readonly NamedImage[]> {
  if (files.length === 0) return []
  const {readRelease} = await import('../lib/promote/selection-file.ts')
  const releases = []
  for (const file of files) releases.push(readRelease(await readInput(file, stdin), file))
  return releases.flat()
}
