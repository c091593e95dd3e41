import type {RegistryScanningRule, ReplicationRule, ScanType, SigningRule} from '@aws-sdk/client-ecr'
import {required} from './client.ts'
import type {EcrConnection} from './connection.ts'
import {unlessCode} from './unless-code.ts'

/** How a registry scans, and what. */
export interface ScanningConfiguration {
  readonly scanType: ScanType
  readonly rules: readonly RegistryScanningRule[]
}

/**
 * The operations on what a registry as a whole is configured with, one method each; its own account alone may call them.
 * What is to be removed and is not there is no error: an answer that was lost and is asked for again must not fail.
 */
export class RegistrySettingsApi {
  readonly #connection: EcrConnection

  constructor(connection: EcrConnection) {
    this.#connection = connection
  }

  /** @param name as ECR has it: `BLOB_MOUNTING`. */
  async putAccountSetting(name: string, value: string): Promise<void> {
    const operation = 'PutAccountSetting'
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.PutAccountSettingCommand({name, value}), options),
    )
    required(answer.name, `ECR ${operation}`, 'name', answer)
  }

  /** @returns the text that ECR says it stored. */
  async putRegistryPolicy(policyText: string): Promise<string> {
    const operation = 'PutRegistryPolicy'
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.PutRegistryPolicyCommand({policyText}), options),
    )
    return required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  async deleteRegistryPolicy(): Promise<void> {
    const operation = 'DeleteRegistryPolicy'
    const answer = await unlessCode('REGISTRY_POLICY_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.DeleteRegistryPolicyCommand({}), options),
      ),
    )
    if (answer !== null) required(answer.policyText, `ECR ${operation}`, 'policyText', answer)
  }

  async scanningConfiguration(): Promise<ScanningConfiguration> {
    const operation = 'GetRegistryScanningConfiguration'
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.GetRegistryScanningConfigurationCommand({}), options),
    )
    const {scanType, rules} = answer.scanningConfiguration ?? {}
    return {
      scanType: required(scanType, `ECR ${operation}`, 'scanningConfiguration.scanType', answer),
      rules: required(rules, `ECR ${operation}`, 'scanningConfiguration.rules', answer),
    }
  }

  /** Replaces all of it. @throws {FailureError} BLOCKED_BY_ORGANIZATION_POLICY. */
  async putScanningConfiguration(configuration: ScanningConfiguration): Promise<void> {
    const operation = 'PutRegistryScanningConfiguration'
    const {scanType, rules} = configuration
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.PutRegistryScanningConfigurationCommand({scanType, rules: [...rules]}), options),
    )
    required(
      answer.registryScanningConfiguration,
      `ECR ${operation}`,
      'registryScanningConfiguration',
      answer,
    )
  }

  /** Replaces all rules; none end the replication. */
  async putReplicationConfiguration(rules: readonly ReplicationRule[]): Promise<void> {
    const operation = 'PutReplicationConfiguration'
    const replicationConfiguration = {rules: [...rules]}
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.PutReplicationConfigurationCommand({replicationConfiguration}), options),
    )
    required(answer.replicationConfiguration, `ECR ${operation}`, 'replicationConfiguration', answer)
  }

  /** By which rules what is pushed is signed; null when there is no configuration. */
  async signingConfiguration(): Promise<readonly SigningRule[] | null> {
    const operation = 'GetSigningConfiguration'
    const answer = await unlessCode('SIGNING_CONFIGURATION_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.GetSigningConfigurationCommand({}), options),
      ),
    )
    if (answer === null) return null
    const {rules} = answer.signingConfiguration ?? {}
    return required(rules, `ECR ${operation}`, 'signingConfiguration.rules', answer)
  }

  /** Replaces all rules. */
  async putSigningConfiguration(rules: readonly SigningRule[]): Promise<void> {
    const operation = 'PutSigningConfiguration'
    const signingConfiguration = {rules: [...rules]}
    const answer = await this.#connection.callOwn(operation, ({client, sdk}, options) =>
      client.send(new sdk.PutSigningConfigurationCommand({signingConfiguration}), options),
    )
    required(answer.signingConfiguration, `ECR ${operation}`, 'signingConfiguration', answer)
  }

  async deleteSigningConfiguration(): Promise<void> {
    const operation = 'DeleteSigningConfiguration'
    const answer = await unlessCode('SIGNING_CONFIGURATION_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.DeleteSigningConfigurationCommand({}), options),
      ),
    )
    if (answer !== null)
      required(answer.signingConfiguration, `ECR ${operation}`, 'signingConfiguration', answer)
  }

  /** Pulls of this role or user do not count as use any more; one that is registered already is success. */
  async registerPullTimeExclusion(principalArn: string): Promise<void> {
    const operation = 'RegisterPullTimeUpdateExclusion'
    const answer = await unlessCode('EXCLUSION_ALREADY_EXISTS', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.RegisterPullTimeUpdateExclusionCommand({principalArn}), options),
      ),
    )
    if (answer !== null) required(answer.principalArn, `ECR ${operation}`, 'principalArn', answer)
  }

  async deregisterPullTimeExclusion(principalArn: string): Promise<void> {
    const operation = 'DeregisterPullTimeUpdateExclusion'
    const answer = await unlessCode('EXCLUSION_NOT_FOUND', () =>
      this.#connection.callOwn(operation, ({client, sdk}, options) =>
        client.send(new sdk.DeregisterPullTimeUpdateExclusionCommand({principalArn}), options),
      ),
    )
    if (answer !== null) required(answer.principalArn, `ECR ${operation}`, 'principalArn', answer)
  }
}
