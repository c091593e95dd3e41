import type {LifecycleRule} from '../policy.ts'
import {largeArchive, leastArchiveDays} from '../storage-cost.ts'
import {forEachRule} from './checks.ts'
import {marksOf} from './marks.ts'
import {decidedBy} from './selections.ts'
import type {Doubt, LintRule, LintSubject} from './subject.ts'
import {amount, evidenceOf} from './words.ts'

/** Rules that move images to the archive. */
export const archiveRules: readonly LintRule[] = [
  {
    code: 'archive-at-a-loss',
    severity: 'note',
    summary: 'Images go to the archive, where they cost as much as before, and more to restore.',
    check: forEachRule(archiveAtALoss),
  },
  {
    code: 'archive-in-replica',
    severity: 'warning',
    summary:
      'Images that nobody pulls are archived where replication keeps them for a disaster: then they cannot be pulled.',
    check: forEachRule(archiveInReplica),
  },
]

function archiveAtALoss(
  rule: LifecycleRule,
  {rules, rates, repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  if (rule.action.type !== 'transition' || rates.archive < rates.standard) return undefined
  const going = repository && decidedBy(rule, rules ?? [], marksOf(rule, repository).marked)
  return {
    message: `The archive costs ${usd(rates.archive)} per GB and month below ${largeArchive.terabytes} TB, standard storage ${usd(rates.standard)}: nothing is saved, each image is charged for ${leastArchiveDays} days at least, and restoring costs ${usd(rates.restore)} per GB.`,
    fix: 'Expire what nobody needs; archive only what must be kept and will hardly be pulled. Other prices: prices.storage in repos.yaml.',
    ...(going === undefined ? {} : {evidence: evidenceOf(going, {withBytes: true})}),
  }
}

/** ECR user guide, archive-image: an archived image cannot be pulled, and restoring one takes up to 20 minutes. */
function archiveInReplica(
  rule: LifecycleRule,
  {rules, repository}: LintSubject,
): Omit<Doubt, 'rule'> | undefined {
  if (rule.selection.countType !== 'sinceImagePulled' || repository === undefined) return undefined
  const {images, now, replicatedFrom} = repository
  if (replicatedFrom.length === 0) return undefined
  const dayMs = 24 * 60 * 60 * 1000
  const days = rule.selection.countNumber
  const isUsed = images.some(({pulledAt}) => pulledAt !== undefined && now - pulledAt <= days * dayMs)
  if (isUsed) return undefined
  const decided = decidedBy(rule, rules ?? [], images)
  return {
    message: `${replicatedFrom.join(', ')} replicates into this repository, and nobody has pulled here for ${amount(days, 'day')}: the rule archives the whole reserve, which then cannot be pulled, and takes up to 20 minutes to restore.`,
    fix: 'Archive by sinceImagePushed or by count here, or not at all; replicas are there for the day on which they are pulled.',
    evidence: evidenceOf(decided),
  }
}

function usd(price: number): string {
  return `$${price.toFixed(2)}`
}
