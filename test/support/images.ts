import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {gzipSync} from 'node:zlib'
import {pack} from 'tar-stream'
import type {Descriptor, Platform} from '../../src/lib/oci/descriptor.ts'
import {type Digest, digestOf} from '../../src/lib/oci/digest.ts'
import {type Manifest, parseManifest} from '../../src/lib/oci/manifest.ts'
import {mediaTypes} from '../../src/lib/oci/media-types.ts'
import type {Repository} from '../../src/lib/oci/registry.ts'

/** An image in memory: real tar layers, a valid config, and whatever else was asked for. */
export interface BuiltImage {
  readonly root: Manifest
  /** In the order in which a registry takes them. */
  readonly manifests: readonly Manifest[]
  readonly referrers: readonly Manifest[]
  readonly blobs: ReadonlyMap<Digest, Uint8Array>
}

export interface ImageOptions {
  /** One map of path to content for each layer. */
  readonly layers: readonly Readonly<Record<string, string | Uint8Array>>[]
  /** More than one makes an index. */
  readonly platforms?: readonly Platform[]
  /** Adds to each platform's index an attestation manifest, as BuildKit does. */
  readonly attestation?: boolean
  /** Adds an SBOM that refers to the root. */
  readonly sbom?: boolean
}

const linux: Platform = {os: 'linux', architecture: 'amd64'}

/** Builds an image; the same options give the same digests. */
export async function buildImage({
  layers,
  platforms = [linux],
  attestation = false,
  sbom = false,
}: ImageOptions): Promise<BuiltImage> {
  const builder = new Builder()
  const images: {manifest: Manifest; platform: Platform}[] = []
  for (const platform of platforms) images.push({manifest: await builder.image(layers, platform), platform})
  const [only] = images
  if (only === undefined) throw new TypeError('an image needs a platform')
  let root = only.manifest
  if (images.length > 1 || attestation) {
    const children = images.map(({manifest, platform}) => ({...descriptorOf(manifest), platform}))
    const attested = attestation ? images.map(({manifest}) => builder.attestation(manifest)) : []
    root = builder.manifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [...children, ...attested],
    })
  }
  const referrers = sbom ? [builder.sbom(root)] : []
  return {
    root,
    manifests: builder.manifests.filter(manifest => !referrers.includes(manifest)),
    referrers,
    blobs: builder.blobs,
  }
}

/** Pushes an image as any client would: blobs, manifests by digest, tags last. */
export async function pushImage(repository: Repository, image: BuiltImage, ...tags: string[]): Promise<void> {
  for (const [digest, bytes] of image.blobs) {
    const blob = {mediaType: 'application/octet-stream', digest, size: bytes.length}
    await repository.uploadBlob(blob, () => Promise.resolve(Readable.from([bytes])))
  }
  for (const manifest of [...image.manifests, ...image.referrers]) await repository.putManifest(manifest)
  for (const tag of tags) await repository.putManifest(image.root, tag)
}

class Builder {
  readonly blobs = new Map<Digest, Uint8Array>()
  readonly manifests: Manifest[] = []

  async image(layers: ImageOptions['layers'], platform: Platform): Promise<Manifest> {
    const tars = await Promise.all(
      layers.map(files => tar({...files, 'etc/platform': `${platform.os}/${platform.architecture}\n`})),
    )
    const config = {
      created: '2026-01-01T00:00:00Z',
      ...platform,
      config: {Cmd: ['/bin/hello']},
      rootfs: {type: 'layers', diff_ids: tars.map(digestOf)},
      history: tars.map(() => ({created: '2026-01-01T00:00:00Z', created_by: 'gantry'})),
    }
    return this.manifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: this.json('application/vnd.oci.image.config.v1+json', config),
      layers: tars.map(bytes => this.blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(bytes))),
    })
  }

  attestation(subject: Manifest): Descriptor {
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{digest: {sha256: subject.digest.slice(7)}}],
      predicateType: 'https://slsa.dev/provenance/v1',
    }
    const manifest = this.manifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: this.json('application/vnd.oci.image.config.v1+json', {
        architecture: 'unknown',
        os: 'unknown',
        rootfs: {type: 'layers', diff_ids: []},
      }),
      layers: [this.json('application/vnd.in-toto+json', statement)],
    })
    return {
      ...descriptorOf(manifest),
      platform: {os: 'unknown', architecture: 'unknown'},
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': subject.digest,
      },
    }
  }

  sbom(subject: Manifest): Manifest {
    const document = {
      spdxVersion: 'SPDX-2.3',
      name: 'demo',
      dataLicense: 'CC0-1.0',
      SPDXID: 'SPDXRef-DOCUMENT',
      packages: [],
    }
    return this.manifest({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/spdx+json',
      config: this.json('application/vnd.oci.empty.v1+json', {}),
      layers: [this.json('application/spdx+json', document)],
      subject: descriptorOf(subject),
    })
  }

  manifest(content: {readonly mediaType: string; readonly [key: string]: unknown}): Manifest {
    const manifest = parseManifest(Buffer.from(JSON.stringify(content)), content.mediaType)
    this.manifests.push(manifest)
    return manifest
  }

  json(mediaType: string, content: unknown): Descriptor {
    return this.blob(mediaType, Buffer.from(JSON.stringify(content)))
  }

  blob(mediaType: string, bytes: Uint8Array): Descriptor {
    const digest = digestOf(bytes)
    this.blobs.set(digest, bytes)
    return {mediaType, digest, size: bytes.length}
  }
}

function descriptorOf({mediaType, digest, bytes}: Manifest): Descriptor {
  return {mediaType, digest, size: bytes.length}
}

async function tar(files: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
  const archive = pack()
  for (const [name, content] of Object.entries(files)) {
    archive.entry(
      {name, mode: name.includes('bin/') ? 0o755 : 0o644, mtime: new Date(0)},
      Buffer.from(content),
    )
  }
  archive.finalize()
  return await buffer(archive)
}
