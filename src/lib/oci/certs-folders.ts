import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {readCertificates} from './authorities.ts'

/**
 * Folders in which docker (Docker documentation, "Verify repository client with certificates") and podman
 * (containers-certs.d(5)) keep the authorities of single registries, each in a folder with the registry's name.
 *
 * @param home the user's.
 */
export function certsFolders(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly string[] {
  return [
    join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers', 'certs.d'),
    '/etc/containers/certs.d',
    join(home, '.docker', 'certs.d'),
    '/etc/docker/certs.d',
  ]
}

/**
 * The authorities of one registry, in PEM: the files `*.crt` of its folders.
 *
 * @param host with the port, where there is one: no name of a host can leave the folder.
 * @throws {UsageError} INVALID_CA_FILE.
 */
export function authoritiesOf(host: string, folders: readonly string[]): readonly string[] {
  if (!/^(?!\.)[a-z0-9.-]+(?::\d+)?$/i.test(host)) return []
  return folders.flatMap(folder => {
    const own = join(folder, host)
    return filesOf(own)
      .filter(name => name.endsWith('.crt'))
      .toSorted()
      .map(name => readCertificates(join(own, name), `the folder for ${host}`))
  })
}

/** A folder that others may not read is none of ours; should a certificate be missed, the connection says so. */
function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
