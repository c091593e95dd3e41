import {EcrError} from '../ecr-error.ts'
import {imagePushed} from '../image-changes.ts'
import type {Services} from '../services.ts'
import {addBlob} from '../state/blobs.ts'
import {putImage} from '../state/images.ts'
import type {Image, Repository} from '../state/repository.ts'
import {emptyConfig, envelopeOf, signatureManifestOf} from './signature.ts'
import {keepSigning, type SigningState, type SigningTask, signingsOf} from './signings.ts'

/** Ends a signing, if the image is still there: its signature is a referrer in the same repository. */
export async function endSigning(services: Services, task: SigningTask): Promise<void> {
  const {digest, signingProfileArn, ...id} = task
  const repository = services.world.repository(id)
  const image = repository?.images.get(digest)
  if (repository === undefined || image === undefined) return
  const signing = signingsOf(repository, image).find(one => one.signingProfileArn === signingProfileArn)
  if (signing?.status !== 'IN_PROGRESS') return
  const signed = await sign(services, repository, image, signingProfileArn)
  keepSigning(repository, image, signingProfileArn, signed)
}

async function sign(
  services: Services,
  repository: Repository,
  image: Image,
  signingProfileArn: string,
): Promise<SigningState> {
  const [, , , region] = signingProfileArn.split(':')
  // A profile must be of the same region (ECR user guide, managed-signing). The codes of failures are unconfirmed.
  if (region !== repository.id.region) {
    return {
      status: 'FAILED',
      failureCode: 'SigningProfileRegionMismatch',
      failureReason: `The signing profile must be in the region ${repository.id.region}`,
    }
  }
  try {
    await putSignature(services, repository, image, signingProfileArn)
    return {status: 'COMPLETE'}
  } catch (error) {
    if (!(error instanceof EcrError)) throw error
    return {status: 'FAILED', failureCode: error.exception, failureReason: error.message}
  }
}

async function putSignature(
  services: Services,
  repository: Repository,
  image: Image,
  signingProfileArn: string,
): Promise<void> {
  const {world, now} = services
  const config = await addBlob(world, repository, emptyConfig)
  const envelope = envelopeOf(image, signingProfileArn)
  const layer = {digest: await addBlob(world, repository, envelope), size: envelope.length}
  const bytes = signatureManifestOf(image, layer, config, now())
  const put = await putImage(world, repository, {bytes}, now())
  if (put.changed) imagePushed(services, repository, put.image)
}
