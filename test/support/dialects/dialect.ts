import type {Login} from '../../../src/lib/oci/auth.ts'
import type {RegistryWords, Store} from './registry.ts'
import type {TokenWords} from './token-service.ts'

/** How one registry speaks, as far as documents and reports say; none of them was asked. */
export interface Dialect {
  readonly name: string
  /** As users write it. */
  readonly host: string
  /** Where it is served, when that is another host. */
  readonly servedAt?: string
  /** A name as it has them. */
  readonly repository: string
  readonly login: Login
  /** Without it the registry wants Basic. */
  readonly tokens?: {readonly host: string; readonly words: (store: Store) => TokenWords}
  readonly words: RegistryWords
  /** Host that blobs are read from, of somebody else. */
  readonly storage?: string
  /** What its own tool, or docker, podman or skopeo, would have stored. */
  readonly stored: Stored
}

export type Stored =
  | {readonly kind: 'docker' | 'podman'; readonly auths: object}
  /** `docker-credential-NAME`, for docker's file. */
  | {readonly kind: 'helper'; readonly helper: string}

export function user(username: string, password = `planted-of-${username}`): Login {
  return {username, password}
}

/** As files have it. */
export function base64Of({username, password}: Login): string {
  return Buffer.from(`${username}:${password}`).toString('base64')
}

/** Distribution with a file of passwords: Basic, and whole URLs for uploads. */
export const plain: Dialect = {
  name: 'plain distribution',
  host: 'registry.example',
  repository: 'team/app',
  login: user('plain'),
  words: {location: (name, id) => `https://registry.example/v2/${name}/blobs/uploads/${id}?_state=a%2Fb`},
  stored: {kind: 'docker', auths: {'registry.example': {auth: base64Of(user('plain'))}}},
}
