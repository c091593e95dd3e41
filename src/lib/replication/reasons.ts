/** One sentence or two for each class: what is the matter, and what to do. */
import type {Digest} from '../oci/digest.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Holding} from './actual.ts'
import type {SourceImage} from './source-images.ts'

export const inProgressReason =
  'ECR reports IN_PROGRESS. Most images take less than 30 minutes; --wait waits.'

export const olderReason =
  'ECR knows of no replication of it to there: it was pushed before the rule (unconfirmed, as ECR tells no time of a rule). gantry backfill or gantry promote brings it.'

/** Of what did not come by replication, and is archived there. */
export const archivedReason = 'It is archived there, where it cannot be pulled. Restore it.'

/** @param isThere everything is there all the same. */
export function failedReason(code: string | null, isThere: boolean): string {
  const said = code === null ? 'ECR reports FAILED' : `ECR reports FAILED (${oneLine(code, 80)})`
  if (isThere) return `${said}, though all of it is there by now: what failed is not known. Look at it.`
  return `${said}. ${adviceFor(code ?? '')} gantry promote copies it meanwhile.`
}

/** ECR lists no failure codes anywhere: these words in them are unconfirmed. */
function adviceFor(code: string): string {
  if (/denied|unauthorized|permission/i.test(code)) {
    return "The registry policy of the destination must allow ecr:ReplicateImage, and ecr:CreateRepository unless the repository is there, to the source's account: gantry replicate-lint prints the statement."
  }
  if (/kms/i.test(code)) return 'The KMS key of the destination refuses: look at its key policy.'
  if (/repository/i.test(code))
    return 'The repository could not be made at the destination: look at its policy.'
  if (/archived/i.test(code)) return 'The image is archived at the source: restore it.'
  if (/limit/i.test(code)) return 'A quota of the destination is used up.'
  return "The events of the destination's region (ECR Replication Action) and its CloudTrail may say more."
}

/** Of what ECR says is COMPLETE, and is not all there. */
export function missingReason(image: SourceImage, absent: readonly Digest[], look: Holding): string {
  if (!look.hasRepository) {
    return 'ECR reports COMPLETE, and the repository is not there: it was deleted. gantry promote copies it.'
  }
  const what = absent.includes(image.digest) ? 'the digest' : 'what belongs to it'
  if (absent.some(digest => look.images.has(digest))) {
    return `ECR reports COMPLETE, and ${what} is archived there, where it cannot be pulled. Restore it.`
  }
  return `ECR reports COMPLETE, and ${what} is not there: it was deleted, perhaps by a lifecycle policy. gantry promote copies it.`
}

/** @param isThere whether the image itself is there. */
export function driftedReason(tag: string, look: Holding, isThere: boolean): string {
  const other = `tag ${oneLine(tag)} names ${look.tags.get(tag) ?? 'another image'} there`
  if (!isThere)
    return `The ${other}, and ECR knows of no replication of this image. Find out who pushed that one.`
  return `The ${other}: somebody moved it. gantry promote moves it back.`
}

export function untaggedReason(tag: string, look: Holding, digest: Digest): string {
  const other = look.tags.get(tag)
  const why =
    other === undefined
      ? `Tag ${oneLine(tag)} is not there: it was removed`
      : `Tag ${oneLine(tag)} is immutable there and names ${other}, so that the image arrived without it`
  const isUntagged = look.images.get(digest)?.tags.length === 0
  return isUntagged ? `${why}. A lifecycle policy for untagged images deletes it.` : `${why}.`
}
