import {ecrHost, parseEcrHost, publicRegion} from '../ecr/hosts.ts'

/** Which hosts are ECR registries, and the host of each account and region: AWS's names, or the sandbox's ports. */

export interface RegistryLocation {
  /** The registry's name at AWS; what tools log in to may be a port of the sandbox. */
  readonly awsHost: string
  readonly visibility: 'private' | 'public'
  /** 12 digits; ECR Public is not one account's. */
  readonly account: string | undefined
  readonly region: string
  readonly plainHttp: boolean
}

export interface RegistryAddress {
  /** Host (and port) that tools log in to. */
  readonly registry: string
  readonly awsHost: string
  readonly plainHttp: boolean
}

export interface Registries {
  /** Undefined for every host that is not exactly an ECR registry. */
  locate(host: string): RegistryLocation | undefined
  address(account: string, region: string): RegistryAddress
}

/** A registry that the sandbox serves on a port of its own. */
export interface SandboxRegistry {
  readonly account: string
  readonly region: string
  /** For example `http://127.0.0.1:5001`. */
  readonly url: string
}

/** @param form which of a registry's names tools log in to. */
export function awsRegistries(
  form: {readonly fips?: boolean; readonly dualStack?: boolean} = {},
): Registries {
  return {
    locate(host) {
      const parsed = parseEcrHost(host)
      if (parsed === undefined) return undefined
      const place =
        parsed.kind === 'private'
          ? {account: parsed.account, region: parsed.region}
          : {account: undefined, region: publicRegion}
      return {...place, awsHost: host, visibility: parsed.kind, plainHttp: false}
    },
    address(account, region) {
      const awsHost = ecrHost({account, region, ...form})
      return {registry: awsHost, awsHost, plainHttp: false}
    },
  }
}

/** AWS's names, but for the registries that the sandbox serves on a port: tools reach those without any set-up. */
export function sandboxRegistries(served: readonly SandboxRegistry[]): Registries {
  const ports = served.map(({account, region, url}) => {
    const {host, protocol} = new URL(url)
    return {
      account,
      region,
      registry: host,
      awsHost: ecrHost({account, region}),
      plainHttp: protocol === 'http:',
    }
  })
  return {
    locate(host) {
      const port = ports.find(({registry}) => registry === host)
      if (port === undefined) return awsRegistries().locate(host)
      const {account, region, awsHost, plainHttp} = port
      return {awsHost, visibility: 'private', account, region, plainHttp}
    },
    address(account, region) {
      const port = ports.find(port => port.account === account && port.region === region)
      if (port === undefined) return awsRegistries().address(account, region)
      const {registry, awsHost, plainHttp} = port
      return {registry, awsHost, plainHttp}
    },
  }
}
