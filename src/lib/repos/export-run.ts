import {nearest} from '../config/nearest.ts'
import {openRegistries} from '../ecr/inventory/registries.ts'
import {UsageError} from '../errors.ts'
import type {ScopeWorld} from '../lifecycle/plan-world.ts'
import {oneLine} from '../oci/one-line.ts'
import type {Traffic} from '../oci/registry.ts'
import type {Caller} from '../plan/document.ts'
import {readWorld} from './export/read-world.ts'
import {toReposYaml} from './export/to-repos-yaml.ts'
import {reposContext} from './plan-run.ts'
import {earlyResources, lateResources, repositoryResources} from './resources.ts'

/** What `gantry repos export` was asked for. */
export interface ReposExportOrder {
  /** `[ALIAS/]REPOSITORY`, hosts or patterns; none for everything. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** Keys of what is exported; all without. */
  readonly only: readonly string[]
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface ReposExportWorld extends ScopeWorld {
  /** Told of each repository when it is read: `LABEL/REPOSITORY`. */
  readonly onRepository?: ((place: string) => void) | undefined
}

export interface ReposExportRun {
  /** A whole repos.yaml. */
  readonly text: string
  readonly registries: number
  /** Those of several registries that have one name count once each. */
  readonly repositories: number
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
}

/**
 * Reads how registries and repositories are configured, and says it as a repos.yaml. Changes nothing. What cannot be
 * read stops it: a file that lacks something would look like the truth.
 *
 * @throws {UsageError} UNKNOWN_KEY; what opening registries and reading them throws.
 */
export async function runReposExport(
  order: ReposExportOrder,
  world: ReposExportWorld,
): Promise<ReposExportRun> {
  const {estate, aws, region, onRepository} = world
  const {words, accounts, concurrency} = order
  const began = aws.now()
  const only = checkedKeys(order.only)
  const context = reposContext(aws, concurrency)
  const open = await openRegistries(words, estate, {
    environment: aws,
    context,
    access: 'look',
    purpose: 'reconcile',
    accounts,
    region,
  })
  try {
    const isMeant = (key: string): boolean => only.size === 0 || only.has(key)
    const read = await readWorld(open, estate, {context, isMeant, onRepository})
    return {
      text: await toReposYaml(read.world),
      registries: open.registries.length,
      repositories: open.repositories.length,
      callers: open.callers,
      warnings: [...open.warnings, ...read.warnings],
      traffic: open.traffic(),
      durationMs: aws.now() - began,
    }
  } finally {
    open.close()
  }
}

function checkedKeys(only: readonly string[]): ReadonlySet<string> {
  const known = [...earlyResources, ...repositoryResources, ...lateResources].map(({key}) => key)
  const other = only.find(key => !known.includes(key))
  if (other === undefined) return new Set(only)
  const near = nearest(other, known)
  const fix = near === undefined ? `Known are ${[...new Set(known)].join(', ')}.` : `Did you mean ${near}?`
  throw new UsageError('UNKNOWN_KEY', `--only: "${oneLine(other)}" is nothing that is exported. ${fix}`)
}
