import type {Estate} from '../config/estate.ts'
import {defaultSession} from '../ecr/accounts.ts'
import {type AwsEnvironment, sandboxOrigin} from '../ecr/environment.ts'
import {estateIdentities} from './identities.ts'
import {awsRegistries, type Registries, sandboxRegistries} from './registries.ts'
import {readSandboxRegistries} from './sandbox.ts'
import {type LoginTarget, resolveTargets} from './targets.ts'
import {type IssueToken, tokenIssuer} from './tokens.ts'

/** From words to registries and a way to their passwords. */

export interface LoginRequest {
  /** Aliases and registry hosts; none means everything that is known. */
  readonly names: readonly string[]
  readonly region: string | undefined
  readonly estate: Estate
  readonly environment: AwsEnvironment
}

export interface PreparedLogin {
  readonly targets: readonly LoginTarget[]
  readonly issue: IssueToken
  /** Registries that tools cannot reach, in one line; undefined when there are none. */
  readonly warning: string | undefined
}

/** Resolves a request. Asks AWS only for the account of the default chain, where nothing else names one. */
export async function prepareLogin(request: LoginRequest): Promise<PreparedLogin> {
  const {names, region, estate, environment} = request
  const targets = await resolveTargets({
    names,
    region,
    accounts: [...estate.accounts.values()],
    registries: await registriesOf(environment),
    defaultAccount: async () => await defaultSession(region, environment),
  })
  const issue = tokenIssuer(estateIdentities(estate, environment))
  return {targets, issue, warning: unreachable(targets, environment)}
}

/** The registries there are: AWS's, or the sandbox's. */
export async function registriesOf(environment: AwsEnvironment): Promise<Registries> {
  const origin = sandboxOrigin(environment)
  const {useFips: fips = false, useDualstack: dualStack = false} = environment
  if (origin === undefined) return awsRegistries({fips, dualStack})
  return sandboxRegistries(await readSandboxRegistries(origin, environment.signal))
}

function unreachable(targets: readonly LoginTarget[], environment: AwsEnvironment): string | undefined {
  if (sandboxOrigin(environment) === undefined) return undefined
  const first = targets.find(({plainHttp}) => !plainHttp)
  if (first === undefined) return undefined
  const port = `--registry ${first.account ?? 'ACCOUNT'}/${first.region}=PORT`
  return `The sandbox has no port for ${first.registry}: tools would ask the real one. Start it with ${port}.`
}
