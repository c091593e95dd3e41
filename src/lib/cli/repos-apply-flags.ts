import {string as stringArg} from '@oclif/core/args'
import {boolean, string} from '@oclif/core/flags'
import type {InferredFlags} from '@oclif/core/interfaces'
import {UsageError} from '../errors.ts'
import type {ReposApplyOrder} from '../repos/apply-model.ts'
import {severalTimes, wholeNumber} from './flags.ts'
import {
  accounts,
  allowEmptyProtect,
  concurrency,
  departureFlags,
  protectFiles,
  recordFile,
} from './scope-flags.ts'

export const reposApplyArgs = {
  plan: stringArg({
    name: 'PLAN',
    ignoreStdin: true,
    description: 'The file that gantry repos plan --out saved; without it what differs now is applied.',
  }),
}

/** The flags of `gantry repos apply`. */
export const reposApplyFlags = {
  account: accounts(),
  only: string({
    ...severalTimes,
    default: [],
    helpValue: 'REPOSITORY',
    summary: 'Without a plan: only [ALIAS/]REPOSITORY or a pattern of names.',
  }),
  protect: protectFiles('Images that are needed, besides those of the plan; - for standard input.'),
  'allow-empty-protect': allowEmptyProtect,
  ...departureFlags,
  'max-deletes': wholeNumber({
    min: 0,
    max: 1_000_000,
    default: 3,
    summary: 'Repositories that may be deleted at once.',
  }),
  'delete-images': boolean({
    summary: 'Delete repositories with their images, where repos.yaml says "images: delete".',
  }),
  record: recordFile,
  'dry-run': boolean({summary: 'Check everything and change nothing.'}),
  concurrency: concurrency(),
}

/**
 * What is asked for by the argument and by flags.
 *
 * @throws {UsageError} PLAN_SAYS_WHAT when a plan is named, and what it is to be made of.
 */
export function reposApplyOrder(
  plan: string | undefined,
  flags: InferredFlags<typeof reposApplyFlags>,
): ReposApplyOrder {
  if (plan !== undefined && flags.account.length + flags.only.length > 0)
    throw new UsageError(
      'PLAN_SAYS_WHAT',
      '--account and --only are for an apply without a plan: a saved plan says itself what is done.',
    )
  return {
    plan,
    words: flags.only,
    accounts: flags.account,
    protect: flags.protect,
    allowEmptyProtect: flags['allow-empty-protect'],
    accept: flags.accept,
    limits: {
      maxImages: flags['max-images'],
      maxShare: flags['max-share'],
      maxDeletes: flags['max-deletes'],
    },
    deleteImages: flags['delete-images'],
    record: flags.record,
    dryRun: flags['dry-run'],
    concurrency: flags.concurrency,
  }
}
