import {boolean, string} from '@oclif/core/flags'
import type {InferredFlags} from '@oclif/core/interfaces'
import type {ReposPlanOrder} from '../repos/plan-run.ts'
import {accounts, allowEmptyProtect, concurrency, markdownFiles, protectFiles} from './scope-flags.ts'

/** The flags of `gantry repos plan`. */
export const reposPlanFlags = {
  account: accounts(),
  protect: protectFiles(),
  'allow-empty-protect': allowEmptyProtect,
  images: boolean({
    allowNo: true,
    default: true,
    summary: 'Look at images where a lifecycle policy or mutability changes.',
  }),
  markdown: markdownFiles(),
  out: string({helpValue: 'FILE', summary: 'Save the plan to a file, for gantry repos apply.'}),
  concurrency: concurrency(),
  'detailed-exitcode': boolean({
    summary: 'Exit 10 when something differs, be it blocked; 7 when an image that is needed would go.',
  }),
}

/** What is asked for by flags, and by words that name repositories. */
export function reposPlanOrder(
  words: readonly string[],
  flags: InferredFlags<typeof reposPlanFlags>,
): ReposPlanOrder {
  return {
    words,
    accounts: flags.account,
    concurrency: flags.concurrency,
    out: flags.out,
    protect: flags.protect,
    allowEmptyProtect: flags['allow-empty-protect'],
    images: flags.images,
  }
}
