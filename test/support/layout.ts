import {createHash} from 'node:crypto'
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {BuiltImage} from './images.ts'

/**
 * Writes an image as an OCI layout, as other tools read it: its root under `tag`, each of its referrers under
 * `referrer-0` and so on.
 */
export async function writeLayout(folder: string, image: BuiltImage, tag: string): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256')
  await mkdir(blobs, {recursive: true})
  for (const {digest, bytes} of [...image.manifests, ...image.referrers])
    await writeFile(join(blobs, hexOf(digest)), bytes)
  for (const [digest, bytes] of image.blobs) await writeFile(join(blobs, hexOf(digest)), bytes)
  const named = [
    [tag, image.root] as const,
    ...image.referrers.map((manifest, index) => [`referrer-${index}`, manifest] as const),
  ]
  const manifests = named.map(([name, {mediaType, digest, bytes}]) => ({
    mediaType,
    digest,
    size: bytes.length,
    annotations: {'org.opencontainers.image.ref.name': name},
  }))
  await writeFile(join(folder, 'index.json'), JSON.stringify({schemaVersion: 2, manifests}))
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
}

/** The digests of what a layout holds, computed from the bytes, in order. */
export async function digestsOfLayout(folder: string): Promise<readonly string[]> {
  const blobs = join(folder, 'blobs', 'sha256')
  const digests = (await readdir(blobs)).map(async name => {
    const hash = createHash('sha256').update(await readFile(join(blobs, name)))
    return `sha256:${hash.digest('hex')}`
  })
  return (await Promise.all(digests)).toSorted()
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
