import {boolean, string} from '@oclif/core/flags'
import type {InferredFlags} from '@oclif/core/interfaces'
import type {LifecyclePlanOrder} from '../lifecycle/plan-run.ts'
import {wholeNumber} from './flags.ts'
import {
  accounts,
  allowEmptyProtect,
  concurrency,
  inventoryFile,
  markdownFiles,
  protectFiles,
} from './scope-flags.ts'

/** The flags of `gantry lifecycle plan`. */
export const lifecyclePlanFlags = {
  account: accounts({exclusive: ['inventory']}),
  policy: string({
    helpValue: 'FILE',
    summary: 'Plan with this policy for all the repositories, instead of what repos.yaml says.',
  }),
  days: wholeNumber({min: 0, max: 365, default: 7, summary: 'How far to look ahead.'}),
  inventory: inventoryFile({exclusive: ['out']}),
  protect: protectFiles(),
  'allow-empty-protect': allowEmptyProtect,
  preview: boolean({allowNo: true, default: true, summary: "Compare with ECR's own preview."}),
  bytes: boolean({allowNo: true, summary: 'Read all manifests where something goes, to tell which bytes.'}),
  markdown: markdownFiles(),
  out: string({helpValue: 'FILE', summary: 'Save the plan to a file, for gantry lifecycle apply.'}),
  concurrency: concurrency(),
  'detailed-exitcode': boolean({
    summary: 'Exit 10 when a policy would change, 7 when an image that is needed would go.',
  }),
}

/** What is asked for by flags, and by words that name repositories. */
export function lifecyclePlanOrder(
  words: readonly string[],
  flags: InferredFlags<typeof lifecyclePlanFlags>,
): LifecyclePlanOrder {
  // A flag that was not given is undefined, which oclif's types do not say of booleans.
  const {bytes}: Partial<typeof flags> = flags
  return {
    words,
    accounts: flags.account,
    inventory: flags.inventory,
    concurrency: flags.concurrency,
    policyFile: flags.policy,
    days: flags.days,
    protect: flags.protect,
    allowEmptyProtect: flags['allow-empty-protect'],
    preview: flags.preview,
    bytes,
    out: flags.out,
  }
}
