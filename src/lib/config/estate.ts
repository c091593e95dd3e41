/**
 * The estate: what `repos.yaml` says, checked and complete. Everything here is a plain value; `load.ts` reads one.
 */

import type {Gate} from './gates.ts'
import type {LifecycleRules} from './lifecycle/readable.ts'
import type {PolicySetting, RegistrySettings, RepositorySettings} from './settings.ts'

export type {RegistrySettings, RepositorySettings}

/** Where a value was written: the file as the user named it, line and column counted from 1. */
export interface Origin {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** An IAM role to assume. With a token file it is assumed by web identity, without one by `sts:AssumeRole`. */
export interface Role {
  readonly arn: string
  readonly externalId?: string
  readonly sessionName?: string
  readonly webIdentityTokenFile?: string
}

/** One AWS account and the regions of its registries, the first being the one meant when none is named. */
export interface Account {
  readonly alias: string
  readonly id: string
  readonly regions: readonly [string, ...string[]]
  /** Shared-config profile: the identity, or the one that assumes `role`. */
  readonly profile?: string
  readonly role?: Role
  /** Alias of the account whose credentials are used here, by this account's repository policies. */
  readonly via?: string
  readonly origin: Origin
}

/** A named route: which repositories and tags may go from one account to others. */
export interface Promotion {
  readonly name: string
  readonly from: string
  readonly to: readonly [string, ...string[]]
  /** Patterns for {@link matchesRepository}. */
  readonly repositories: readonly string[]
  /** Patterns for {@link matchesTag}. */
  readonly tags: readonly string[]
  readonly immutable: boolean
  /** Name of the gate that images have to pass first. */
  readonly gate?: string
  readonly origin: Origin
}

export interface PromoteDefaults {
  readonly createRepositories: boolean
  readonly referrers: boolean
  readonly concurrency: number
}

/** US dollars for a GB that leaves a region of AWS; what is absent is for who estimates to know. */
export interface TransferRates {
  /** To another region of AWS. */
  readonly toRegion?: number
  readonly toInternet?: number
}

/** Those of all regions, and by region what is different there. */
export interface TransferPrices extends TransferRates {
  readonly from?: Readonly<Record<string, TransferRates>>
}

/** US dollars for a GB of storage in ECR; what is absent is for who estimates to know. */
export interface StoragePrices {
  /** For a month. */
  readonly standard?: number
  /** For a month. */
  readonly archive?: number
  /** Once, when it is restored from the archive. */
  readonly restore?: number
}

/** What is said of all repositories of some names. */
export interface MatchRule {
  /** Patterns for {@link matchesRepository}. */
  readonly names: readonly string[]
  readonly set: RepositorySettings
}

/** What is said of repositories, from the weakest to the strongest. */
export interface RepositoryLevels {
  readonly defaults: RepositorySettings
  /** In the order written: later ones win. */
  readonly match: readonly MatchRule[]
  readonly repositories: ReadonlyMap<string, RepositorySettings>
}

export interface Estate extends RepositoryLevels {
  /** The file as the user named it; undefined when there is none. */
  readonly file: string | undefined
  readonly accounts: ReadonlyMap<string, Account>
  readonly promotions: ReadonlyMap<string, Promotion>
  readonly gates: ReadonlyMap<string, Gate>
  readonly defaults: RepositorySettings & {readonly promote: PromoteDefaults}
  /** What repositories have in common, by name. */
  readonly presets: {
    readonly lifecycle: ReadonlyMap<string, LifecycleRules>
    readonly policy: ReadonlyMap<string, PolicySetting>
  }
  /** By `*`, `ALIAS` or `ALIAS@REGION`. */
  readonly registries: ReadonlyMap<string, RegistrySettings>
  /** By `ALIAS` or `ALIAS@REGION`: each level of it wins over the same level of the file. */
  readonly overlays: ReadonlyMap<string, RepositoryLevels>
  /** Texts for `${name}`. */
  readonly vars: ReadonlyMap<string, string>
  /** Those of `vars` that something refers to. */
  readonly usedVars: ReadonlySet<string>
  readonly prices: {readonly transfer: TransferPrices; readonly storage: StoragePrices}
  /** Where every value comes from, by dotted path: `accounts.dev.id`, `promotions.release.to[0]`. */
  readonly origins: ReadonlyMap<string, Origin | 'default'>
}

export const promoteDefaults: PromoteDefaults = {createRepositories: false, referrers: true, concurrency: 16}

/** The estate of somebody who has no `repos.yaml`. */
export const emptyEstate: Estate = {
  file: undefined,
  accounts: new Map(),
  promotions: new Map(),
  gates: new Map(),
  defaults: {promote: promoteDefaults},
  presets: {lifecycle: new Map(), policy: new Map()},
  match: [],
  repositories: new Map(),
  registries: new Map(),
  overlays: new Map(),
  vars: new Map(),
  usedVars: new Set(),
  prices: {transfer: {}, storage: {}},
  origins: new Map(Object.keys(promoteDefaults).map(key => [`defaults.promote.${key}`, 'default' as const])),
}
