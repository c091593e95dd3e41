import type {UpstreamRegistry} from '@aws-sdk/client-ecr'
import {required} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {pages} from './pages.ts'
import {unlessCode} from './unless-code.ts'

/** A rule as ECR tells it; what is left out is nothing. */
export interface PullThroughCacheRule {
  /** Of the repositories' names, or `ROOT`. */
  readonly prefix: string
  /** Host of the upstream registry. */
  readonly upstream: string
  /** ECR's name of what kind it is: `docker-hub`. */
  readonly kind?: string
  readonly upstreamPrefix?: string
  /** ARN of the secret. */
  readonly credential?: string
  /** ARN of the role. */
  readonly role?: string
}

/** A rule to be made; what is left out is ECR's to say, or is nothing. */
export interface NewPullThroughCacheRule {
  /** Of the repositories' names, or `ROOT`. */
  readonly ecrRepositoryPrefix: string
  readonly upstreamRegistryUrl: string
  readonly upstreamRegistry?: UpstreamRegistry
  readonly upstreamRepositoryPrefix?: string
  readonly credentialArn?: string
  readonly customRoleArn?: string
}

/** What of a rule can be changed; what is left out stays. */
export type PullThroughCacheUpdate = Pick<NewPullThroughCacheRule, 'credentialArn' | 'customRoleArn'>

/** Whether ECR reaches the upstream registry with what a rule says. */
export interface PullThroughCacheValidity {
  readonly isValid: boolean
  /** In ECR's words; empty when it is valid. */
  readonly failure: string
}

/** The operations on the rules by which a registry keeps copies of what others have, one method each. */
export class PullThroughApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** Every rule of the registry, page by page. */
  pullThroughCacheRules(): AsyncIterable<readonly PullThroughCacheRule[]> {
    const operation = 'DescribePullThroughCacheRules'
    return pages(operation, async nextToken => {
      const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(
          new sdk.DescribePullThroughCacheRulesCommand({
            registryId: this.#connection.where.account,
            maxResults: 1000,
            ...nextToken,
          }),
          options,
        ),
      )
      const field = <T>(value: T | undefined, name: string) =>
        required(value, `ECR ${operation}`, name, answer)
      const rules = field(answer.pullThroughCacheRules, 'pullThroughCacheRules')
      const items = rules.map(rule => ({
        prefix: field(rule.ecrRepositoryPrefix, 'ecrRepositoryPrefix'),
        upstream: field(rule.upstreamRegistryUrl, 'upstreamRegistryUrl'),
        ...(rule.upstreamRegistry && {kind: rule.upstreamRegistry}),
        ...(rule.upstreamRepositoryPrefix && {upstreamPrefix: rule.upstreamRepositoryPrefix}),
        ...(rule.credentialArn && {credential: rule.credentialArn}),
        ...(rule.customRoleArn && {role: rule.customRoleArn}),
      }))
      return {items, nextToken: answer.nextToken}
    })
  }

  /**
   * Asks ECR to try the upstream registry. It changes nothing.
   *
   * @throws {FailureError} PULL_THROUGH_CACHE_RULE_NOT_FOUND.
   */
  async validatePullThroughCacheRule(ecrRepositoryPrefix: string): Promise<PullThroughCacheValidity> {
    const operation = 'ValidatePullThroughCacheRule'
    const registryId = this.#connection.where.account
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(new sdk.ValidatePullThroughCacheRuleCommand({registryId, ecrRepositoryPrefix}), options),
    )
    const isValid = required(answer.isValid, `ECR ${operation}`, 'isValid', answer)
    return {isValid, failure: answer.failure ?? ''}
  }

  /**
   * @throws {FailureError} PULL_THROUGH_CACHE_RULE_ALREADY_EXISTS, also when an answer was lost: who sees it reads again
   *   what there is; SECRET_NOT_FOUND, UNABLE_TO_ACCESS_SECRET, UNSUPPORTED_UPSTREAM_REGISTRY.
   */
  async createPullThroughCacheRule(rule: NewPullThroughCacheRule): Promise<void> {
    const operation = 'CreatePullThroughCacheRule'
    const registryId = this.#connection.where.account
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(new sdk.CreatePullThroughCacheRuleCommand({registryId, ...rule}), options),
    )
    required(answer.ecrRepositoryPrefix, `ECR ${operation}`, 'ecrRepositoryPrefix', answer)
  }

  /** @throws {FailureError} PULL_THROUGH_CACHE_RULE_NOT_FOUND. */
  async updatePullThroughCacheRule(
    ecrRepositoryPrefix: string,
    update: PullThroughCacheUpdate,
  ): Promise<void> {
    const operation = 'UpdatePullThroughCacheRule'
    const registryId = this.#connection.where.account
    const answer = await this.#connection.call(operation, undefined, ({client, sdk}, options) =>
      client.send(
        new sdk.UpdatePullThroughCacheRuleCommand({registryId, ecrRepositoryPrefix, ...update}),
        options,
      ),
    )
    required(answer.ecrRepositoryPrefix, `ECR ${operation}`, 'ecrRepositoryPrefix', answer)
  }

  /** One that is not there is no error. */
  async deletePullThroughCacheRule(ecrRepositoryPrefix: string): Promise<void> {
    const registryId = this.#connection.where.account
    const operation = 'DeletePullThroughCacheRule'
    const answer = await unlessCode('PULL_THROUGH_CACHE_RULE_NOT_FOUND', () =>
      this.#connection.call(operation, undefined, ({client, sdk}, options) =>
        client.send(new sdk.DeletePullThroughCacheRuleCommand({registryId, ecrRepositoryPrefix}), options),
      ),
    )
    if (answer !== null)
      required(answer.ecrRepositoryPrefix, `ECR ${operation}`, 'ecrRepositoryPrefix', answer)
  }
}
