import {EcrError} from '../ecr-error.ts'
import type {ContentStore} from './content.ts'
import type {Ledger} from './ledger.ts'
import {Repository, type RepositoryId, type RepositorySettings} from './repository.ts'
import {SortedMap} from './sorted-map.ts'
import {Uploads} from './uploads.ts'

export interface Role {
  readonly name: string
  readonly externalId?: string
  /** Account ids and ARNs that may assume it; absent, anyone may. */
  readonly trusts?: readonly string[]
}

/** An account as it was seeded; every other account exists too, and has any role. */
export interface Account {
  readonly id: string
  /** Absent: any role can be assumed. */
  readonly roles?: readonly Role[]
}

/** One registry: an account in a region. */
export interface Registry {
  readonly account: string
  readonly region: string
  readonly repositories: Pick<SortedMap<Repository>, 'get' | 'from'>
}

interface MutableRegistry extends Registry {
  readonly repositories: SortedMap<Repository>
  readonly settings: Map<string, string>
}

/** Everything the sandbox knows: registries of all accounts and regions, made when they are first asked for. */
export class World {
  readonly content: ContentStore
  readonly uploads: Uploads
  readonly #ledger: Ledger
  readonly #registries = new Map<string, MutableRegistry>()
  readonly #accounts = new Map<string, Account>()

  constructor(content: ContentStore, ledger: Ledger) {
    this.content = content
    this.#ledger = ledger
    this.uploads = new Uploads(content)
  }

  registry(account: string, region: string): Registry {
    return this.#registry(account, region)
  }

  repository({account, region, name}: RepositoryId): Repository | undefined {
    return this.#registries.get(`${account}/${region}`)?.repositories.get(name)
  }

  /** @throws {EcrError} RepositoryAlreadyExistsException. */
  createRepository(id: RepositoryId, settings: RepositorySettings): Repository {
    const {repositories} = this.#registry(id.account, id.region)
    if (repositories.has(id.name)) {
      throw new EcrError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${id.name}' already exists in the registry with id '${id.account}'`,
      )
    }
    const repository = new Repository(id, settings, this.#ledger)
    repositories.set(id.name, repository)
    return repository
  }

  deleteRepository(repository: Repository): void {
    const {account, region, name} = repository.id
    this.#registry(account, region).repositories.delete(name)
    repository.forget()
  }

  /** An account setting of ECR, for example BLOB_MOUNTING. */
  setting(account: string, region: string, name: string): string | undefined {
    return this.#registries.get(`${account}/${region}`)?.settings.get(name)
  }

  putSetting(account: string, region: string, name: string, value: string): void {
    this.#registry(account, region).settings.set(name, value)
    this.#ledger.record(['setting', account, region, name], {value})
  }

  account(id: string): Account {
    return this.#accounts.get(id) ?? {id}
  }

  putAccount(account: Account): void {
    this.#accounts.set(account.id, account)
    this.#ledger.record(['account', account.id], account)
  }

  /** Done when every change so far survives a crash. */
  flush(): Promise<void> {
    return this.#ledger.flush()
  }

  async reset(): Promise<void> {
    for (const {account, region, repositories, settings} of this.#registries.values()) {
      for (const repository of repositories.values()) repository.forget()
      for (const name of settings.keys()) this.#ledger.record(['setting', account, region, name], undefined)
    }
    for (const id of this.#accounts.keys()) this.#ledger.record(['account', id], undefined)
    this.#registries.clear()
    this.#accounts.clear()
    await this.uploads.clear()
    await this.flush()
    await this.content.retain(new Set())
  }

  async close(): Promise<void> {
    await this.uploads.clear()
    await this.#ledger.close()
  }

  /** Digests of everything that some repository holds. */
  contents(): ReadonlySet<string> {
    const digests = new Set<string>()
    for (const {repositories} of this.#registries.values()) {
      for (const repository of repositories.values()) {
        for (const digest of repository.layers.keys()) digests.add(digest)
        for (const {digest} of repository.images.values()) digests.add(digest)
      }
    }
    return digests
  }

  #registry(account: string, region: string): MutableRegistry {
    const key = `${account}/${region}`
    let registry = this.#registries.get(key)
    if (registry === undefined) {
      registry = {account, region, repositories: new SortedMap(), settings: new Map()}
      this.#registries.set(key, registry)
    }
    return registry
  }
}
