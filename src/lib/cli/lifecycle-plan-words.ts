/** Parts of a lifecycle plan in words and figures, for its table and for its Markdown alike. */

import type {
  EndangeredImage,
  FreedBytes,
  Outlook,
  PlannedDeparture,
  PolicyChange,
  PreviewComparison,
  RuleChange,
} from '../lifecycle/plan-model.ts'
import type {LifecycleRule} from '../lifecycle/policy.ts'
import {ruleInWords} from '../lifecycle/rule-words.ts'
import {largeArchive} from '../lifecycle/storage-cost.ts'
import type {Digest} from '../oci/digest.ts'
import type {LifecyclePlanSummary} from './lifecycle-plan-result.ts'
import {count, formatBytes} from './text.ts'

/** What becomes of a repository's policy, in one or two words. */
export function policyWord({kind, before}: PolicyChange): string {
  if (kind === 'put') return before === null ? 'new' : 'changed'
  if (kind === 'delete') return 'removed'
  if (before === null) return 'no policy'
  return kind === 'none' ? 'same' : 'unmanaged'
}

/** `402 expire, 3 archive`; a dash for nothing. */
export function goingWords({expire, archive}: Pick<Outlook, 'expire' | 'archive'>): string {
  const parts = [...(expire > 0 ? [`${expire} expire`] : []), ...(archive > 0 ? [`${archive} archive`] : [])]
  return parts.length === 0 ? '-' : parts.join(', ')
}

/** Bytes that are freed, or the most that can be where manifests are not known. */
export function freedWords({bytes, atMost}: FreedBytes): string {
  return bytes === null ? `≤ ${formatBytes(atMost)}` : formatBytes(bytes)
}

/** US dollars that are saved, to the cent and never more than it is; `?` for what is not known. */
export function savingWords(usd: number | null): string {
  if (usd === null) return '?'
  if (usd > 0 && usd < 0.01) return '< $0.01'
  const cents = Math.floor(usd * 100 + 1e-9)
  return `${cents < 0 ? '-' : ''}$${(Math.abs(cents) / 100).toFixed(2)}`
}

/** `3 repositories with 412 images and 18 archived`. */
export function repositoriesWords({repositories, images}: LifecyclePlanSummary): string {
  const archived = images.archived === 0 ? '' : ` and ${images.archived} archived`
  return `${count(repositories, 'repository')} with ${count(images.standard, 'image')}${archived}`
}

export function changesWords({policyChanges}: LifecyclePlanSummary): string {
  return policyChanges === 1 ? '1 policy changes' : `${policyChanges} policies change`
}

/** What goes, what that frees and what it saves, of all repositories. */
export function totalsWords({
  expire,
  archive,
  bytes,
  bytesAtMost,
  usdPerMonth,
}: LifecyclePlanSummary['within']): string {
  const going = goingWords({expire, archive})
  if (expire + archive === 0) return going
  const freed = `frees ${freedWords({bytes, atMost: bytesAtMost})}`
  return usdPerMonth === null
    ? `${going}; ${freed}`
    : `${going}; ${freed}, ${savingWords(usdPerMonth)} a month`
}

/** What the money is reckoned by, and why the archive saves nothing where it does not; nothing where nothing goes. */
export function pricesWords({within, prices}: LifecyclePlanSummary): string[] {
  const {standard, archive, asOf} = prices
  const source = asOf === null ? 'repos.yaml' : `repos.yaml, else unconfirmed prices of ${asOf}`
  const {terabytes} = largeArchive
  return [
    ...(within.expire + within.archive > 0 && within.usdPerMonth !== null
      ? [`Prices: $${standard} a GB and month, $${archive} in the archive (${source}).`]
      : []),
    ...(within.archive > 0 && archive === standard
      ? [
          `The archive saves nothing, unless that of the account and region has more than ${terabytes} TB (unconfirmed).`,
        ]
      : []),
  ]
}

/** Tags of an image; its digest where it has none. */
export function imageWords({
  digest,
  tags,
}: {
  readonly digest: Digest
  readonly tags: readonly string[]
}): string {
  return tags.length > 0 ? tags.join(',') : shortDigest(digest)
}

export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12)
}

/** `now`, or the day from which on ECR may act. */
export function dayOf({at}: Pick<PlannedDeparture, 'at'>, takenAt: string): string {
  return Date.parse(at) <= Date.parse(takenAt) ? 'now' : at.slice(0, 'yyyy-mm-dd'.length)
}

/** `v1 would expire 2026-12-01 by rule 10`, and under which policy where that matters. */
export function dangerWords(image: EndangeredImage, takenAt: string): string {
  const under = {
    today: " of today's policy; the new one keeps it",
    new: ' of the new policy',
    both: '',
  }[image.under]
  return `${imageWords(image)} would ${image.fate} ${dayOf(image, takenAt)} by rule ${image.rulePriority}${under}`
}

/** `ECR: expire by rule 3, Gantry: kept`. */
export function disagreementWords({ecr, gantry}: PreviewComparison['disagreements'][number]): string {
  return `ECR: ${ecr}, Gantry: ${gantry}`
}

/** A rule of a policy as it will be, or as it was, with a sign before it. */
export interface RuleLine {
  readonly sign: '+' | '-' | '~' | ' '
  readonly text: string
}

const signs = {added: '+', removed: '-', changed: '~', same: ' '} as const

/** The rules that are added, removed, changed and kept, a line each, in their order. */
export function ruleLines(rules: readonly RuleChange[]): RuleLine[] {
  return rules.map(({kind, before, after}) => {
    const text = [after, before].flatMap(rule => (rule === null ? [] : [ruleText(rule)]))
    return {sign: signs[kind], text: kind === 'changed' ? text.join(' (was: ') + ')' : (text[0] ?? '')}
  })
}

/** A rule's priority and what it does; with its description, unless that says the same. */
export function ruleText(rule: LifecycleRule): string {
  const {rulePriority, description} = rule
  const words = ruleInWords(rule)
  const said = description === undefined || description === words ? '' : ` "${description}"`
  return `${rulePriority} ${words}${said}`
}
