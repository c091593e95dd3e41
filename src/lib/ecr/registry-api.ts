import type {
  CreateRepositoryCommandInput,
  ReplicationRule,
  Repository,
  RepositoryCreationTemplate,
} from '@aws-sdk/client-ecr'
import {requireAll, required} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'
import {unlessCode} from './unless-code.ts'

/** What a repository is made with, besides its name. */
export type NewRepositorySettings = Omit<CreateRepositoryCommandInput, 'registryId' | 'repositoryName'>

/** The operations on a private registry as a whole, one method each: its repositories and its settings. */
export class RegistryApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** @param names at most 100; one that does not exist fails the call with `REPOSITORY_NOT_FOUND`. */
  async describeRepositories(names: readonly string[]): Promise<readonly Repository[]> {
    const answer = await this.#connection.call('DescribeRepositories', names[0], ({client, sdk}, options) =>
      client.send(
        new sdk.DescribeRepositoriesCommand({
          registryId: this.#connection.where.account,
          repositoryNames: [...names],
        }),
        options,
      ),
    )
    const repositories = required(answer.repositories, 'ECR DescribeRepositories', 'repositories', answer)
    const answered = new Set(repositories.map(each => each.repositoryName))
    requireAll(names, answered, 'DescribeRepositories', answer)
    return repositories
  }

  /** Every repository of the registry, page by page. */
  listRepositories(): AsyncIterable<readonly Repository[]> {
    return pages('DescribeRepositories', async nextToken => {
      const answer = await this.#connection.call(
        'DescribeRepositories',
        undefined,
        ({client, sdk}, options) =>
          client.send(
            new sdk.DescribeRepositoriesCommand({
              registryId: this.#connection.where.account,
              maxResults: 1000,
              ...nextToken,
            }),
            options,
          ),
      )
      return {
        items: required(answer.repositories, 'ECR DescribeRepositories', 'repositories', answer),
        nextToken: answer.nextToken,
      }
    })
  }

  async createRepository(name: string, settings: NewRepositorySettings = {}): Promise<void> {
    const answer = await this.#connection.call('CreateRepository', name, ({client, sdk}, options) =>
      client.send(new sdk.CreateRepositoryCommand({...this.#connection.in(name), ...settings}), options),
    )
    required(answer.repository, 'ECR CreateRepository', 'repository', answer)
  }

  /** What repositories are made like that nobody made; none are known of another account. */
  async *creationTemplates(): AsyncIterable<readonly RepositoryCreationTemplate[]> {
    if (!this.#connection.isOwn) return
    const operation = 'DescribeRepositoryCreationTemplates'
    yield* pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribeRepositoryCreationTemplatesCommand({maxResults: 1000, ...nextToken}),
          options,
        ),
      )
      return {
        items: required(
          answer.repositoryCreationTemplates,
          `ECR ${operation}`,
          'repositoryCreationTemplates',
          answer,
        ),
        nextToken: answer.nextToken,
      }
    })
  }

  /** The rules by which the registry replicates what is pushed to it; none are known of that of another account. */
  async replicationRules(): Promise<readonly ReplicationRule[]> {
    if (!this.#connection.isOwn) return []
    const answer = await this.#connection.call('DescribeRegistry', undefined, ({client, sdk}, options) =>
      client.send(new sdk.DescribeRegistryCommand({}), options),
    )
    const {replicationConfiguration} = answer
    return required(
      replicationConfiguration?.rules,
      'ECR DescribeRegistry',
      'replicationConfiguration.rules',
      answer,
    )
  }

  /** The text of the registry's policy, null when there is none. @throws {TypeError} for the registry of another account. */
  async policy(): Promise<string | null> {
    const operation = 'GetRegistryPolicy'
    const answer = await unlessCode('REGISTRY_POLICY_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.GetRegistryPolicyCommand({}), options),
      ),
    )
    return answer && required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  /** ARNs of those whose pulls do not count as use, page by page; none are known of another account. */
  async *pullTimeExclusions(): AsyncIterable<readonly string[]> {
    if (!this.#connection.isOwn) return
    const operation = 'ListPullTimeUpdateExclusions'
    yield* pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(new sdk.ListPullTimeUpdateExclusionsCommand({maxResults: 1000, ...nextToken}), options),
      )
      return {
        items: required(
          answer.pullTimeUpdateExclusions,
          `ECR ${operation}`,
          'pullTimeUpdateExclusions',
          answer,
        ),
        nextToken: answer.nextToken,
      }
    })
  }

  /** An account setting such as `BLOB_MOUNTING`; empty when it was never set, or is another account's. */
  async accountSetting(name: string): Promise<string> {
    if (!this.#connection.isOwn) return ''
    const answer = await this.#connection.call('GetAccountSetting', undefined, ({client, sdk}, options) =>
      client.send(new sdk.GetAccountSettingCommand({name}), options),
    )
    return answer.value ?? ''
  }
}
