import type {RegistrySettings} from '../../config/settings.ts'
import type {LintedFile, LintedRegistry} from './file.ts'
import type {ReposDoubt, ReposLintRule} from './finding.ts'
import {destinationsOf, replicationRules} from './routes.ts'

/** ECR's quotas (user guide, service-quotas; API reference), which others' entries count for, too. */
export const quotaRules: readonly ReposLintRule[] = [
  {
    code: 'over-quota',
    severity: 'warning',
    summary: 'The file says more of something than ECR has documented room for.',
    check: file => [...file.registries.flatMap(overRegistry), ...overDestinations(file)],
  },
]

interface Quota {
  readonly what: string
  readonly path: readonly string[]
  readonly most: number
  readonly count: (settings: RegistrySettings) => number
}

const quotas: readonly Quota[] = [
  {
    what: 'replication rules',
    path: ['replication', 'rules'],
    // The quota page says 10, the model of the API 25.
    most: 10,
    count: ({replication}) => replication?.rules?.filter(({state}) => state === undefined).length ?? 0,
  },
  {
    what: 'pull-through cache rules',
    path: ['pullThroughCache'],
    most: 50,
    count: ({pullThroughCache}) => remaining(pullThroughCache),
  },
  {
    what: 'signing rules',
    path: ['signing', 'rules'],
    most: 10,
    count: ({signing}) => signing?.rules?.filter(({state}) => state === undefined).length ?? 0,
  },
  {
    what: 'pull-time exclusions',
    path: ['pullTimeExclusions'],
    most: 100,
    count: ({pullTimeExclusions}) => remaining(pullTimeExclusions),
  },
  {
    what: 'filters of continuous scanning',
    path: ['scanning', 'continuous'],
    most: 100,
    count: ({scanning}) => scanning?.continuous?.length ?? 0,
  },
  {
    what: 'filters of scanning on push',
    path: ['scanning', 'onPush'],
    most: 100,
    count: ({scanning}) => scanning?.onPush?.length ?? 0,
  },
]

const mostDestinations = 25
const mostTags = 50

function overRegistry({settings, spot, repositories, label}: LintedRegistry): readonly ReposDoubt[] {
  const ofRegistry = quotas.flatMap(({what, path, most, count}): ReposDoubt[] => {
    const number = count(settings)
    return number <= most ? [] : [doubt(spot(...path), label, number, what, most)]
  })
  const ofRepositories = [...repositories].flatMap(([name, resolved]): ReposDoubt[] => {
    const number = remaining(resolved.settings.tags)
    if (number <= mostTags) return []
    return [doubt(resolved.spot('tags'), label, number, `tags of ${name}`, mostTags)]
  })
  return [...ofRegistry, ...ofRepositories]
}

function overDestinations(file: LintedFile): readonly ReposDoubt[] {
  const rules = Map.groupBy(replicationRules(file), ({source}) => source)
  return [...rules].flatMap(([{spot, label}, own]): ReposDoubt[] => {
    const places = own.flatMap(rule =>
      destinationsOf(rule, file).map(({account, region}) => account + region),
    )
    const number = new Set(places).size
    if (number <= mostDestinations) return []
    return [
      doubt(spot('replication', 'rules'), label, number, 'destinations of replication', mostDestinations),
    ]
  })
}

function doubt(
  at: ReposDoubt['at'],
  registry: string,
  number: number,
  what: string,
  most: number,
): ReposDoubt {
  return {
    at,
    registry,
    message: `${number} ${what}: ECR has documented room for ${most}.`,
    fix: 'Join some, or ask AWS for more where the quota can be raised.',
  }
}

function remaining(entries: Readonly<Record<string, unknown>> | undefined): number {
  return Object.values(entries ?? {}).filter(entry => entry !== null).length
}
