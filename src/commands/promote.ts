import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import {type Context, GantryCommand, type Style} from '../lib/cli/command.ts'
import {credentialsReader} from '../lib/cli/docker-credentials.ts'
import {awsEnvironment, recordsFolder} from '../lib/cli/environment.ts'
import {duration, wholeNumber} from '../lib/cli/flags.ts'
import {gatesMarkdown} from '../lib/cli/promotion-gates.ts'
import {promotionProgress} from '../lib/cli/promotion-progress.ts'
import {
  type PromoteResult,
  promotionOutputs,
  toPromoteResult,
  viewPromotion,
} from '../lib/cli/promotion-view.ts'
import {readShard} from '../lib/cli/shard.ts'
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
  static override flags = {
    file: string({
      multiple: true,
      default: [],
      helpValue: 'FILE',
      summary: 'Also the images of a release file (YAML or JSON, or .txt with one a line).',
    }),
    match: string({
      multiple: true,
      default: [],
      helpValue: 'PATTERN',
      summary: "Also all images whose repository and tag match: 'payments/**:v1.*'.",
    }),
    'all-tags': boolean({summary: 'All tags of the repositories that are named.'}),
    exclude: string({
      multiple: true,
      default: [],
      helpValue: 'PATTERN',
      summary: "But none whose repository, or repository and tag, match: '**:*-rc*'.",
    }),
    from: string({helpValue: 'ALIAS|HOST|LAYOUT', summary: 'Where the images are.'}),
    to: string({
      multiple: true,
      delimiter: ',',
      default: [],
      helpValue: 'ALIAS|HOST[/PREFIX]|LAYOUT',
      summary: 'Where they go; several with a comma.',
    }),
    tag: string({
      multiple: true,
      default: [],
      helpValue: 'TAG',
      summary: "Tag at the destination instead of the image's own.",
    }),
    as: string({
      helpValue: 'REPOSITORY',
      summary: "Repository at the destination instead of the image's own.",
    }),
    'create-repositories': boolean({allowNo: true, summary: 'Create repositories that are missing.'}),
    'all-or-nothing': boolean({
      summary: 'When one image cannot be promoted, and that is known beforehand, promote none.',
    }),
    referrers: boolean({
      allowNo: true,
      summary: 'Also signatures, SBOMs and attestations that refer to the images.',
    }),
    'ignore-refused-referrers': boolean({
      summary: 'Warn, instead of exit 4, of a signature or SBOM that a destination refuses.',
    }),
    platform: string({
      multiple: true,
      delimiter: ',',
      default: [],
      helpValue: 'OS/ARCH[/VARIANT]',
      summary: 'Only these platforms of an index; the digest changes.',
    }),
    concurrency: wholeNumber({min: 1, max: 64, summary: 'Images, and requests at each registry, in flight.'}),
    'dry-run': boolean({exclusive: ['out'], summary: 'Show what would be done, and do nothing.'}),
    out: string({
      exclusive: ['plan'],
      helpValue: 'FILE',
      summary: 'Save the plan to a file, and do nothing.',
    }),
    plan: string({
      exclusive: ['file', 'match', 'all-tags', 'exclude', 'from', 'to', 'tag', 'as', 'platform'],
      helpValue: 'FILE',
      summary: 'Do exactly a saved plan.',
    }),
    shard: string({
      exclusive: ['out'],
      helpValue: 'K/N|auto[/N]',
      summary: 'Do the K-th of N parts; auto: as AWS Batch, Kubernetes or GitLab numbers the job.',
    }),
    gate: string({
      helpValue: 'NAME',
      summary: 'Only what passes this gate of repos.yaml, besides the gate of its route.',
    }),
    'gate-wait': duration({summary: 'Wait so long for scans (15m), instead of as long as the gate says.'}),
    record: string({helpValue: 'FILE', summary: 'Where to write the record of the run (JSON lines).'}),
    'detailed-exitcode': boolean({
      summary: 'With --dry-run or --out: exit 10 when there is something to do.',
    }),
  }

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
    const {promote: defaults} = estate.defaults
    const aws = await awsEnvironment(context)
    // A flag that was not given is undefined, which oclif's types do not say of booleans.
    const given: Partial<typeof flags> = flags
    const order = {
      images: [...images, ...releases],
      allTags: flags['all-tags'],
      match: flags.match,
      exclude: flags.exclude,
      from: flags.from,
      to: flags.to,
      tags: flags.tag,
      as: flags.as,
      endpoints: {fips: aws.useFips ?? false, dualStack: aws.useDualstack ?? false},
      plan: flags.plan,
      out: flags.out,
      shard: flags.shard === undefined ? undefined : readShard(flags.shard, context.env),
      dryRun: flags['dry-run'],
      createRepositories: given['create-repositories'] ?? defaults.createRepositories,
      allOrNothing: flags['all-or-nothing'],
      referrers: given.referrers ?? defaults.referrers,
      ignoreRefusedReferrers: flags['ignore-refused-referrers'],
      platforms: flags.platform,
      concurrency: flags.concurrency ?? defaults.concurrency,
      gate: flags.gate,
      gateWaitMs: flags['gate-wait'],
      record: flags.record,
    }
    const {detailedExitCode, runPromotion} = await import('../lib/promote/run.ts')
    const result = await runPromotion(order, {
      estate,
      aws,
      credentialsFor: credentialsReader(context),
      records: recordsFolder(context, process.platform),
      cwd: context.cwd,
      random: Math.random,
      onEvent: promotionProgress(context),
    })
    return toPromoteResult(result, flags['detailed-exitcode'] ? detailedExitCode(result) : result.exitCode)
  }

  protected override outputs(result: PromoteResult): Readonly<Record<string, string>> {
    return promotionOutputs(result)
  }

  protected override stepSummary(result: PromoteResult): string {
    return super.stepSummary(result) + gatesMarkdown(result.items)
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
