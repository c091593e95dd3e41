/** What reports of `gantry scan-gate` say in the same words. */
import {type FindingItem, type GatedItem, isGated, type ScanGateItem} from '../scan-gate-result.ts'
import {fixWords, packageWords} from '../scan-packages.ts'

/** `prod@eu-west-1/payments/api:v2`, without a tag by digest; of an image that could not be looked at, what the user wrote. */
export function titleOf(item: ScanGateItem): string {
  if (!isGated(item)) return item.image
  const {registry, repository, tag, digest} = item
  return `${registry}/${repository}${tag === null ? `@${digest}` : `:${tag}`}`
}

/** With the digest that was judged. */
export function nameOf(item: ScanGateItem): string {
  const title = titleOf(item)
  return isGated(item) && item.tag !== null ? `${title}@${item.digest}` : title
}

/** Why an image has its verdict; nothing needs to be said of one that passed. */
export function reasonsOf(item: ScanGateItem): readonly string[] {
  return isGated(item) ? item.reasons : [item.error.message, ...item.error.hints]
}

/** `CVE-2026-0001 (high) in openssl 3.0.1. Update to 3.0.2.` */
export function findingWords(finding: FindingItem): string {
  const {id, countsAs} = finding
  return `${id} (${countsAs}) in ${packageWords(finding.package)}. ${remedyWords(finding)}`
}

function remedyWords(finding: FindingItem): string {
  if (finding.fixedIn !== null) return `Update to ${finding.fixedIn}.`
  return (
    {none: 'There is no fix.', yes: 'There is a fix.'}[fixWords([finding])] ?? 'The scan tells of no fix.'
  )
}

/** Whether somebody or something said that a finding does not count. */
export function isSetAside({outcome}: FindingItem): boolean {
  return outcome !== 'fails' && outcome !== 'allowed'
}

/** The same in every build and on every platform: a package's version is no part of it. */
export function identityOf({repository}: GatedItem, {id, package: {name, manager}}: FindingItem): string {
  return JSON.stringify([repository, id, name, manager])
}

/** Whether it failed by nothing that was found: an image that cannot be scanned. */
export function failsUnscanned({verdict, findings}: GatedItem): boolean {
  return verdict === 'failed' && findings.every(({outcome}) => outcome !== 'fails')
}
