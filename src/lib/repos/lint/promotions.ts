import {matchesRepository} from '../../config/match.ts'
import {type LintedFile, spotIn} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'

/** What is promoted to, and where repositories are. */
export const promotionRules: readonly ReposLintRule[] = [
  {
    code: 'mutable-destination',
    severity: 'warning',
    summary: 'A promotion promises immutable tags, and they may move in the repository.',
    check: mutableDestinations,
  },
  {
    code: 'nowhere',
    severity: 'note',
    summary: 'A repository does not say where it is meant, so that it is made nowhere.',
    check: nowhere,
  },
]

function mutableDestinations({estate, registries}: LintedFile): readonly ReposDoubt[] {
  return [...estate.promotions.values()]
    .filter(({immutable}) => immutable)
    .flatMap(({name: route, to, repositories}) =>
      registries
        .filter(({place}) => to.includes(place.alias))
        .flatMap(registry =>
          [...registry.repositories].flatMap(([name, resolved]) => {
            const mode = resolved.settings.tagMutability?.mode
            const isMutable = mode === 'MUTABLE' || mode === 'MUTABLE_WITH_EXCLUSION'
            if (!(isMutable && repositories.some(pattern => matchesRepository(pattern, name)))) return []
            return [
              {
                at: resolved.spot('tagMutability'),
                registry: registry.label,
                repository: name,
                message: `The promotion ${route} promises that tags do not move, and here they are ${mode}: whoever else pushes may move them.`,
                fix: `Say tagMutability: IMMUTABLE under overlays.${registry.place.alias}.`,
              },
            ]
          }),
        ),
    )
}

function nowhere({estate, registries}: LintedFile): readonly ReposDoubt[] {
  return [...estate.repositories.keys()].flatMap(name => {
    const found = registries.flatMap(registry => {
      const settings = registry.repositories.get(name)?.settings
      return settings === undefined ? [] : [settings]
    })
    if (found.length === 0 || found.some(settings => settings.in !== undefined)) return []
    return [
      {
        at: spotIn(estate, 'repositories', name),
        repository: name,
        message: 'It says no in: what is said of it holds where it is, and it is made nowhere.',
        fix: 'Add in: [ALIAS], to it or to defaults, or take it for a repository that others make.',
      },
    ]
  })
}
