/** Repositories as a whole: what makes one that is missing, and what becomes of one with a tombstone. */
import type {Source} from '../config/resolve.ts'
import type {RepositorySettings} from '../config/settings.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {readImages} from '../ecr/inventory/read-images.ts'
import {contentHash, type Json} from '../plan/canonical.ts'
import {diffValue} from './compare.ts'
import type {PlannedChange} from './model.ts'
import type {RepositoryPlace} from './resource.ts'
import {told} from './told.ts'

/** Key of changes of repositories as a whole. */
export const repositoryKey = 'repository'

/** Keys of the resources that a repository has from its creation on: they are no changes of their own then. */
export const atCreation = ['encryption', 'tagMutability', 'scanOnPush', 'tags'] as const

/** What a repository is made with; what is absent is left to ECR. */
export type CreatedSettings = Pick<RepositorySettings, (typeof atCreation)[number]>

/** A repository as repos.yaml has it. */
export interface MeantToBe {
  readonly registry: InventoryRegistry
  readonly repository: string
  readonly settings: RepositorySettings
  /** Where repos.yaml says it. */
  readonly source: Source | null
}

/** What a repository holds, archived images too. */
export interface Holdings {
  readonly images: number
  /** When the repository was made: another one of that name is not this one. */
  readonly madeAt: string
  /** Hash of their digests and tags. */
  readonly contents: string
}

/** What makes a repository that is missing, with all of {@link atCreation} that is said of it. Pure. */
export function repositoryCreation(meant: MeantToBe): PlannedChange {
  const after = createdWith(meant.settings)
  const lines = Object.entries(after).flatMap(([key, value]) => diffValue(key, null, value))
  return {...common(meant), kind: 'create', before: null, after: after as Json, lines}
}

/**
 * What becomes of a repository with a tombstone: null when there is none; blocked while it holds images, unless the file
 * says that they go with it. `before` are its {@link Holdings}.
 *
 * @throws {FailureError} what DescribeRepositories and DescribeImages fail with.
 */
export async function repositoryRemoval(
  place: RepositoryPlace,
  meant: MeantToBe,
): Promise<PlannedChange | null> {
  const held = await holdingsOf(place)
  if (held === null) return null
  const change = {...common(meant), before: {...held}, after: null}
  if (held.images === 0) return {...change, kind: 'remove', lines: []}
  const lines = diffValue('images', held.images, null)
  const holds = `It holds ${held.images === 1 ? '1 image' : `${held.images} images`}`
  if (meant.settings.images === 'delete')
    return {
      ...change,
      lines,
      kind: 'remove',
      risks: [`${holds}: deleted with it for good.`],
      notes: ['gantry repos apply deletes it with --delete-images only.'],
    }
  return {
    ...change,
    lines,
    kind: 'blocked',
    remedy: `${holds}: empty it first, or say images: delete beside state: absent and give --delete-images to gantry repos apply.`,
  }
}

/** Null when there is no such repository. */
export async function holdingsOf(place: RepositoryPlace): Promise<Holdings | null> {
  const {at, name} = place
  const repository = await place.described()
  if (repository === null) return null
  const madeAt = told(repository.createdAt, 'createdAt', place).toISOString()
  const images = await readImages(at, name)
  const named = images.map(({digest, tags}) => [digest, ...tags.toSorted()].join(' '))
  return {images: images.length, madeAt, contents: contentHash(named.toSorted())}
}

function common({registry, repository, source}: MeantToBe) {
  return {
    registry,
    repository,
    resource: repositoryKey,
    entry: '',
    foreign: [],
    notes: [],
    risks: [],
    remedy: null,
    source,
    lifecycle: null,
  }
}

/** Tags that are to be removed are not there to begin with. */
function createdWith({
  encryption,
  tagMutability,
  scanOnPush,
  tags = {},
}: RepositorySettings): CreatedSettings {
  const given = Object.entries(tags).filter(([, value]) => value !== null)
  return {
    ...(encryption === undefined ? {} : {encryption}),
    ...(tagMutability === undefined ? {} : {tagMutability}),
    ...(scanOnPush === undefined ? {} : {scanOnPush}),
    ...(given.length === 0 ? {} : {tags: Object.fromEntries(given)}),
  }
}
