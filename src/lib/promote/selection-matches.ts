import {matchesRepository} from '../config/match.ts'
import {FailureError, UsageError} from '../errors.ts'
import {mapLimited} from '../oci/limiter.ts'
import {oneLine} from '../oci/one-line.ts'
import {isReferrersTag} from '../oci/referrers-tag.ts'
import type {Registry} from '../oci/registry.ts'
import type {Side} from './model.ts'
import {type ImagePattern, matchesImage, type Placed} from './selection-pattern.ts'

/** A pattern, and the registry whose images it is for. */
export interface Wanted extends Placed {
  readonly pattern: ImagePattern
}

/** Repositories whose tags are asked for at a time. */
const listedAtOnce = 16

/**
 * What the patterns match, as texts that name it, by registry, repository and tag. Each list is asked for once.
 *
 * @throws {UsageError} NOTHING_MATCHED for the first pattern that matches nothing; {FailureError} NO_CATALOG.
 */
export async function findMatches(
  wanted: readonly Wanted[],
  registryOf: (side: Side) => Registry,
): Promise<string[]> {
  const lookups = new Map<string, Promise<readonly string[]>>()
  const found = new Set<string>()
  const once = (key: string, ask: () => Promise<readonly string[]>) => {
    const answer = lookups.get(key) ?? ask()
    lookups.set(key, answer)
    return answer
  }
  for (const {side, prefix, pattern} of wanted) {
    const registry = registryOf(side)
    // A repository that is named without wildcards is not looked up among all of them.
    const repositories = pattern.repository.includes('*')
      ? await once(side.host, () => listRepositories(registry))
      : [pattern.repository]
    const meant = repositories.filter(repository => matchesRepository(pattern.repository, repository))
    const lists = await mapLimited(meant, listedAtOnce, async repository => {
      const tags = await once(`${side.host}/${repository}`, () =>
        collect(registry.repository(repository).tags()),
      )
      return tags
        .filter(tag => !isReferrersTag(tag) && matchesImage(pattern, {repository, tag}))
        .map(tag => `${prefix}${repository}:${tag}`)
    })
    const matches = lists.flat()
    if (matches.length === 0) {
      throw new UsageError(
        'NOTHING_MATCHED',
        `"${oneLine(pattern.text)}" matches no image of ${side.label}. Nothing was written.`,
      )
    }
    for (const match of matches) found.add(match)
  }
  return [...found].toSorted()
}

async function listRepositories(registry: Registry): Promise<readonly string[]> {
  if (registry.repositories !== undefined) return collect(registry.repositories())
  throw new FailureError(
    'NO_CATALOG',
    `${registry.host} does not list its repositories. Name each of them, without * before the tag.`,
  )
}

async function collect(names: AsyncIterable<string>): Promise<readonly string[]> {
  const list: string[] = []
  for await (const name of names) list.push(name)
  return list
}
