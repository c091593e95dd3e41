import type {ImageTagMutability} from '@aws-sdk/client-ecr'
import {required} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {unlessCode} from './unless-code.ts'

/**
 * The operations on what a repository is configured with, lifecycle policies aside, and that which ends it; one method each.
 * What is to be removed and is not there is no error: an answer that was lost and is asked for again must not fail.
 */
export class RepositorySettingsApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /**
   * The text of its policy, null when there is none.
   *
   * @throws {FailureError} REPOSITORY_NOT_FOUND.
   */
  async getRepositoryPolicy(repositoryName: string): Promise<string | null> {
    const operation = 'GetRepositoryPolicy'
    const answer = await unlessCode('REPOSITORY_POLICY_NOT_FOUND', () =>
      this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(new sdk.GetRepositoryPolicyCommand(this.#connection.in(repositoryName)), options),
      ),
    )
    return answer && required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  /**
   * @param force also when the policy lets nobody of the caller's kind change it again.
   * @returns the text that ECR says it stored.
   */
  async setRepositoryPolicy(repositoryName: string, policyText: string, force = false): Promise<string> {
    const operation = 'SetRepositoryPolicy'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.SetRepositoryPolicyCommand({
          ...this.#connection.in(repositoryName),
          policyText,
          ...(force && {force}),
        }),
        options,
      ),
    )
    return required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  async deleteRepositoryPolicy(repositoryName: string): Promise<void> {
    const operation = 'DeleteRepositoryPolicy'
    const answer = await unlessCode('REPOSITORY_POLICY_NOT_FOUND', () =>
      this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(new sdk.DeleteRepositoryPolicyCommand(this.#connection.in(repositoryName)), options),
      ),
    )
    if (answer !== null) required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  /** Its tags, values by key: those that AWS knows of the repository, not those of its images. */
  async tags(repositoryName: string): Promise<Readonly<Record<string, string>>> {
    const operation = 'ListTagsForResource'
    const resourceArn = this.#connection.arnOf(repositoryName)
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(new sdk.ListTagsForResourceCommand({resourceArn}), options),
    )
    const tags = required(answer.tags, `ECR ${operation}`, 'tags', answer)
    const field = (value: string | undefined, name: string) =>
      required(value, `ECR ${operation}`, name, answer)
    return Object.fromEntries(
      tags.map(({Key, Value}) => [field(Key, 'tags.Key'), field(Value, 'tags.Value')]),
    )
  }

  /** Sets these tags; others stay. */
  async tagRepository(repositoryName: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const resourceArn = this.#connection.arnOf(repositoryName)
    const list = Object.entries(tags).map(([Key, Value]) => ({Key, Value}))
    await this.#connection.call('TagResource', repositoryName, ({client, sdk}, options) =>
      client.send(new sdk.TagResourceCommand({resourceArn, tags: list}), options),
    )
  }

  async untagRepository(repositoryName: string, keys: readonly string[]): Promise<void> {
    const resourceArn = this.#connection.arnOf(repositoryName)
    await this.#connection.call('UntagResource', repositoryName, ({client, sdk}, options) =>
      client.send(new sdk.UntagResourceCommand({resourceArn, tagKeys: [...keys]}), options),
    )
  }

  /** @param except patterns of tags; none for a mode without exclusions. */
  async putTagMutability(
    repositoryName: string,
    mode: ImageTagMutability,
    except: readonly string[],
  ): Promise<void> {
    const operation = 'PutImageTagMutability'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutImageTagMutabilityCommand({
          ...this.#connection.in(repositoryName),
          imageTagMutability: mode,
          ...(except.length === 0
            ? {}
            : {
                imageTagMutabilityExclusionFilters: except.map(filter => ({filter, filterType: 'WILDCARD'})),
              }),
        }),
        options,
      ),
    )
    required(answer.imageTagMutability, `ECR ${operation}`, 'imageTagMutability', answer)
  }

  /** Whether images are scanned when they are pushed, where the registry's own rules do not say it. */
  async putScanOnPush(repositoryName: string, scanOnPush: boolean): Promise<void> {
    const operation = 'PutImageScanningConfiguration'
    const answer = await this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
      client.send(
        new sdk.PutImageScanningConfigurationCommand({
          ...this.#connection.in(repositoryName),
          imageScanningConfiguration: {scanOnPush},
        }),
        options,
      ),
    )
    required(answer.imageScanningConfiguration, `ECR ${operation}`, 'imageScanningConfiguration', answer)
  }

  /**
   * @param force with all images in it.
   * @throws {FailureError} REPOSITORY_NOT_EMPTY without force.
   */
  async deleteRepository(repositoryName: string, {force}: {readonly force: boolean}): Promise<void> {
    const operation = 'DeleteRepository'
    const answer = await unlessCode('REPOSITORY_NOT_FOUND', () =>
      this.#connection.call(operation, repositoryName, ({client, sdk}, options) =>
        client.send(
          new sdk.DeleteRepositoryCommand({...this.#connection.in(repositoryName), ...(force && {force})}),
          options,
        ),
      ),
    )
    if (answer !== null) required(answer.repository, `ECR ${operation}`, 'repository', answer)
  }
}
