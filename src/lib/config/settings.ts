/**
 * What `repos.yaml` says that repositories and registries should be. What is absent is not managed; null means that it is
 * to be removed.
 */
import type {PlacedSetting} from './lifecycle/readable.ts'

export type TagMutabilityMode =
  | 'MUTABLE'
  | 'IMMUTABLE'
  | 'MUTABLE_WITH_EXCLUSION'
  | 'IMMUTABLE_WITH_EXCLUSION'

/** One value: a level that says it says all of it. */
export interface TagMutabilitySetting {
  readonly mode: TagMutabilityMode
  /** 1 to 5 patterns of tags with a mode `..._WITH_EXCLUSION`, none without. */
  readonly except: readonly string[]
}

/** One value, fixed when a repository is made. */
export interface EncryptionSetting {
  readonly type: 'AES256' | 'KMS' | 'KMS_DSSE'
  /** Key id, key ARN or alias, of KMS; AWS's own key without. */
  readonly key?: string
}

/** A statement of a policy, in the grammar of IAM: `Sid`, `Effect`, `Principal`, `Action`, `Condition` ... */
export type StatementSetting = Readonly<Record<string, unknown>>

/** A policy of IAM's grammar. Statements that the file does not name are others' and stay, unless it is exclusive. */
export interface PolicySetting {
  readonly version?: string
  readonly id?: string
  /** Names of presets; `resolve.ts` puts their statements before those written here, and leaves this out. */
  readonly use?: readonly string[]
  /** By Sid; `{Sid, state: absent}` is one that is to go. */
  readonly statements?: readonly StatementSetting[]
  /** Whether statements that the file does not name are removed; without `statements` none are. */
  readonly exclusive?: boolean
}

/** What is said of a repository. */
export interface RepositorySettings {
  /** Where it is meant: `ALIAS`, or `ALIAS@REGION`; it is made there when it is missing. Absent: wherever it is. */
  readonly in?: readonly string[]
  /** A tombstone: the repository is to go. */
  readonly state?: 'absent'
  /** With a tombstone: `delete` lets it go with its images, when the command line says so too. */
  readonly images?: 'delete'
  readonly encryption?: EncryptionSetting
  readonly tagMutability?: TagMutabilitySetting
  readonly scanOnPush?: boolean
  readonly policy?: PolicySetting | null
  readonly lifecycle?: PlacedSetting
  /** By key; null for one that is to go. Others stay. */
  readonly tags?: Readonly<Record<string, string | null>>
}

/** Filters of ECR: `*` stands for any text. Filters that the file does not name stay, unless it is exclusive. */
export interface ScanningSetting {
  readonly type?: 'BASIC' | 'ENHANCED'
  readonly continuous?: readonly string[]
  readonly onPush?: readonly string[]
  readonly exclusive?: boolean
}

/** Told apart by its prefixes. */
export interface ReplicationRuleSetting {
  /** Of repositories' names, as plain text; none for all of them. */
  readonly prefixes?: readonly string[]
  /** `REGION` of the same account, `ALIAS@REGION` or `ACCOUNT@REGION`. */
  readonly to: readonly string[]
  /** Whether deletions are replicated, too. */
  readonly deletions?: boolean
  readonly state?: 'absent'
}

export interface ReplicationSetting {
  readonly rules?: readonly ReplicationRuleSetting[]
  readonly exclusive?: boolean
}

export interface PullThroughCacheSetting {
  /** Host of the upstream registry: `registry-1.docker.io`. */
  readonly upstream: string
  /** ECR's name of what kind it is, where the host does not tell: `docker-hub`. */
  readonly kind?: string
  readonly upstreamPrefix?: string
  /** ARN of the secret. */
  readonly credential?: string
  /** ARN of the role. */
  readonly role?: string
}

export interface CreationTemplateSetting {
  readonly description?: string
  readonly appliedFor: readonly ('PULL_THROUGH_CACHE' | 'REPLICATION' | 'CREATE_ON_PUSH')[]
  readonly encryption?: EncryptionSetting
  readonly tagMutability?: TagMutabilitySetting
  readonly policy?: PolicySetting | null
  readonly lifecycle?: PlacedSetting
  readonly tags?: Readonly<Record<string, string | null>>
  /** ARN of the role that makes the repositories. */
  readonly role?: string
  /** Whether what it says holds for repositories of its prefix that exist, too; encryption does not. */
  readonly applyToExisting?: boolean
}

/** Told apart by its profile. */
export interface SigningRuleSetting {
  /** ARN of the signing profile. */
  readonly profile: string
  /** Patterns of ECR; none for all repositories. */
  readonly repositories?: readonly string[]
  readonly state?: 'absent'
}

export interface SigningSetting {
  readonly rules?: readonly SigningRuleSetting[]
  readonly exclusive?: boolean
}

/** What is said of a registry as a whole. In mappings, entries that are not named are others' and stay; null removes one. */
export interface RegistrySettings {
  readonly policy?: PolicySetting | null
  readonly scanning?: ScanningSetting | null
  readonly replication?: ReplicationSetting | null
  /** By prefix, or `ROOT`. */
  readonly pullThroughCache?: Readonly<Record<string, PullThroughCacheSetting | null>>
  /** By prefix, or `ROOT`. */
  readonly creationTemplates?: Readonly<Record<string, CreationTemplateSetting | null>>
  readonly signing?: SigningSetting | null
  /** By ECR's name: `BLOB_MOUNTING`. */
  readonly settings?: Readonly<Record<string, string>>
  /** By the ARN of a role or user whose pulls do not count; null for one whose pulls are to count again. */
  readonly pullTimeExclusions?: Readonly<Record<string, true | null>>
}
