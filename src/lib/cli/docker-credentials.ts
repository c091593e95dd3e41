import {homedir} from 'node:os'
import type {OpenOptions} from '../ecr/open.ts'
import type {Context} from './context.ts'

type CredentialsFor = NonNullable<OpenOptions['credentialsFor']>

/** Finds what the user's container tools have stored for registries that are not ECR's. */
export function credentialsReader(context: Pick<Context, 'env' | 'signal'>): CredentialsFor {
  let reader: Promise<CredentialsFor> | undefined
  return async (host, repository) => {
    reader ??= openReader(context)
    return (await reader)(host, repository)
  }
}

async function openReader({env, signal}: Pick<Context, 'env' | 'signal'>): Promise<CredentialsFor> {
  const [{authFiles}, {storedCredentials}, {parseTokenHosts}, {runHelper}] = await Promise.all([
    import('../oci/auth-files.ts'),
    import('../oci/docker-config.ts'),
    import('../oci/token-hosts.ts'),
    import('../login/run-helper.ts'),
  ])
  const files = authFiles({env, home: homedir(), uid: process.getuid?.()})
  const tokenHosts = parseTokenHosts(env['GANTRY_TOKEN_HOSTS'] ?? '')
  const stored = storedCredentials(files, (name, server, file) =>
    runHelper(name, server, {env, signal, file}),
  )
  return async (host, repository) => {
    const credential = await stored(host, repository)
    return credential && {...credential, tokenHosts: tokenHosts.get(host) ?? []}
  }
}
