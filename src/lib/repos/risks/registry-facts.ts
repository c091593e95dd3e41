import type {TagMutabilitySetting} from '../../config/settings.ts'
import type {OpenRegistries, OpenRegistry} from '../../ecr/inventory/registries.ts'
import {orUnknown} from '../../ecr/unknowable.ts'
import type {PlannedChange} from '../model.ts'
import type {CreatedSettings} from '../repository.ts'

/** What a registry as a whole means for changes of its repositories; each is asked once, when it matters. */
export interface RegistryFacts {
  /** What immutable tags do to a repository of a pull-through cache. */
  cacheRisks(change: PlannedChange): Promise<readonly string[]>
  /** What scan on push of a repository comes to. */
  scanningNotes(change: PlannedChange): Promise<readonly string[]>
}

/** What may not be asked is not said. */
export function askOnce(open: OpenRegistries): RegistryFacts {
  const cachePrefixes = once(async ({api}: OpenRegistry) => {
    const prefixes: string[] = []
    for await (const page of api.pullThrough.pullThroughCacheRules())
      prefixes.push(...page.map(({prefix}) => prefix))
    return prefixes
  }, [])
  const scanType = once(
    async ({api}: OpenRegistry) => (await api.settings.scanningConfiguration()).scanType as string,
    '',
  )
  return {
    async cacheRisks(change) {
      const {registry, repository} = change
      if (repository === null || !isFrozen(change)) return []
      const prefixes = await cachePrefixes(open.registryOf(registry.host))
      const prefix = prefixes.find(each => repository.startsWith(`${each}/`))
      if (prefix === undefined) return []
      return [
        `It is of the pull-through cache ${prefix}: with immutable tags ECR cannot refresh it, and it stays as it was pulled first.`,
      ]
    },
    async scanningNotes({registry}) {
      const type = await scanType(open.registryOf(registry.host))
      return type === 'ENHANCED'
        ? [
            `${registry.label} scans by type ENHANCED, where the rules of the registry decide and scanOnPush does nothing.`,
          ]
        : []
    },
  }
}

/** One question for each registry; `unknown` where it may not be asked. */
function once<Answer>(
  ask: (at: OpenRegistry) => Promise<Answer>,
  unknown: Answer,
): (at: OpenRegistry) => Promise<Answer> {
  const answers = new Map<OpenRegistry, Promise<Answer>>()
  return at => {
    const answer = answers.get(at) ?? orUnknown(() => ask(at), unknown)
    answers.set(at, answer)
    return answer
  }
}

function isFrozen({resource, after}: PlannedChange): boolean {
  const setting =
    resource === 'tagMutability'
      ? (after as unknown as TagMutabilitySetting | null)
      : (after as CreatedSettings | null)?.tagMutability
  return setting?.mode === 'IMMUTABLE' || setting?.mode === 'IMMUTABLE_WITH_EXCLUSION'
}
