import type {LifecycleImage} from '../../lifecycle/clocks.ts'
import {evaluate} from '../../lifecycle/evaluate.ts'
import type {LifecyclePolicy} from '../../lifecycle/policy.ts'
import {settle} from '../../lifecycle/settle.ts'
import type {Image, Repository} from '../state/repository.ts'

/**
 * What a policy does to the images of a repository at a moment, without doing it.
 *
 * @param now milliseconds since the epoch.
 */
export function decide(repository: Repository, {rules}: LifecyclePolicy, now: number) {
  const images = Array.from(repository.images.from(), ([, image]) => lifecycleImage(image))
  const {decisions} = evaluate(rules, images, now)
  return {decisions, ...settle(decisions, digest => indexesOf(repository, digest).map(lifecycleImage))}
}

/** Indexes of the repository that list an image. */
export function indexesOf(repository: Repository, digest: string): readonly Image[] {
  return repository.indexesOf(digest).flatMap(index => repository.images.get(index) ?? [])
}

function lifecycleImage(image: Image): LifecycleImage {
  const {digest, tags, status, pushedAt, pulledAt, archivedAt, activatedAt, subject} = image
  return {
    digest,
    tags: [...tags],
    storageClass: status === 'ARCHIVED' ? 'archive' : 'standard',
    ...(status === 'ACTIVATING' && {restoring: true}),
    pushedAt,
    ...(pulledAt === undefined ? {} : {pulledAt}),
    ...(archivedAt === undefined ? {} : {archivedAt}),
    ...(activatedAt === undefined ? {} : {activatedAt}),
    ...(subject === undefined ? {} : {subject}),
  }
}
