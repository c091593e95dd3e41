import type {Repository} from '@aws-sdk/client-ecr'
import type {OpenRegistry} from '../ecr/inventory/registries.ts'
import {FailureError} from '../errors.ts'
import type {RepositoryPlace} from './resource.ts'

/** A repository that may be there: what DescribeRepositories tells of it is asked for when it is wanted, and once. */
export function placeOf(at: OpenRegistry, name: string): RepositoryPlace {
  let asked: Promise<Repository | null> | undefined
  return {
    at,
    name,
    described() {
      asked ??= describe(at, name)
      return asked
    },
  }
}

/** A repository of which a listing has told, or that it has not: then it is not there. */
export function placeAsListed(at: OpenRegistry, name: string, told: Repository | null): RepositoryPlace {
  return {at, name, described: async () => told}
}

async function describe({api}: OpenRegistry, name: string): Promise<Repository | null> {
  try {
    const [repository] = await api.registry.describeRepositories([name])
    return repository ?? null
  } catch (error) {
    if (error instanceof FailureError && error.code === 'REPOSITORY_NOT_FOUND') return null
    throw error
  }
}
