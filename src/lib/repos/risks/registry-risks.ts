/** What may go wrong because a registry is configured otherwise. Pure. */
import type {TagMutabilitySetting} from '../../config/settings.ts'
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import type {PlannedChange} from '../model.ts'
import type {LiveRule} from '../resources/replication-rules.ts'
import type {LiveScanning} from '../resources/scanning.ts'
import type {LiveSigning} from '../resources/signing.ts'
import type {CreationTemplate} from '../templates/template.ts'
import {listed} from './words.ts'

/** What is no longer replicated where, and where deletions are from now on. */
export function replicationRisks({before, after}: PlannedChange): readonly string[] {
  const [old, made] = [pathsOf(before), pathsOf(after)]
  const lost = old.filter(path => !made.some(other => covers(other, path)))
  const deleting = made.filter(
    path => path.deletions && !old.some(other => other.deletions && covers(other, path)),
  )
  return [
    ...lost.map(
      path =>
        `What is pushed to ${namesOf(path)} is not replicated to ${path.to} any more; what is there stays.`,
    ),
    ...deleting.map(
      path => `What is deleted in ${namesOf(path)} is deleted at ${path.to}, too, from now on.`,
    ),
  ]
}

/** A prefix and a destination; of all repositories it is empty. */
interface Path {
  readonly prefix: string
  readonly to: string
  readonly deletions: boolean
}

function pathsOf(rules: Json): readonly Path[] {
  const paths = ((rules ?? []) as unknown as readonly LiveRule[]).flatMap(
    ({prefixes, to: places, deletions}) =>
      (prefixes.length === 0 ? [''] : prefixes).flatMap(prefix =>
        places.map(to => ({prefix, to, deletions})),
      ),
  )
  return [...new Map(paths.map(path => [canonicalJson({...path}), path])).values()]
}

function covers(wide: Path, narrow: Path): boolean {
  return wide.to === narrow.to && narrow.prefix.startsWith(wide.prefix)
}

function namesOf({prefix}: Path): string {
  return prefix === '' ? 'all repositories' : `repositories that begin with ${prefix}`
}

/** What is not scanned, or not seen, any more. */
export function scanningRisks({before, after}: PlannedChange): readonly string[] {
  const [old, made] = [before, after] as unknown as (LiveScanning | null)[]
  if (!old || !made) return []
  const filters = new Set([...made.continuous, ...made.onPush])
  const lost = [...old.continuous, ...old.onPush].filter(filter => !filters.has(filter))
  const slower = old.continuous.filter(
    filter => made.onPush.includes(filter) && !made.continuous.includes(filter),
  )
  return [
    ...(old.type === made.type
      ? []
      : [
          `Gates see no findings of ${old.type} scans any more: images without ${made.type} scans are undetermined until they are scanned again.`,
        ]),
    ...(lost.length === 0
      ? []
      : [
          `Repositories that only ${listed(lost)} ${lost.length === 1 ? 'fits' : 'fit'} are not scanned any more.`,
        ]),
    ...(slower.length === 0
      ? []
      : [
          `What ${listed(slower)} ${slower.length === 1 ? 'fits' : 'fit'} is scanned when it is pushed, and not when a vulnerability becomes known.`,
        ]),
  ]
}

/** What immutable tags do to repositories that are made by themselves (ECR user guide, pull-through-cache). */
export function templateRisks({before, after, entry}: PlannedChange): readonly string[] {
  const [old, made] = [before, after] as unknown as (CreationTemplate | null)[]
  const below = entry === 'ROOT' ? 'without a template of their own' : `below ${entry}`
  if (!made) {
    const pushed = old?.appliedFor.includes('CREATE_ON_PUSH') === true
    return pushed ? [`Pushes to repositories ${below} that are not there fail from now on.`] : []
  }
  const isNew = (use: string) =>
    made.appliedFor.includes(use) &&
    !(old !== null && old !== undefined && old.appliedFor.includes(use) && isFrozen(old.tagMutability))
  if (!isFrozen(made.tagMutability)) return []
  return [
    ...(isNew('PULL_THROUGH_CACHE')
      ? [
          `Repositories ${below} that the pull-through cache makes have immutable tags: ECR cannot refresh them, and they stay as they were pulled first.`,
        ]
      : []),
    ...(isNew('CREATE_ON_PUSH')
      ? [
          `Repositories ${below} that a push makes have immutable tags: a second push of a tag such as latest fails.`,
        ]
      : []),
  ]
}

function isFrozen({mode}: TagMutabilitySetting): boolean {
  return mode === 'IMMUTABLE' || mode === 'IMMUTABLE_WITH_EXCLUSION'
}

/** Pulls that need the rule fail; what was pulled before is there. */
export function pullThroughRisks({after, entry}: PlannedChange): readonly string[] {
  if (after !== null) return []
  return [
    `Images below ${entry} that nobody has pulled yet cannot be pulled any more, and those that are there are not refreshed.`,
  ]
}

/** What is no longer signed. */
export function signingRisks({before, after}: PlannedChange): readonly string[] {
  const rulesOf = (live: Json) => (live as LiveSigning | null)?.rules ?? {}
  const made = rulesOf(after)
  const gone = Object.entries(rulesOf(before)).filter(([profile]) => !Object.hasOwn(made, profile))
  return gone.map(
    ([profile, patterns]) =>
      `${profile} does not sign what is pushed to ${listed(patterns) || 'all repositories'} any more.`,
  )
}

/** ECR user guide, pull-time-update-exclusions: such pulls do not change when an image was last pulled. */
export function pullTimeRisks({kind, entry}: PlannedChange): readonly string[] {
  return kind === 'create'
    ? [`What only ${entry} pulls counts as not pulled: lifecycle rules that count pulls archive it.`]
    : []
}
