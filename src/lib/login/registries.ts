import {ecrHost, parseEcrHost} from '../ecr/hosts.ts'

/** Which hosts are ECR registries, and the host of each account and region: AWS's names, or the sandbox's ports. */

export interface RegistryLocation {
  readonly visibility: 'private' | 'public'
  /** 12 digits; ECR Public is not one account's. */
  readonly account: string | undefined
  readonly region: string
  readonly plainHttp: boolean
}

export interface RegistryAddress {
  readonly registry: string
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

/** ECR Public's passwords are issued in this region alone (ECR Public user guide, registry authentication). */
const publicRegion = 'us-east-1'

export const awsRegistries: Registries = {
  locate(host) {
    const parsed = parseEcrHost(host)
    if (parsed === undefined) return undefined
    if (parsed.kind === 'private') {
      return {visibility: 'private', account: parsed.account, region: parsed.region, plainHttp: false}
    }
    return {visibility: 'public', account: undefined, region: publicRegion, plainHttp: false}
  },
  address(account, region) {
    return {registry: ecrHost({account, region}), plainHttp: false}
  },
}

/** AWS's names, but for the registries that the sandbox serves on a port: tools reach those without any set-up. */
export function sandboxRegistries(served: readonly SandboxRegistry[]): Registries {
  const ports = served.map(({account, region, url}) => {
    const {host, protocol} = new URL(url)
    return {account, region, registry: host, plainHttp: protocol === 'http:'}
  })
  return {
    locate(host) {
      const port = ports.find(({registry}) => registry === host)
      if (port === undefined) return awsRegistries.locate(host)
      const {account, region, plainHttp} = port
      return {visibility: 'private', account, region, plainHttp}
    },
    address(account, region) {
      const port = ports.find(port => port.account === account && port.region === region)
      if (port === undefined) return awsRegistries.address(account, region)
      return {registry: port.registry, plainHttp: port.plainHttp}
    },
  }
}
