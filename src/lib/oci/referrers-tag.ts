import {RefusalError} from '../errors.ts'
import {type Fields, isFields} from './descriptor.ts'
import type {Digest} from './digest.ts'
import {getTagged} from './forbidden.ts'
import {fieldsOf, type Manifest, parseManifest} from './manifest.ts'
import {putManifest} from './manifests.ts'
import {mediaTypes} from './media-types.ts'
import type {Session} from './session.ts'

/** The tag under which clients keep the list of a subject's referrers where the registry does not (distribution-spec, "Referrers Tag Schema"). */
export function referrersTag(subject: Digest): string {
  return subject.replace(':', '-')
}

/** Whether a tag is no image's name: one that {@link referrersTag} makes, or cosign for what it attaches to an image. */
export function isReferrersTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}(?:\.(?:sig|att|sbom))?$/.test(tag)
}

/**
 * Adds a manifest to its subject's list at a registry that keeps none (distribution-spec, "Pushing Manifests with
 * Subject"). The registry offers no compare and swap: another client that adds to the same list at the same moment may
 * be overwritten.
 *
 * @throws {RefusalError} REFERRERS_TAG_TAKEN when the tag holds something that is no index.
 */
export async function addToReferrersTag(
  session: Session,
  repository: string,
  referrer: Manifest,
): Promise<void> {
  if (referrer.subject === undefined) return
  const tag = referrersTag(referrer.subject.digest)
  await session.referrersTags.run(async () => {
    const held = await getTagged(session, repository, tag)
    // Some registries take the tag for the subject itself (oras-go#1396: GitLab): then there is no list.
    const current = held?.digest === referrer.subject?.digest ? undefined : held
    if (current?.children.some(({digest}) => digest === referrer.digest)) return
    if (current !== undefined && current.mediaType !== mediaTypes.ociIndex) {
      throw new RefusalError(
        'REFERRERS_TAG_TAKEN',
        `${session.host}/${repository}:${tag} should list what refers to an image, and is ${current.mediaType}. Move that tag away.`,
      )
    }
    await putManifest(session, repository, indexWith(current, referrer), tag)
  })
}

/** The list with one more entry; whatever else it says stays. */
export function indexWith(current: Manifest | undefined, referrer: Manifest): Manifest {
  const index = current === undefined ? {schemaVersion: 2, mediaType: mediaTypes.ociIndex} : fieldsOf(current)
  const manifests = Array.isArray(index['manifests']) ? index['manifests'] : []
  const grown = {...index, manifests: [...manifests, entryOf(referrer)]}
  return parseManifest(Buffer.from(JSON.stringify(grown)), mediaTypes.ociIndex)
}

function entryOf(referrer: Manifest): Fields {
  const {mediaType, digest, bytes} = referrer
  const {artifactType, config, annotations} = fieldsOf(referrer)
  return {
    mediaType,
    digest,
    size: bytes.length,
    artifactType: artifactType ?? (isFields(config) ? config['mediaType'] : undefined),
    annotations,
  }
}
