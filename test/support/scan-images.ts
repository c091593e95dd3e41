import type {Fields} from '../../src/lib/oci/descriptor.ts'
import {type Digest, digestOf} from '../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../src/lib/oci/media-types.ts'
import type {SeedRepository} from '../../src/lib/sandbox/seed-format.ts'

/** What an index lists. */
export interface ListedImage {
  /** Of an earlier image. */
  readonly name: string
  /** `linux/arm64/v8`; absent where the index does not say. */
  readonly platform?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly 'os.version'?: string
  /** What the index says that it is, where that is not what it is. */
  readonly mediaType?: string
}

/** An image to put into a repository. */
export interface ScannedImage {
  /** Names it in what other images list and in what is returned, and decides its digest. */
  readonly name: string
  readonly tags?: readonly string[]
  /** Then it is an index. */
  readonly lists?: readonly ListedImage[]
  /** A document that scans of it find, as the sandbox takes them. A scan has just found it. */
  readonly findings?: object
}

/** What to put into a sandbox so that a repository has the images, and their digests by name. */
export function scannedRepository(
  {account, region, name}: Pick<SeedRepository, 'account' | 'region' | 'name'>,
  images: readonly ScannedImage[],
): {readonly seed: SeedRepository; readonly digests: ReadonlyMap<string, Digest>} {
  const built = buildAll(images)
  const seeded = images.map(({name: image, tags, findings}) => ({
    manifest: built.get(image)?.manifest ?? '',
    ...(tags === undefined ? {} : {tag: tags}),
    ...(findings === undefined ? {} : {findings}),
  }))
  const blobs = [...built.values()].flatMap(image => image.blobs.map(toBase64))
  return {
    seed: {account, region, name, blobs, images: seeded},
    digests: new Map([...built].map(([image, {digest}]) => [image, digest])),
  }
}

interface BuiltImage {
  readonly manifest: string
  readonly digest: Digest
  readonly blobs: readonly string[]
}

function buildAll(images: readonly ScannedImage[]): ReadonlyMap<string, BuiltImage> {
  const built = new Map<string, BuiltImage>()
  for (const {name, lists} of images) {
    const blobs = lists === undefined ? [JSON.stringify({made: name}), `layer of ${name}`] : []
    const content =
      lists === undefined
        ? {
            mediaType: mediaTypes.ociManifest,
            config: described('application/vnd.oci.image.config.v1+json', blobs[0]),
            layers: [described('application/vnd.oci.image.layer.v1.tar', blobs[1])],
          }
        : {mediaType: mediaTypes.ociIndex, manifests: lists.map(each => listed(each, built))}
    const manifest = JSON.stringify({schemaVersion: 2, ...content})
    built.set(name, {manifest, digest: digestOf(Buffer.from(manifest)), blobs})
  }
  return built
}

function listed(
  {name, platform, annotations, 'os.version': version, mediaType}: ListedImage,
  built: ReadonlyMap<string, BuiltImage>,
): Fields {
  const image = built.get(name)
  if (image === undefined) throw new TypeError(`${name} comes later, or not at all`)
  const [os, architecture, variant] = platform?.split('/') ?? []
  return {
    mediaType: mediaType ?? (JSON.parse(image.manifest).mediaType as string),
    digest: image.digest,
    size: Buffer.byteLength(image.manifest),
    ...(platform === undefined
      ? {}
      : {
          platform: {
            os,
            architecture,
            ...(variant === undefined ? {} : {variant}),
            ...(version === undefined ? {} : {'os.version': version}),
          },
        }),
    ...(annotations === undefined ? {} : {annotations}),
  }
}

function described(mediaType: string, content = ''): Fields {
  return {mediaType, digest: digestOf(Buffer.from(content)), size: Buffer.byteLength(content)}
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}
