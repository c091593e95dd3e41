import type {Repository} from '@aws-sdk/client-ecr'
import {FailureError, TransientError} from '../errors.ts'
import type {RepositorySettings} from '../oci/registry.ts'
import type {EcrApi} from './api.ts'
import {inBatches} from './batches.ts'

type Entry = readonly [name: string, settings: RepositorySettings]

/** Settings of those repositories that exist; `unknown` for all that we may not ask about. */
export async function describeRepositories(
  api: EcrApi,
  names: readonly string[],
): Promise<ReadonlyMap<string, RepositorySettings>> {
  const batches = await inBatches(names, batch => describeBatch(api, batch))
  return new Map(batches.flat())
}

/** Makes a repository with the registry's defaults; one that is there already is success. */
export async function createRepository(api: EcrApi, name: string): Promise<void> {
  try {
    await api.registry.createRepository(name)
  } catch (error) {
    if (!hasCode(error, 'REPOSITORY_ALREADY_EXISTS')) throw error
  }
}

/** Whether the account lets blobs be mounted (ECR user guide, blob-mounting); also when that cannot be known. */
export async function mayMount(api: EcrApi): Promise<boolean> {
  try {
    return (await api.registry.accountSetting('BLOB_MOUNTING')) !== 'DISABLED'
  } catch (error) {
    if (error instanceof FailureError && !(error instanceof TransientError)) return true
    throw error
  }
}

/** One missing repository fails the whole call, so halves are asked until it stands alone. */
async function describeBatch(api: EcrApi, names: readonly string[]): Promise<readonly Entry[]> {
  try {
    return (await api.registry.describeRepositories(names)).map(toEntry)
  } catch (error) {
    // In another account a denial may also mean that there is no such repository.
    if (hasCode(error, 'ACCESS_DENIED')) return names.map(name => [name, unknown])
    if (!hasCode(error, 'REPOSITORY_NOT_FOUND')) throw error
    if (names.length === 1) return []
    const middle = Math.ceil(names.length / 2)
    const halves = [names.slice(0, middle), names.slice(middle)]
    return (await Promise.all(halves.map(half => describeBatch(api, half)))).flat()
  }
}

const unknown: RepositorySettings = {tagMutability: 'unknown', exclusions: []}

function toEntry(repository: Repository): Entry {
  const {repositoryName = '', imageTagMutability, imageTagMutabilityExclusionFilters = []} = repository
  const exclusions = imageTagMutabilityExclusionFilters.flatMap(({filter}) => filter ?? [])
  return [repositoryName, {tagMutability: imageTagMutability ?? 'unknown', exclusions}]
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof FailureError && error.code === code
}
