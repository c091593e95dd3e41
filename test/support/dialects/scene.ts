import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {expect} from 'vitest'
import {basicValue} from '../../../src/lib/oci/auth.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {referrersTag} from '../../../src/lib/oci/referrers-tag.ts'
import {requestsWith} from '../hostile-registry.ts'
import type {BuiltImage} from '../images.ts'
import type {Dialect} from './dialect.ts'
import type {Internet} from './internet.ts'
import {createRegistry, repositoryOf, type Store} from './registry.ts'
import {createTokenService, type TokenService} from './token-service.ts'

/** A registry of the scene. */
export interface Standing {
  readonly dialect: Dialect
  readonly store: Store
  readonly tokens: TokenService | undefined
}

/** Puts a registry, its token service and its storage where they belong. */
export function stand(internet: Internet, dialect: Dialect): Standing {
  const {host, servedAt = host, login, words, storage} = dialect
  const store: Store = new Map()
  const tokenWords = dialect.tokens?.words(store)
  const tokens = tokenWords && createTokenService(tokenWords, login)
  const registry = createRegistry(
    words,
    tokens === undefined || tokenWords === undefined
      ? {login}
      : {login, tokens: {service: tokens, realm: tokenWords.realm, name: tokenWords.service}},
    store,
  )
  const tokenHost = dialect.tokens?.host
  const tokenPath = tokenWords && new URL(tokenWords.realm).pathname
  internet.at(servedAt, (visit, response) => {
    const isForTokens = tokenHost === servedAt && new URL(visit.url, 'https://h').pathname === tokenPath
    if (isForTokens && tokens !== undefined) tokens.site(visit, response)
    else registry(visit, response)
  })
  if (tokens !== undefined && tokenHost !== undefined && tokenHost !== servedAt)
    internet.at(tokenHost, tokens.site)
  if (storage !== undefined) {
    internet.at(storage, ({url, headers}, response) => {
      const digest = /sha256:[0-9a-f]{64}/.exec(url)?.[0] ?? ''
      const blob = [...store.values()].map(({blobs}) => blobs.get(digest)).find(each => each !== undefined)
      // As S3 and its like do with a request that is signed twice.
      response.writeHead(headers.authorization === undefined && blob !== undefined ? 200 : 400).end(blob)
    })
  }
  return {dialect, store, tokens}
}

/** Puts an image there, as if somebody had pushed it long ago. */
export function fill({store, dialect}: Standing, repository: string, image: BuiltImage, tag: string): void {
  const {blobs, manifests} = repositoryOf(store, repository)
  for (const [digest, bytes] of image.blobs) blobs.set(digest, Buffer.from(bytes))
  for (const {digest, bytes, mediaType} of [...image.manifests, ...image.referrers])
    manifests.set(digest, {bytes, mediaType})
  if (dialect.words.referrers !== 'listed') {
    const list = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: image.referrers.map(({digest, mediaType, bytes}) => ({
        mediaType,
        digest,
        size: bytes.length,
      })),
    }
    const bytes = Buffer.from(JSON.stringify(list))
    manifests.set(referrersTag(image.root.digest), {bytes, mediaType: mediaTypes.ociIndex})
  }
  manifests.set(tag, {bytes: image.root.bytes, mediaType: image.root.mediaType})
}

/** Everything of the image is there, byte for byte, and listed by the registry or under the tag of its subject. */
export function expectFilled(
  {store, dialect}: Standing,
  repository: string,
  image: BuiltImage,
  tag: string,
): void {
  const {blobs, manifests} = repositoryOf(store, repository)
  expect(manifests.get(tag)?.bytes).toEqual(Buffer.from(image.root.bytes))
  for (const {digest, bytes} of [...image.manifests, ...image.referrers])
    expect(manifests.get(digest)?.bytes).toEqual(Buffer.from(bytes))
  for (const digest of image.blobs.keys()) expect([...blobs.keys()]).toContain(digest)
  if (dialect.words.referrers === 'listed') return
  const list = manifests.get(referrersTag(image.root.digest))
  for (const {digest} of image.referrers) expect(Buffer.from(list?.bytes ?? []).toString()).toContain(digest)
}

/** Stores the logins as the tools of these registries would. @returns the environment to find them in. */
export async function storeLogins(
  folder: string,
  dialects: readonly Dialect[],
): Promise<Record<string, string>> {
  const runtime = join(folder, 'run')
  await mkdir(join(runtime, 'containers'), {recursive: true})
  const env = {
    DOCKER_CONFIG: folder,
    XDG_RUNTIME_DIR: runtime,
    XDG_CONFIG_HOME: join(folder, 'config'),
    PATH: [folder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
  }
  const auths = (kind: 'docker' | 'podman') =>
    Object.assign({}, ...dialects.map(({stored}) => (stored.kind === kind ? stored.auths : {})))
  const credHelpers: Record<string, string> = {}
  for (const {host, login, stored} of dialects) {
    if (stored.kind !== 'helper') continue
    credHelpers[host] = stored.helper
    const file = join(folder, `docker-credential-${stored.helper}`)
    const answer = JSON.stringify({ServerURL: host, Username: login.username, Secret: login.password})
    await writeFile(file, `#!/bin/sh\nread server\n[ "$server" = ${host} ] && echo '${answer}'\n`)
    await chmod(file, 0o755)
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify({auths: auths('docker'), credHelpers}))
  await writeFile(join(runtime, 'containers', 'auth.json'), JSON.stringify({auths: auths('podman')}))
  return env
}

/** Each login was shown to its own token service alone, or to a registry that wants Basic; each token to its registry alone. */
export function expectSecretsAtHome(internet: Internet, standing: readonly Standing[]): void {
  const hosts = [...new Set(internet.visits.map(({host}) => host))]
  const seenBy = (secret: string) =>
    hosts.filter(
      name =>
        requestsWith(secret, [{requests: internet.visits.filter(({host}) => host === name)}]).length > 0,
    )
  for (const {dialect, tokens} of standing) {
    const {host, servedAt = host, login} = dialect
    const home = dialect.tokens?.host ?? servedAt
    const secrets = [login.password, basicValue(login).slice('Basic '.length)]
    for (const secret of secrets) for (const seen of seenBy(secret)) expect(seen).toBe(home)
    for (const token of tokens?.given ?? []) for (const seen of seenBy(token)) expect(seen).toBe(servedAt)
  }
}
