import type {Estate} from '../config/estate.ts'
import {type AccountSpec, connectAccount} from '../ecr/accounts.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {AccountSession} from '../ecr/session.ts'

/** What is around a run, as far as checks of the machine look at it. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  /** `26.1.0`. */
  readonly nodeVersion: string
  /** Folder of the records of runs. */
  readonly records: string
  /** `repos.yaml`, or why it cannot be had. */
  readonly estate: () => Promise<Estate>
  /** Proxies, authorities and settings of AWS, or what is wrong with them. */
  readonly aws: () => Promise<AwsEnvironment>
  /** Region of the default identity, where repos.yaml names no account. */
  readonly region: string | undefined
}

/** An account in a region, and as whom it is asked. */
export interface Place {
  /** Account of repos.yaml; null for that of the default identity. */
  readonly alias: string | null
  /** 12 digits; null while only the default identity could tell. */
  readonly account: string | null
  readonly region: string
  readonly spec: AccountSpec
}

/** What checks of a place look at. */
export interface PlaceWorld {
  readonly place: Place
  /** Ends with the check. */
  readonly aws: AwsEnvironment
  /** Proves the identity, once: the first to ask does it, in its own time. */
  readonly connect: (aws: AwsEnvironment) => Promise<AccountSession>
}

/** What checks of a place look at that need an identity. */
export interface RegistryWorld extends PlaceWorld {
  readonly session: AccountSession
  /** Host of the registry. */
  readonly host: string
}

/** @returns a {@link PlaceWorld.connect}. */
export function connecting({spec}: Place): PlaceWorld['connect'] {
  let session: Promise<AccountSession> | undefined
  return aws => {
    session ??= connectAccount(spec, aws)
    return session
  }
}
