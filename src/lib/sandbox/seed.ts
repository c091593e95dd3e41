import {isPolicy} from './access/validation.ts'
import {checkRepositoryName} from './api/check.ts'
import {EcrError, invalidParameter} from './ecr-error.ts'
import type {Account} from './identity/account.ts'
import {invalidSeed, parseSeed, type SandboxSeed, type SeedRepository} from './seed-format.ts'
import {writeAll} from './state/content.ts'
import {putImage} from './state/images.ts'
import type {Repository} from './state/repository.ts'
import {tagMutabilityOf} from './state/tag-mutability.ts'
import type {World} from './state/world.ts'

/**
 * Puts accounts, repositories and what is in them into the world, by the rules that requests are held to.
 *
 * @throws {UsageError} INVALID_SEED, naming the place; what comes before that place is done.
 */
export async function applySeed(world: World, seed: SandboxSeed, now: number): Promise<void> {
  const {accounts = [], repositories = []} = parseSeed(seed)
  for (const account of accounts) world.putAccount(account as Account)
  for (const [index, repository] of repositories.entries()) {
    await applyRepository(world, repository, `repositories[${index}]`, now)
  }
  await world.flush()
}

async function applyRepository(
  world: World,
  seed: SeedRepository,
  place: string,
  now: number,
): Promise<void> {
  const {blobs = [], images = []} = seed
  const repository = await at(place, () => settle(world, seed, now))
  for (const blob of blobs) {
    const bytes = Buffer.from(blob, 'base64')
    const writer = await writeAll(world.content, bytes)
    await world.holdings.keep(writer, digest => repository.addLayer(digest, bytes.length))
  }
  for (const [index, {tag = [], manifest, mediaType}] of images.entries()) {
    const bytes = manifest.trimStart().startsWith('{')
      ? Buffer.from(manifest)
      : Buffer.from(manifest, 'base64')
    const tags = typeof tag === 'string' ? [tag] : tag
    for (const one of tags.length === 0 ? [undefined] : tags) {
      await at(`${place}.images[${index}]`, () =>
        putImage(world, repository, {bytes, mediaType, tag: one}, now),
      )
    }
  }
}

/** The repository, made if it is missing, with the seed's settings. */
function settle(world: World, seed: SeedRepository, now: number): Repository {
  const {account, region, name, tagMutability, exclusions, policy} = seed
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
  }
  return repository
}

async function at<T>(place: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof EcrError) throw invalidSeed(`${place} is refused:`, error.message)
    throw error
  }
}
