import type {Descriptor} from '../../../src/lib/oci/descriptor.ts'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type HostileRegistry, type Reply, replies} from '../hostile-registry.ts'
import {type BuiltImage, buildImage} from '../images.ts'
import type {Scene} from './scene.ts'

/**
 * Who misbehaves: a registry that is read, the same one outside of this machine, one that is written to, or the API of
 * AWS, which is asked about both.
 */
export type Role = 'source' | 'elsewhere' | 'destination' | 'aws'

/** In which roles a registry can behave so, and how it is made to. The image is `app:v1`. */
export type Behaviour = Partial<Record<Role, (scene: Scene) => void>> & {
  /** Only who lists the tags of a repository meets it. */
  readonly isMetInTags?: boolean
  /** It is in the way in which the registry asks for a login; others ask for it first. */
  readonly isAboutLogin?: boolean
}

/** By `H` and number, and what the registry does. */
export type Behaviours = Readonly<Record<string, Behaviour>>

export const image = await buildImage({layers: [{'bin/app': 'app'}]})
/** What the tag holds where the image is to be. */
export const old = await buildImage({layers: [{'bin/app': 'old'}]})
export const other = await buildImage({layers: [{'bin/app': 'nobody asked for this'}]})
export const index = await buildImage({
  layers: [{'bin/app': 'app'}],
  platforms: [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ],
})
const [firstBlob, lastBlob] = image.root.blobs
if (firstBlob === undefined || lastBlob === undefined)
  throw new TypeError('an image has a config and a layer')
export const config: Descriptor = firstBlob
export const layer: Descriptor = lastBlob
export const layerBytes = Buffer.from(image.blobs.get(layer.digest) ?? [])

export const typed = {'Content-Type': mediaTypes.ociManifest}
export const text = ({bytes}: {readonly bytes: Uint8Array}): string => Buffer.from(bytes).toString()

/** Gives a registry an image under a tag. */
export function serve(
  {blobs, manifests: stored}: HostileRegistry,
  {root, manifests, referrers, blobs: content}: BuiltImage,
  tag: string,
): void {
  for (const [digest, bytes] of content) blobs.set(digest, Buffer.from(bytes))
  for (const {digest, bytes, mediaType} of [...manifests, ...referrers])
    stored.set(digest, {bytes, mediaType})
  stored.set(tag, {bytes: root.bytes, mediaType: root.mediaType})
}

/** The registry's answer to whoever asks for the layer of the image. */
export function answerLayer({registry}: Scene, ...answers: readonly [...Reply[], Reply]): void {
  const path = `/v2/app/blobs/${layer.digest}`
  registry.script('GET', path, ...answers.slice(0, -1))
  registry.always('GET', path, answers.at(-1) ?? replies.hang())
}

/** Its answer to whoever asks for a manifest, by tag or digest. */
export function answerManifest({registry}: Scene, reply: Reply): void {
  registry.always('GET', '/v2/app/manifests/', reply)
}

/** Its answer to whoever asks what the tag holds. */
export function answerTag({registry}: Scene, reply: Reply): void {
  registry.always('HEAD', '/v2/app/manifests/v1', reply)
}

export function answerReferrers({registry}: Scene, reply: Reply): void {
  registry.always('GET', '/v2/app/referrers/', reply)
}

export function answerTags({registry}: Scene, reply: Reply): void {
  registry.always('GET', '/v2/app/tags/list', reply)
}

/** The manifest of the tag, which a registry may say and no honest client would have pushed. */
export function holds(
  {registry}: Scene,
  content: object | string,
  mediaType: string = mediaTypes.ociManifest,
): void {
  const document = {schemaVersion: 2, mediaType, config}
  registry.addManifest(typeof content === 'string' ? content : {...document, ...content}, mediaType, 'v1')
}

export const json =
  (document: unknown, headers: Record<string, string> = {}): Reply =>
  (_, response) => {
    response.writeHead(200, headers).end(JSON.stringify(document))
  }

/** AWS's answers to one operation; those to the others are honest. */
export function answerOperation({aws}: Scene, operation: string, reply: Reply): void {
  aws.when(({headers}) => String(headers['x-amz-target']).endsWith(`.${operation}`), reply)
}

/** Answers nobody who does not say who he is. */
export function askForLogin({registry}: Scene): void {
  registry.when(({headers}) => headers.authorization === undefined, basicChallenge)
}

export const basicChallenge: Reply = replies.status(401, {'WWW-Authenticate': 'Basic realm="registry"'})
