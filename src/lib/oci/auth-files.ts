import {join} from 'node:path'

/** A file that container tools keep logins in. */
export interface AuthFile {
  readonly path: string
  /** The variable that names this very file, which so has to be there. */
  readonly namedBy?: string
}

export interface AuthFilesPlace {
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** The user's number, where the system has such. */
  readonly uid?: number | undefined
}

/**
 * Where container tools keep logins, in the order of containers-auth.json(5): only REGISTRY_AUTH_FILE when it is set;
 * or else those of podman, skopeo and buildah, then Docker's. A folder that DOCKER_CONFIG names goes first.
 */
export function authFiles({env, home, uid}: AuthFilesPlace): readonly AuthFile[] {
  const {
    REGISTRY_AUTH_FILE: only,
    DOCKER_CONFIG: docker,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: config,
  } = env
  if (only) return [{path: only, namedBy: 'REGISTRY_AUTH_FILE'}]
  // Without a session, as in containers and CI, podman and skopeo write below /run (containers/image, defaultPerUIDPathFormat).
  const session = runtime || (uid === undefined ? undefined : `/run/containers/${uid}`)
  const containers = [
    ...(session === undefined ? [] : [join(session, ...(runtime ? ['containers'] : []), 'auth.json')]),
    join(config || join(home, '.config'), 'containers', 'auth.json'),
  ]
  const paths = docker
    ? [join(docker, 'config.json'), ...containers]
    : [...containers, join(home, '.docker', 'config.json')]
  return paths.map(path => ({path}))
}
