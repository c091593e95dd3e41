import {EcrError} from '../ecr-error.ts'
import type {Account} from '../identity/account.ts'
import type {ContentStore} from './content.ts'
import {Holdings} from './holdings.ts'
import {publishedQuotas, type Quotas, requireRoom} from './quotas.ts'
import {Repository, type RepositoryId, type RepositorySettings} from './repository.ts'
import type {Store} from './store.ts'
import {Table} from './table.ts'
import {Uploads} from './uploads.ts'

/** One registry: an account in a region. */
export class Registry {
  readonly account: string
  readonly region: string
  readonly #store: Store

  constructor(account: string, region: string, store: Store) {
    this.account = account
    this.region = region
    this.#store = store
  }

  /** Account settings, rules, templates: anything that is kept about the registry. */
  table<T>(name: string): Table<T> {
    return new Table(this.#store, ['registry', this.account, this.region, name])
  }

  /** Number of repositories. */
  get size(): number {
    return (this.#store.get(countOf(this)) as number | undefined) ?? 0
  }

  /** Settings of its repositories, by name. */
  get repositories(): Pick<Table<RepositorySettings>, 'from' | 'isEmpty'> {
    return new Table(this.#store, ['repository', this.account, this.region])
  }
}

/** Everything the sandbox knows: registries of all accounts and regions, which are there when they are asked for. */
export class World {
  readonly content: ContentStore
  readonly holdings: Holdings
  readonly uploads: Uploads
  quotas: Quotas = publishedQuotas
  readonly #store: Store
  readonly #repositories = new Map<string, Repository>()
  readonly #accounts: Table<Account>

  constructor(content: ContentStore, store: Store) {
    this.content = content
    this.#store = store
    this.#accounts = new Table(store, ['account'])
    this.holdings = new Holdings(store, content)
    this.uploads = new Uploads(content, this.holdings)
  }

  registry(account: string, region: string): Registry {
    return new Registry(account, region, this.#store)
  }

  /** Registries that have a repository. */
  *registries(): Generator<Registry> {
    for (const account of this.#store.parts(['repository'])) {
      for (const region of this.#store.parts(['repository', account])) yield this.registry(account, region)
    }
  }

  repository(id: RepositoryId): Repository | undefined {
    const name = nameOf(id)
    const known = this.#repositories.get(name)
    if (known !== undefined || !this.#store.has(keyOf(id))) return known
    return this.#know(id)
  }

  /** @throws {EcrError} RepositoryAlreadyExistsException, LimitExceededException. */
  createRepository(id: RepositoryId, settings: RepositorySettings): Repository {
    if (this.repository(id) !== undefined) {
      throw new EcrError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${id.name}' already exists in the registry with id '${id.account}'`,
      )
    }
    const count = this.registry(id.account, id.region).size
    requireRoom(count, this.quotas.repositories, 'repositories')
    this.#store.set(keyOf(id), settings)
    this.#store.set(countOf(id), count + 1)
    return this.#know(id)
  }

  deleteRepository(repository: Repository): void {
    const {id} = repository
    this.#repositories.delete(nameOf(id))
    this.#store.set(countOf(id), this.registry(id.account, id.region).size - 1)
    repository.forget()
  }

  account(id: string): Account {
    return this.#accounts.get(id) ?? {id}
  }

  putAccount(account: Account): void {
    this.#accounts.set(account.id, account)
  }

  /** Anything else that is kept, of all registries. */
  table<T>(name: string): Table<T> {
    return new Table(this.#store, ['world', name])
  }

  /** Done when every change so far survives a crash. */
  flush(): Promise<void> {
    return this.#store.commit()
  }

  async reset(): Promise<void> {
    for (const registry of this.registries()) {
      for (const [name] of registry.repositories.from()) {
        this.repository({account: registry.account, region: registry.region, name})?.forget()
      }
    }
    this.#repositories.clear()
    for (const kind of ['account', 'registry', 'repositories', 'world']) this.#store.clear([kind])
    await this.uploads.clear()
    await this.flush()
  }

  async close(): Promise<void> {
    await this.uploads.clear()
    this.#store.close()
  }

  #know(id: RepositoryId): Repository {
    const repository = new Repository(id, this.#store, this.holdings)
    this.#repositories.set(nameOf(id), repository)
    return repository
  }
}

function keyOf({account, region, name}: RepositoryId): readonly string[] {
  return ['repository', account, region, name]
}

function countOf({account, region}: Pick<RepositoryId, 'account' | 'region'>): readonly string[] {
  return ['repositories', account, region]
}

function nameOf({account, region, name}: RepositoryId): string {
  return `${account}/${region}/${name}`
}
