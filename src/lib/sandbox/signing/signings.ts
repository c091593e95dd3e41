import type {ImageSigningStatus} from '../api/model/ecr.ts'
import type {Services} from '../services.ts'
import type {Image, Repository, RepositoryId} from '../state/repository.ts'
import type {Table} from '../state/table.ts'
import {signingRulesFor} from './configuration.ts'
import {signatureType} from './signature.ts'

/** As the API answers it. */
export type SigningState = Required<Pick<ImageSigningStatus, 'status'>> &
  Pick<ImageSigningStatus, 'failureCode' | 'failureReason'>

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
export function signingsOf(
  repository: Repository,
  {digest}: Pick<Image, 'digest'>,
): readonly (SigningState & {readonly signingProfileArn: string})[] {
  const signings = []
  for (const [id, state] of signingsIn(repository).from(digest)) {
    const [of = '', signingProfileArn = ''] = id.split(' ')
    if (of !== digest) break
    signings.push({signingProfileArn, ...state})
  }
  return signings
}

/** An image that is deleted has not been signed when it is pushed anew. */
export function forgetSignings(repository: Repository, digest: string): void {
  for (const {signingProfileArn} of signingsOf(repository, {digest})) {
    signingsIn(repository).delete(`${digest} ${signingProfileArn}`)
  }
}

export function keepSigning(
  repository: Repository,
  image: Image,
  signingProfileArn: string,
  state: SigningState,
): void {
  signingsIn(repository).set(`${image.digest} ${signingProfileArn}`, state)
}

function signingsIn(repository: Repository): Table<SigningState> {
  return repository.table('signing')
}
