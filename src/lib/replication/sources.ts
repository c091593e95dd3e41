import type {ReplicationRule} from '@aws-sdk/client-ecr'
import type {Estate} from '../config/estate.ts'
import {openImages} from '../ecr/inventory/images.ts'
import type {InventoryRegistry} from '../ecr/inventory/model.ts'
import {type OpenRegistry, openRegistries, type RegistriesOptions} from '../ecr/inventory/registries.ts'
import {DeniedError, type GantryError} from '../errors.ts'
import type {Digest} from '../oci/digest.ts'
import {addTraffic, noTraffic, type Traffic} from '../oci/registry.ts'
import {type Ends, failureOf} from './ends.ts'
import type {Wanted} from './source-images.ts'

/** A repository whose images are looked at. */
export interface SourceRepository {
  readonly at: OpenRegistry
  readonly repository: string
  /** Images that words name; undefined when all are meant. */
  readonly wanted: Wanted | undefined
}

export interface Sources {
  readonly repositories: readonly SourceRepository[]
  /** Words that mean no image that is there. */
  readonly missing: readonly {readonly text: string; readonly error: GantryError}[]
  /** Words that name repositories, each with those that it means: unlike patterns they mean something that is there. */
  readonly named: readonly {
    readonly text: string
    readonly places: readonly Pick<SourceRepository, 'at' | 'repository'>[]
  }[]
  readonly registries: readonly OpenRegistry[]
  readonly warnings: readonly string[]
  traffic(): Traffic
  close(): void
}

/**
 * Opens the repositories and images that words mean: `REPO`, `REPO:TAG`, `REPO@DIGEST` and patterns such as `payments/**`,
 * after `ALIAS/`, `ALIAS@REGION/` or `HOST/` where not all registries are meant; no words mean everything.
 *
 * @throws what `openRegistries` and `openImages` throw.
 */
export async function openSources(
  words: readonly string[],
  estate: Estate,
  options: RegistriesOptions,
): Promise<Sources> {
  const imageWords = words.filter(isImage)
  const otherWords = [...new Set(words)].filter(word => !isImage(word))
  const images = imageWords.length === 0 ? undefined : await openImages(imageWords, estate, options)
  try {
    const isWhole = words.length === 0 || otherWords.length > 0
    const whole = isWhole ? await openRegistries(otherWords, estate, options) : undefined
    const opened = [whole, images?.registries].filter(each => each !== undefined)
    const registries = opened.flatMap(each => each.registries)
    const all = (whole?.repositories ?? []).map(({at, name}) => ({at, repository: name, wanted: undefined}))
    return {
      repositories: [...all, ...namedRepositories(images?.images ?? [])],
      missing: images?.missing ?? [],
      named: otherWords
        .filter(word => !word.includes('*'))
        .map(text => ({
          text,
          places: (whole?.meant(text) ?? []).map(({at, name}) => ({at, repository: name})),
        })),
      registries: [...new Map(registries.map(each => [each.registry.host, each])).values()],
      warnings: opened.flatMap(each => each.warnings),
      traffic: () => opened.map(each => each.traffic()).reduce(addTraffic, noTraffic()),
      close: () => opened.forEach(each => each.close()),
    }
  } catch (error) {
    images?.registries.close()
    throw error
  }
}

/** `payments/api:v1` and `payments/api@sha256:…`; `prod@eu-west-1/payments/api` is a repository. */
function isImage(word: string): boolean {
  return word.slice(word.lastIndexOf('/') + 1).includes(':')
}

interface NamedImage {
  readonly at: OpenRegistry
  readonly repository: string
  readonly tag: string | null
  readonly digest: Digest
}

/** Of an image that is named by tags, those are looked for; of one that is named by its digest, all that it has. */
function namedRepositories(images: readonly NamedImage[]): SourceRepository[] {
  const groups = Map.groupBy(images, ({at, repository}) => `${at.registry.host}/${repository}`)
  return [...groups.values()].flatMap(group => {
    const [first] = group
    const wanted = new Map<Digest, readonly string[] | null>()
    for (const {digest, tag} of group) {
      const tags = wanted.get(digest)
      wanted.set(digest, tag === null || tags === null ? null : [...new Set([...(tags ?? []), tag])])
    }
    return first === undefined ? [] : [{at: first.at, repository: first.repository, wanted}]
  })
}

/** The replication rules of registries by their hosts, or why they are not known. */
export type Rules = ReadonlyMap<string, readonly ReplicationRule[] | GantryError>

/** @throws the reason of the run's end, and no other. */
export async function readRules(registries: readonly OpenRegistry[], ends: Ends): Promise<Rules> {
  const read = async ({registry, caller, api}: OpenRegistry) => {
    if (caller.account !== registry.account) return notOwn(registry, caller.account)
    try {
      return await api.registry.replicationRules()
    } catch (error) {
      return failureOf(error, ends)
    }
  }
  return new Map(
    await Promise.all(registries.map(async each => [each.registry.host, await read(each)] as const)),
  )
}

function notOwn({label, account}: InventoryRegistry, caller: string): DeniedError {
  return new DeniedError(
    'RULES_UNKNOWN',
    `${label}: ECR tells the replication rules of a registry to its own account alone, and account ${caller} asks. Name credentials of ${account}.`,
  )
}
