import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {HelperBackend} from './helper-protocol.ts'
import {estateIdentities} from './identities.ts'
import {registriesOf} from './prepare.ts'
import {targetOfHost} from './targets.ts'
import {tokenIssuer} from './tokens.ts'

/** What the credential helper answers from: the accounts of `repos.yaml`, and the default chain for all others. */

export interface HelperWorld {
  readonly environment: AwsEnvironment
  /** Read only when a registry of ours is asked for. */
  readonly estate: () => Promise<Estate>
}

/** Opens the backend; asks nobody but the sandbox, where there is one. */
export async function openHelperBackend({environment, estate}: HelperWorld): Promise<HelperBackend> {
  const registries = await registriesOf(environment)
  return {
    owns: host => registries.locate(host) !== undefined,
    async credential(host) {
      if (registries.locate(host) === undefined) return undefined
      const known = await estate()
      const target = targetOfHost(host, registries, [...known.accounts.values()])
      if (target === undefined) return undefined
      const {username, password} = await tokenIssuer(estateIdentities(known, environment))(target)
      return {username, secret: password}
    },
    async hosts() {
      const {accounts} = await estate()
      return [...accounts.values()].flatMap(({id, regions}) =>
        regions.map(region => registries.address(id, region).registry),
      )
    },
  }
}
