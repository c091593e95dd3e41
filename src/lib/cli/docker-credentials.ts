import {homedir} from 'node:os'
import type {Login} from '../oci/bearer.ts'
import type {Context} from './context.ts'

/** Finds what the user's container tools have stored for registries that are not ECR's. */
export function credentialsReader({env, signal}: Context): (host: string) => Promise<Login | undefined> {
  return async host => {
    const [{authFiles, findLogin}, {runHelper}] = await Promise.all([
      import('../oci/docker-config.ts'),
      import('../login/run-helper.ts'),
    ])
    return await findLogin(host, authFiles(env, homedir()), (name, server) =>
      runHelper(name, server, {env, signal}),
    )
  }
}
