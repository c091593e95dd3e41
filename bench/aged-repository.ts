/** A repository as years of releases leave it: many platforms, shared layers, ages. Its layers are a few bytes. */
import {createHash} from 'node:crypto'
import {mediaTypes} from '../src/lib/oci/media-types.ts'
import type {SandboxSeed} from '../src/lib/sandbox/seed-format.ts'

const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm']
/** An index and its platforms. */
export const imagesPerRelease = platforms.length + 1
const sharedLayers = 8
/** So many releases after each other have the same base layers. */
const releasesPerBase = 20

export interface RepositoryPlace {
  readonly account: string
  readonly region: string
  readonly name: string
}

/** The seed of one release; the layers of its base are in that of the first that has them. */
export function releaseSeed(place: RepositoryPlace, release: number): SandboxSeed {
  const base = Math.floor(release / releasesPerBase)
  const images = platforms.map(platform => imageOf(release, base, platform))
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: images.map(({manifest, platform}) => {
      const [os, architecture] = platform.split('/')
      return {...descriptor(mediaTypes.ociManifest, manifest), platform: {os, architecture}}
    }),
  })
  const blobs = images.flatMap(({own, shared}) =>
    release % releasesPerBase === 0 ? [...own, ...shared] : own,
  )
  return {
    repositories: [
      {
        ...place,
        blobs: blobs.map(blob => Buffer.from(blob).toString('base64')),
        images: [...images.map(({manifest}) => ({manifest})), {manifest: index, tag: `v${release}`}],
      },
    ],
  }
}

function imageOf(release: number, base: number, platform: string) {
  const config = JSON.stringify({release, platform})
  const shared = Array.from(
    {length: sharedLayers},
    (_, layer) => `layer ${layer} of base ${base} for ${platform}`,
  )
  const own = [`dependencies of ${release} for ${platform}`, `program of ${release} for ${platform}`]
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [...shared, ...own].map(layer => descriptor('application/vnd.oci.image.layer.v1.tar', layer)),
  })
  return {platform, manifest, shared, own: [config, ...own]}
}

function descriptor(mediaType: string, content: string) {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
  return {mediaType, digest, size: Buffer.byteLength(content)}
}
