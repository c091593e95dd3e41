import type {SandboxProxy} from '../../src/lib/sandbox/index.ts'
import {accounts, openToolHome, region, type ToolHome} from './tool-home.ts'

export interface ProxiedHome extends ToolHome {
  readonly proxy: SandboxProxy
}

/** As `openToolHome`, but the tools know AWS's own host names alone, the proxy, and the certificate to trust. */
export async function openProxiedHome(repositories: readonly string[] = []): Promise<ProxiedHome> {
  const home = await openToolHome(repositories, {proxy: 0})
  const {proxy} = home.sandbox
  if (proxy === undefined) throw new Error('the sandbox has no proxy')
  const environment = proxy.env(accounts.dev, region)
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  const hostOf = (account: string) => `${account}.dkr.ecr.${region}.amazonaws.com`
  return {
    ...home,
    proxy,
    env: {...home.env, ...environment},
    hosts: {dev: hostOf(accounts.dev), prod: hostOf(accounts.prod)},
    run: (program, ...args) => home.run('env', ...variables, program, ...args),
    feed: (input, program, ...args) => home.feed(input, 'env', ...variables, program, ...args),
    refusal: (program, ...args) => home.refusal('env', ...variables, program, ...args),
  }
}
