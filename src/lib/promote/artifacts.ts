import {GantryError} from '../errors.ts'
import type {Manifest} from '../oci/manifest.ts'
import {RegistryError} from '../oci/registry-error.ts'
import type {ItemError} from '../plan/items.ts'
import type {ArtifactItem, ImagePlan, PromotionItem} from './model.ts'

/** One of the artifacts that belong to an image, with what became of it. */
export function artifactOf(
  {digest, artifactType}: Manifest,
  outcome: ArtifactItem['outcome'],
  details: {tag?: string; reason?: string} = {},
): ArtifactItem {
  const {tag = null, reason = null} = details
  return {digest, tag, artifactType: artifactType ?? null, outcome, reason}
}

/** What a plan would do with the artifacts that are missing. */
export function plannedArtifacts({referrers, attachedTags, refusedArtifacts}: ImagePlan): ArtifactItem[] {
  return [
    ...referrers
      .filter(({subject}) => subject !== undefined)
      .map(manifest => artifactOf(manifest, 'planned')),
    ...attachedTags.map(({tag, after}): ArtifactItem => {
      return {digest: after, tag, artifactType: null, outcome: 'planned', reason: null}
    }),
    ...refusedArtifacts,
  ]
}

/** What came by itself of what was missing: ECR, which alone replicates, lists it with its subject. */
export function arrivedArtifacts(
  {referrers}: Pick<ImagePlan, 'referrers'>,
  left: Pick<ImagePlan, 'referrers'>,
): ArtifactItem[] {
  return referrers
    .filter(artifact => artifact.subject !== undefined && !left.referrers.includes(artifact))
    .map(artifact => artifactOf(artifact, 'native'))
}

const referrersRefused = 'REFERRERS_REFUSED'

/** The failure of an image that is promoted without all that belongs to it. */
export function refusedError(artifacts: readonly ArtifactItem[]): ItemError | null {
  const refused = artifacts.filter(({outcome}) => outcome === 'refused')
  const [first] = refused
  if (first === undefined) return null
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more)` : ''
  return {
    code: referrersRefused,
    message: `The image is there, and not all that belongs to it: ${first.tag ?? first.digest}${others}: ${first.reason ?? 'refused'}`,
    hints: [
      'Promote without it: --ignore-refused-referrers, or leave out what refers to images: --no-referrers.',
    ],
    exitCode: 4,
  }
}

/** The item of an image to which it is no failure that a registry refused what belongs to it. */
export function forgiven(item: PromotionItem): PromotionItem {
  return item.error?.code === referrersRefused ? {...item, error: null} : item
}

/** Whether a registry will never take the artifact, other than for what another run may do or a person must know. */
export function isRefusal(error: unknown): error is GantryError {
  if (!(error instanceof GantryError)) return false
  const {cause} = error
  return refusals.has(error.code) || (cause instanceof RegistryError && refusedStatuses.has(cause.status))
}

/**
 * Of ECR's API, which dislikes some artifacts that other registries take (aws/containers-roadmap#2783), and of tags that
 * are not ours to move.
 */
const refusals: ReadonlySet<string> = new Set([
  'INVALID_PARAMETER',
  'UNSUPPORTED_IMAGE_TYPE',
  'MANIFEST_NOT_TEXT',
  'REFERRERS_TAG_TAKEN',
  'TAG_IMMUTABLE',
  'TAG_MOVED',
])

/** ECR's data plane says 405 of a manifest that it dislikes; 400, 415 and 422 are what others say. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 405, 413, 415, 422])
