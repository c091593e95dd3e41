import {isPolicy} from './access/validation.ts'
import {checkRepositoryName} from './api/check.ts'
import {EcrError, invalidParameter} from './ecr-error.ts'
import type {Account} from './identity/account.ts'
import {putPolicy} from './lifecycle/stored-policy.ts'
import {sampleImage} from './sample-image.ts'
import {findingsOf} from './scanning/given-findings.ts'
import {invalidSeed, parseSeed, type SandboxSeed, type SeedImage, type SeedRepository} from './seed-format.ts'
import type {Services} from './services.ts'
import {addBlob} from './state/blobs.ts'
import {putImage} from './state/images.ts'
import type {Repository} from './state/repository.ts'
import {withTags} from './state/resource-tags.ts'
import {tagMutabilityOf} from './state/tag-mutability.ts'
import type {World} from './state/world.ts'

/**
 * Puts accounts, repositories and what is in them into the world, by the rules that requests are held to.
 *
 * @throws {UsageError} INVALID_SEED, naming the place; what comes before that place is done.
 */
export async function applySeed(services: Services, seed: SandboxSeed): Promise<void> {
  const {accounts = [], repositories = []} = parseSeed(seed)
  for (const account of accounts) services.world.putAccount(account as Account)
  for (const [index, repository] of repositories.entries()) {
    await applyRepository(services, repository, `repositories[${index}]`)
  }
  await services.world.flush()
}

async function applyRepository(services: Services, seed: SeedRepository, place: string): Promise<void> {
  const {world} = services
  const {blobs = [], images = [], lifecyclePolicy} = seed
  const repository = await at(place, () => settle(world, seed, services.now()))
  if (lifecyclePolicy !== undefined)
    await at(place, () => putPolicy(services, repository, JSON.stringify(lifecyclePolicy)))
  for (const blob of blobs) await addBlob(world, repository, Buffer.from(blob, 'base64'))
  for (const [index, image] of images.entries()) {
    await applyImage(services, repository, image, `${place}.images[${index}]`)
  }
}

async function applyImage(
  services: Services,
  repository: Repository,
  {tag = [], manifest, mediaType, findings}: SeedImage,
  place: string,
): Promise<void> {
  const {world, now} = services
  const tags = typeof tag === 'string' ? [tag] : tag
  const bytes = manifest === undefined ? await addSample(world, repository, tags) : bytesOf(manifest)
  for (const one of tags.length === 0 ? [undefined] : tags) {
    const {image} = await at(place, () => putImage(world, repository, {bytes, mediaType, tag: one}, now()))
    if (findings === undefined) continue
    findingsOf(services, repository, image.digest, {findings}, problem =>
      invalidSeed(`${place}.findings`, problem),
    )
  }
}

function bytesOf(manifest: string): Buffer {
  return manifest.trimStart().startsWith('{') ? Buffer.from(manifest) : Buffer.from(manifest, 'base64')
}

/** Adds what a small image consists of, and returns its manifest. */
async function addSample(world: World, repository: Repository, tags: readonly string[]): Promise<Buffer> {
  const {blobs, manifest} = sampleImage(`${repository.id.name}:${tags.join(',')}`)
  for (const blob of blobs) await addBlob(world, repository, blob)
  return manifest
}

/** The repository, made if it is missing, with the seed's settings. */
function settle(world: World, seed: SeedRepository, now: number): Repository {
  const {account, region, name, tagMutability, exclusions, policy, resourceTags} = seed
  checkRepositoryName(name)
  if (policy !== undefined && !isPolicy(policy, 'repository')) {
    throw invalidParameter('PolicyText', 'Invalid repository policy provided')
  }
  const mutability = tagMutability === undefined ? undefined : tagMutabilityOf(tagMutability, exclusions)
  const id = {account, region, name}
  const repository =
    world.repository(id) ??
    world.createRepository(id, {
      createdAt: now,
      tagMutability: {mode: 'MUTABLE', exclusions: []},
      scanOnPush: false,
      encryption: {encryptionType: 'AES256'},
    })
  repository.settings = {
    ...repository.settings,
    ...(mutability === undefined ? {} : {tagMutability: mutability}),
    ...(policy === undefined ? {} : {policy}),
    ...(resourceTags && {tags: withTags(repository.settings.tags ?? {}, tagsOf(resourceTags))}),
  }
  return repository
}

function tagsOf(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
}

async function at<T>(place: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof EcrError) throw invalidSeed(`${place} is refused:`, error.message)
    throw error
  }
}
