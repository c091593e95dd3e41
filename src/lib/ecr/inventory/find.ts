import type {Repository} from '@aws-sdk/client-ecr'
import {BugError, FailureError, GantryError} from '../../errors.ts'
import {oneLine} from '../../oci/one-line.ts'
import {isValidRepository} from '../../oci/reference.ts'
import type {EcrApi} from '../api.ts'
import {findRepositories as findNamed} from '../repositories.ts'
import type {MeantRepository, OpenRegistry} from './registries.ts'
import {concerns, isSelected, type Selection} from './selection.ts'

/** What was found, and a warning for each pattern that nothing fits. */
interface Found {
  readonly repositories: readonly MeantRepository[]
  readonly warnings: readonly string[]
  readonly unlisted: ReadonlyMap<OpenRegistry, GantryError>
}

/** What is no error. */
export interface Leniency {
  /** A name that no registry has: it is left out. */
  readonly mayMiss?: boolean
  /** A registry that does not tell its repositories: it is `unlisted`, with the reason. */
  readonly mayNotList?: boolean
}

/**
 * Finds the repositories that are meant, by registry and name. A registry is asked for all of its repositories only
 * where a pattern needs it; one of another account that does not tell whether a repository exists is taken to have it.
 *
 * @throws {FailureError} REPOSITORY_NOT_FOUND for a name that no registry has, unless it may be missing.
 */
export async function findRepositories(
  registries: readonly OpenRegistry[],
  selections: readonly Selection[],
  {mayMiss = false, mayNotList = false}: Leniency = {},
): Promise<Found> {
  const unlisted = new Map<OpenRegistry, GantryError>()
  const found = await Promise.all(
    registries.map(async at => {
      const here = selections.filter(selection => concerns(selection, at.registry))
      const told = await repositoriesOf(at.api, here).catch((error: unknown) => {
        if (!mayNotList || !(error instanceof GantryError) || error instanceof BugError) throw error
        unlisted.set(at, error)
        return new Map<string, Repository | null>()
      })
      const meant = [...told].filter(([name]) => here.some(each => isSelected(each, at.registry, name)))
      return meant.toSorted(byName).map(([name, described]) => ({at, name, ...(described && {described})}))
    }),
  )
  const repositories = found.flat()
  const unmet = selections.filter(
    selection => !repositories.some(({at, name}) => isSelected(selection, at.registry, name)),
  )
  return {repositories, warnings: warningsOf(mayMiss ? unmet.filter(({isName}) => !isName) : unmet), unlisted}
}

/**
 * What is said of selections that no repository fits: of a pattern, a warning.
 *
 * @throws {FailureError} REPOSITORY_NOT_FOUND for a name.
 */
export function warningsOf(unmet: readonly Selection[]): string[] {
  const missing = unmet.find(({isName}) => isName)
  if (missing !== undefined) throw notFound(missing)
  return unmet.map(({text}) => `No repository is like "${oneLine(text)}".`)
}

/** What is told of repositories, by name; null of those that we may not ask about. */
async function repositoriesOf(
  api: EcrApi,
  selections: readonly Selection[],
): Promise<ReadonlyMap<string, Repository | null>> {
  if (selections.every(({isName}) => isName)) {
    const names = new Set(selections.map(({pattern}) => pattern))
    return findNamed(api, [...names])
  }
  const told = new Map<string, Repository>()
  for await (const page of api.registry.listRepositories()) {
    for (const repository of page) told.set(checkedName(repository.repositoryName), repository)
  }
  return told
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && isValidRepository(name)) return name
  throw new FailureError(
    'UNKNOWN_VALUE',
    `ECR DescribeRepositories told of a repository ${oneLine(JSON.stringify(name ?? null), 300)}, which is no name. Treated as an error.`,
  )
}

function notFound({pattern, registries}: Selection): FailureError {
  const where = registries.map(({label}) => label).join(', ')
  return new FailureError('REPOSITORY_NOT_FOUND', `There is no repository ${pattern} in ${where}.`, {
    hints: ['gantry inventory lists those that there are.'],
  })
}
