import {boolean, string} from '@oclif/core/flags'
import type {InferredFlags} from '@oclif/core/interfaces'
import type {PromoteDefaults} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {PromotionOrder} from '../promote/run.ts'
import {duration, severalTimes, wholeNumber} from './flags.ts'
import type {Environment} from './github.ts'
import {readShard} from './shard.ts'

/** The flags of `gantry promote`. */
export const promotionFlags = {
  file: string({
    ...severalTimes,
    default: [],
    helpValue: 'FILE',
    summary: 'Also the images of a release file (YAML or JSON, or .txt with one a line).',
  }),
  match: string({
    ...severalTimes,
    default: [],
    helpValue: 'PATTERN',
    summary: "Also all images whose repository and tag match: 'payments/**:v1.*'.",
  }),
  'all-tags': boolean({summary: 'All tags of the repositories that are named.'}),
  exclude: string({
    ...severalTimes,
    default: [],
    helpValue: 'PATTERN',
    summary: "But none whose repository, or repository and tag, match: '**:*-rc*'.",
  }),
  from: string({helpValue: 'ALIAS|HOST|LAYOUT', summary: 'Where the images are.'}),
  to: string({
    ...severalTimes,
    delimiter: ',',
    default: [],
    helpValue: 'ALIAS|HOST[/PREFIX]|LAYOUT',
    summary: 'Where they go; several with a comma.',
  }),
  tag: string({
    ...severalTimes,
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
    ...severalTimes,
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
  'wait-replication': duration({
    summary: 'Then wait so long until the registries that replication leads to have the images.',
  }),
  record: string({helpValue: 'FILE', summary: 'Where to write the record of the run (JSON lines).'}),
  'detailed-exitcode': boolean({
    summary: 'With --dry-run or --out: exit 10 when there is something to do.',
  }),
}

interface Around {
  readonly defaults: PromoteDefaults
  readonly aws: AwsEnvironment
  readonly env: Environment
}

/** What is asked for by flags, and by words and files that name images. */
export function promotionOrder(
  images: PromotionOrder['images'],
  flags: InferredFlags<typeof promotionFlags>,
  {defaults, aws, env}: Around,
): PromotionOrder {
  // A flag that was not given is undefined, which oclif's types do not say of booleans.
  const given: Partial<typeof flags> = flags
  return {
    images,
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
    shard: flags.shard === undefined ? undefined : readShard(flags.shard, env),
    dryRun: flags['dry-run'],
    createRepositories: given['create-repositories'] ?? defaults.createRepositories,
    allOrNothing: flags['all-or-nothing'],
    referrers: given.referrers ?? defaults.referrers,
    ignoreRefusedReferrers: flags['ignore-refused-referrers'],
    platforms: flags.platform,
    concurrency: flags.concurrency ?? defaults.concurrency,
    gate: flags.gate,
    gateWaitMs: flags['gate-wait'],
    waitReplicationMs: flags['wait-replication'],
    record: flags.record,
  }
}
