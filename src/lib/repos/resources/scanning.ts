import type {RegistryScanningRule, ScanType} from '@aws-sdk/client-ecr'
import type {ScanningSetting} from '../../config/settings.ts'
import type {Json} from '../../plan/canonical.ts'
import {diffSet, diffValue, sortedSet} from '../compare.ts'
import type {RegistryResource, Wanted} from '../resource.ts'

/** How a registry scans, and which repositories. Filters are sorted and unique. */
export interface LiveScanning {
  readonly type: string
  readonly continuous: readonly string[]
  readonly onPush: readonly string[]
  /** Rules that this version does not understand whole, as ECR tells them. */
  readonly others?: readonly Json[]
}

/** How a registry scans. There is always a configuration: what can be removed are its rules. */
export const scanning: RegistryResource<ScanningSetting, LiveScanning> = {
  key: 'scanning',
  title: 'registry scanning',
  isKeyed: false,
  verbs: ['put-scanning-configuration'],
  fields: {
    'PutRegistryScanningConfiguration.scanType': 'scanning.type',
    'PutRegistryScanningConfiguration.rules.scanFrequency': 'scanning.onPush',
    'PutRegistryScanningConfiguration.rules.repositoryFilters.filter': 'scanning.continuous',
  },
  async read({at}) {
    const {scanType, rules} = await at.api.settings.scanningConfiguration()
    return new Map([['', liveScanning(scanType, rules)]])
  },
  desired(setting, live) {
    if (setting === null) return {state: byDefault, foreign: [], notes: notesOf(live, byDefault)}
    return desiredScanning(setting, live ?? byDefault)
  },
  diff: (live, wanted) => [
    ...diffValue('type', live?.type, wanted?.type),
    ...diffSet('continuous', live?.continuous ?? [], wanted?.continuous ?? []),
    ...diffSet('onPush', live?.onPush ?? [], wanted?.onPush ?? []),
    ...diffSet('rules', live?.others ?? [], wanted?.others ?? []),
  ],
  async apply(mutations, {place: {at}, wanted}) {
    const {type, ...filters} = wanted ?? byDefault
    const rules = rulesOf(filters)
    await mutations.putScanningConfiguration(at, {scanType: type as ScanType, rules})
  },
  export: ({type, continuous, onPush}) => ({
    type: type as ScanType,
    ...(continuous.length === 0 ? {} : {continuous}),
    ...(onPush.length === 0 ? {} : {onPush}),
  }),
}

/** What a registry has that nobody configured (API reference, GetRegistryScanningConfiguration). */
const byDefault: LiveScanning = {type: 'BASIC', continuous: [], onPush: []}

/** How ECR calls how often what a list names is scanned. */
const frequencies = {continuous: 'CONTINUOUS_SCAN', onPush: 'SCAN_ON_PUSH'} as const
type Frequency = keyof typeof frequencies
const lists = Object.keys(frequencies) as Frequency[]

function liveScanning(type: string, rules: readonly RegistryScanningRule[]): LiveScanning {
  const others = rules.filter(rule => !isPlain(rule)).map(rule => rule as unknown as Json)
  const filtersOf = (list: Frequency) => {
    const meant = rules.filter(rule => isPlain(rule) && rule.scanFrequency === frequencies[list])
    return sortedSet(
      meant.flatMap(({repositoryFilters = []}) => repositoryFilters.map(({filter = ''}) => filter)),
    )
  }
  return {
    type,
    continuous: filtersOf('continuous'),
    onPush: filtersOf('onPush'),
    ...(others.length === 0 ? {} : {others}),
  }
}

/** Whether a rule says a frequency and plain filters, and nothing else. */
function isPlain({scanFrequency, repositoryFilters = [], ...more}: RegistryScanningRule): boolean {
  return (
    lists.some(list => frequencies[list] === scanFrequency) &&
    Object.keys(more).length === 0 &&
    repositoryFilters.every(
      ({filter, filterType, ...more}) =>
        typeof filter === 'string' && filterType === 'WILDCARD' && Object.keys(more).length === 0,
    )
  )
}

/** ECR takes one rule for each frequency (API reference, RegistryScanningRule), so that filters join what is there. */
function rulesOf({others = [], ...filters}: Omit<LiveScanning, 'type'>): RegistryScanningRule[] {
  const rules = others as unknown as readonly RegistryScanningRule[]
  const added = lists.flatMap(list => {
    const scanFrequency = frequencies[list]
    const own = filters[list].map(filter => ({filter, filterType: 'WILDCARD' as const}))
    const rule = rules.find(each => each.scanFrequency === scanFrequency)
    const repositoryFilters = [...(rule?.repositoryFilters ?? []), ...own]
    return own.length === 0 ? [] : [{...rule, scanFrequency, repositoryFilters}]
  })
  const taken = new Set<string | undefined>(added.map(({scanFrequency}) => scanFrequency))
  return [...added, ...rules.filter(({scanFrequency}) => !taken.has(scanFrequency))]
}

function desiredScanning(setting: ScanningSetting, live: LiveScanning): Wanted<LiveScanning> {
  // By itself it is for what stronger levels may say.
  const exclusive = setting.exclusive === true && Object.keys(setting).length > 1
  const foreignOf = (list: Frequency) => live[list].filter(filter => !setting[list]?.includes(filter))
  const filtersOf = (list: Frequency) =>
    sortedSet([...(setting[list] ?? []), ...(exclusive ? [] : foreignOf(list))])
  const state: LiveScanning = {
    type: setting.type ?? live.type,
    continuous: filtersOf('continuous'),
    onPush: filtersOf('onPush'),
    ...(exclusive || live.others === undefined ? {} : {others: live.others}),
  }
  const foreign = [
    ...lists.flatMap(list => foreignOf(list).map(filter => `${list}: ${filter}`)),
    ...(live.others ?? []).map(rule => JSON.stringify(rule)),
  ]
  const blocked = remedyOf(state, setting)
  return {
    state,
    foreign: exclusive ? [] : foreign,
    notes: notesOf(live, state),
    ...(blocked === null ? {} : {blocked}),
  }
}

/** ECR user guide, image-scanning: basic scanning knows scan on push alone. */
function remedyOf({type, continuous}: LiveScanning, setting: ScanningSetting): string | null {
  if (type !== 'BASIC' || continuous.length === 0) return null
  const what = `Basic scanning scans when images are pushed and not continuously, which is wanted for ${continuous.join(', ')}: `
  return setting.continuous === undefined
    ? `${what}others made these filters; give exclusive: true to remove them, or leave the type ENHANCED.`
    : `${what}say type: ENHANCED, or take these filters out of continuous.`
}

function notesOf(live: LiveScanning | null, {type, ...wanted}: LiveScanning): string[] {
  const added = lists.flatMap(list => wanted[list].filter(filter => !live?.[list].includes(filter)))
  const inside = added.filter(filter => !filter.includes('*'))
  return [
    ...(live === null || live.type === type ? [] : [hidden(live.type)]),
    ...(live?.type !== type && type === 'ENHANCED' ? [onlyFiltered] : []),
    // ECR user guide, image-scanning-filters.
    ...inside.map(
      filter =>
        `The filter ${filter} fits every name that contains it: write ${filter}* for those that begin so.`,
    ),
  ]
}

/** ECR user guide, image-scanning. */
function hidden(type: string): string {
  return `What ${type} scans found is not shown any more; it is again when the type is ${type} again.`
}

const onlyFiltered =
  'With ENHANCED scanning what no filter names is not scanned at all, and Amazon Inspector bills what is.'
