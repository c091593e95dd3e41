import type {SigningConfiguration, SigningRule} from '../api/model/ecr.ts'
import {EcrError} from '../ecr-error.ts'
import {matchesWildcard} from '../state/wildcard.ts'
import type {Registry} from '../state/world.ts'

/** @throws {EcrError} SigningConfigurationNotFoundException. */
export function signingConfigurationOf(registry: Registry): SigningConfiguration {
  const configuration = registry.table<SigningConfiguration>('signing').get('configuration')
  if (configuration !== undefined) return configuration
  // The wording is unconfirmed.
  throw new EcrError(
    'SigningConfigurationNotFoundException',
    `Signing configuration does not exist in the registry with id '${registry.account}'`,
  )
}

/** Undefined forgets it. */
export function setSigningConfiguration(
  registry: Registry,
  configuration: SigningConfiguration | undefined,
): void {
  const table = registry.table<SigningConfiguration>('signing')
  if (configuration === undefined) table.delete('configuration')
  else table.set('configuration', configuration)
}

/** The rules for a repository: those whose filters match its name, and those without filters. */
export function signingRulesFor(registry: Registry, repositoryName: string): readonly SigningRule[] {
  const {rules = []} = registry.table<SigningConfiguration>('signing').get('configuration') ?? {}
  return rules.filter(
    ({repositoryFilters: filters}) =>
      filters === undefined || filters.some(({filter}) => matchesWildcard(filter, repositoryName)),
  )
}
