import type {
  ImageContent,
  ImageRecord,
  InventorySource,
  RepositoryInventory,
} from '../../ecr/inventory/model.ts'
import type {Digest} from '../../oci/digest.ts'
import {lifecycleImages} from '../lifecycle-images.ts'
import type {DesiredPolicy} from '../plan-model.ts'
import type {LifecyclePolicy} from '../policy.ts'
import {policyOfEcr} from '../read-policy.ts'
import {unreadIndexes} from '../unread-indexes.ts'
import type {FilePlace, LintFinding} from './finding.ts'
import {lintPolicy} from './lint.ts'
import type {HeldImage, LintContext} from './subject.ts'

/** What is found in a repository, and what could not be looked at. */
export interface RepositoryLint {
  readonly findings: readonly LintFinding[]
  readonly warnings: readonly string[]
}

/**
 * What is doubtful about a repository's policy, the one that is wanted or else the one that it has, beside its images.
 *
 * @throws {RefusalError} UNKNOWN_POLICY; whatever reading manifests throws.
 */
export async function lintRepository(
  inventory: RepositoryInventory,
  desired: DesiredPolicy,
  source: InventorySource,
  {replicatedFrom, ...context}: LintContext & {readonly replicatedFrom: readonly string[]},
): Promise<RepositoryLint> {
  // Somebody decided that there is none.
  if (desired.kind === 'none') return {findings: [], warnings: []}
  const {registry, name} = inventory
  const policy = desired.kind === 'policy' ? desired.policy : todayOf(inventory)
  const {images, warnings} = await heldImages(inventory, policy, source)
  const origin = desired.kind === 'policy' ? originOf(desired.origin) : null
  const findings = lintPolicy(
    policy,
    {...context, repository: {images, now: source.takenAt, replicatedFrom}},
    rule => ({
      registry: registry.label,
      repository: name,
      template: null,
      rulePriority: rule?.rulePriority ?? null,
      origin,
    }),
  )
  return {findings, warnings}
}

function todayOf({policy, registry, name}: RepositoryInventory): LifecyclePolicy | null {
  return policy === null ? null : policyOfEcr(policy, `${registry.label}/${name}`)
}

/** The images, with what indexes list: no other manifest is read. */
async function heldImages(
  inventory: RepositoryInventory,
  policy: LifecyclePolicy | null,
  source: InventorySource,
): Promise<{readonly images: readonly HeldImage[]; readonly warnings: readonly string[]}> {
  const {images, registry, name} = inventory
  const indexes = unreadIndexes(images, new Map())
  if (policy === null || indexes.length === 0) return {images: heldBy(images, new Map()), warnings: []}
  const place = `${registry.label}/${name}`
  if (policy.rules.some(({selection}) => selection.countType === 'sinceImagePulled')) {
    const why = 'a rule counts pulls, and reading manifests may count as one (unconfirmed): none was read'
    return {images: heldBy(images, new Map()), warnings: [`${place}: ${why}, ${consequence}`]}
  }
  const contents = await source.contents(
    inventory,
    indexes.map(({digest}) => digest),
  )
  const [unread] = unreadIndexes(images, contents)
  return {
    images: heldBy(images, contents),
    warnings:
      unread === undefined ? [] : [`${place}: what ${unread.digest} lists is not known, ${consequence}`],
  }
}

const consequence = 'and parts of multi-arch images pass for untagged images.'

function heldBy(
  images: readonly ImageRecord[],
  contents: ReadonlyMap<Digest, ImageContent>,
): readonly HeldImage[] {
  const sizes = new Map(images.map(({digest, size}) => [digest as string, size]))
  return lifecycleImages(images, contents).map(image => ({...image, size: sizes.get(image.digest) ?? 0}))
}

/** `repos.yaml:12:5`, as origins are written; a file alone is meant from its beginning. */
function originOf(origin: string): FilePlace {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(origin) ?? []
  if (file === undefined) return {file: origin, line: 1, column: 1}
  return {file, line: Number(line), column: Number(column)}
}
