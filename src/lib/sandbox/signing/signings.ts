import type {ImageSigningStatus} from '../api/model/ecr.ts'
import type {Services} from '../api/operation.ts'
import type {Image, Repository, RepositoryId} from '../state/repository.ts'
import {signingRulesFor} from './configuration.ts'
import {signatureType} from './signature.ts'

/** As the API answers it. */
export type SigningState = Required<Pick<ImageSigningStatus, 'status'>> &
  Pick<ImageSigningStatus, 'failureCode' | 'failureReason'>

/** How far the signing of an image by one profile is. */
interface Signing extends SigningState {
  /** Of the image when it was signed: one that is pushed anew after it was deleted has not been signed. */
  readonly imagePushedAt: number
}

/** The end of a signing. */
export interface SigningTask extends RepositoryId {
  readonly kind: 'signing'
  readonly digest: string
  readonly signingProfileArn: string
  readonly [member: string]: unknown
}

/** Begins to sign an image that was pushed, once by each profile that a rule names for its repository. */
export function signOnPush(services: Services, repository: Repository, image: Image): void {
  // Signatures are not signed (ECR user guide, managed-signing).
  if (image.artifactType === signatureType) return
  const {id} = repository
  const registry = services.world.registry(id.account, id.region)
  for (const {signingProfileArn} of signingRulesFor(registry, id.name)) {
    const signing = signingsOf(repository, image).find(one => one.signingProfileArn === signingProfileArn)
    if (signing !== undefined && signing.status !== 'FAILED') continue
    keepSigning(repository, image, signingProfileArn, {status: 'IN_PROGRESS'})
    const task: SigningTask = {kind: 'signing', ...id, digest: image.digest, signingProfileArn}
    services.timeline.schedule(services.now() + services.durations.signing, task)
  }
}

/** How far the signing of an image is, by each profile. */
export function signingsOf(repository: Repository, {digest, pushedAt}: Image): readonly ImageSigningStatus[] {
  const signings: ImageSigningStatus[] = []
  for (const [id, {imagePushedAt, ...state}] of repository.table<Signing>('signing').from(digest)) {
    const [of = '', signingProfileArn = ''] = id.split(' ')
    if (of !== digest) break
    if (imagePushedAt === pushedAt) signings.push({signingProfileArn, ...state})
  }
  return signings
}

export function keepSigning(
  repository: Repository,
  image: Image,
  signingProfileArn: string,
  state: SigningState,
): void {
  const signing: Signing = {...state, imagePushedAt: image.pushedAt}
  repository.table<Signing>('signing').set(`${image.digest} ${signingProfileArn}`, signing)
}
