import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {replies} from '../hostile-registry.ts'
import {
  answerLayer,
  answerManifest,
  answerOperation,
  answerTag,
  type Behaviours,
  holds,
  image,
  index,
  json,
  layer,
  layerBytes,
  other,
  serve,
  text,
  typed,
} from './behaviour.ts'
import {raw, trickle} from './raw-replies.ts'
import type {Scene} from './scene.ts'

const uploads = '/v2/app/blobs/uploads/'
const page = replies.status(200, {'Content-Type': 'text/html'}, '<html>Log in</html>')

function impatiently(play: (scene: Scene) => void): (scene: Scene) => void {
  return scene => {
    scene.impatient()
    play(scene)
  }
}

/** Content, H30 to H41. */
export const content = {
  'H30 has another image as the child of an index': {
    source({registry}) {
      serve(registry, index, 'v1')
      const [child] = index.root.children
      registry.manifests.set(child?.digest ?? '', {...other.root})
    },
  },
  'H30 has an index that is its own child': {
    source({registry}) {
      const child = {mediaType: mediaTypes.ociIndex, digest: other.root.digest, size: 300}
      const bytes = JSON.stringify({schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [child]})
      registry.addManifest(bytes, mediaTypes.ociIndex, 'v1')
      registry.manifests.set(child.digest, {bytes: Buffer.from(bytes), mediaType: mediaTypes.ociIndex})
    },
  },
  'H30 has other bytes under the digest of a blob': {
    source: scene => answerLayer(scene, replies.status(200, {}, 'other bytes')),
  },
  'H30 has as many other bytes under the digest of a blob': {
    source: scene => answerLayer(scene, replies.status(200, {}, Buffer.alloc(layer.size, 'x'))),
    aws: ({aws}) =>
      aws.always(
        'GET',
        `/v2/app/blobs/${layer.digest}`,
        replies.status(200, {}, Buffer.alloc(layer.size, 'x')),
      ),
  },
  'H30 has an image under the digest of another': {
    destination: ({registry}) =>
      registry.always(
        'HEAD',
        `/v2/app/manifests/${image.root.digest}`,
        replies.status(200, {'Docker-Content-Digest': other.root.digest}),
      ),
    aws: scene =>
      answerOperation(
        scene,
        'BatchGetImage',
        json({
          images: [
            {
              imageId: {imageDigest: image.root.digest, imageTag: 'v1'},
              imageManifest: text(other.root),
              imageManifestMediaType: other.root.mediaType,
            },
          ],
          failures: [],
        }),
      ),
  },
  'H31 says another digest than that of its answer': {
    source: scene => {
      const headers = {...typed, 'Docker-Content-Digest': other.root.digest}
      answerManifest(scene, replies.status(200, headers, text(image.root)))
    },
  },
  'H31 says what is no digest': {
    source: scene => {
      const headers = {...typed, 'Docker-Content-Digest': 'sha256:../../etc/passwd'}
      answerManifest(scene, replies.status(200, headers, text(image.root)))
    },
    destination: scene => answerTag(scene, replies.status(200, {'Docker-Content-Digest': 'sha256:../../x'})),
  },
  'H32 has an image that is an index, too': {source: scene => holds(scene, {layers: [], manifests: []})},
  'H32 says a thing twice': {
    source: scene => {
      const {registry} = scene
      holds(scene, {layers: []})
      const {bytes = ''} = registry.manifests.get('v1') ?? {}
      holds(scene, Buffer.from(bytes).toString().replace('{', '{"layers":[],'))
    },
  },
  'H33 serves an image under the type of an index': {
    source: scene =>
      answerManifest(scene, replies.status(200, {'Content-Type': mediaTypes.ociIndex}, text(image.root))),
  },
  'H33 serves a web page': {
    source: scene => answerManifest(scene, page),
    destination(scene) {
      answerTag(scene, replies.status(200, {'Content-Type': 'text/html'}))
      answerManifest(scene, page)
    },
    aws: scene => answerOperation(scene, 'BatchGetImage', page),
  },
  'H33 serves a web page for a blob': {source: scene => answerLayer(scene, page)},
  'H34 codes a manifest': {
    source: scene =>
      answerManifest(scene, replies.status(200, {...typed, 'Content-Encoding': 'gzip, gzip'}, 'x')),
    destination: scene => answerTag(scene, replies.status(200, {'Content-Encoding': 'br'})),
  },
  'H34 codes a blob': {
    source: scene => answerLayer(scene, replies.status(200, {'Content-Encoding': 'gzip'}, 'x')),
  },
  'H35 cuts a blob, each time at the same place': {
    source: scene => answerLayer(scene, replies.cut(layerBytes, 10)),
  },
  'H35 has a blob that ends too early': {
    source: scene => answerLayer(scene, (_, response) => void response.end(layerBytes.subarray(1))),
  },
  'H35 cuts a manifest': {
    source: scene => answerManifest(scene, replies.cut(Buffer.from(image.root.bytes), 10, 200, typed)),
  },
  'H36 sends more than it said, which looks like the next answer': {
    source: scene => {
      const head = (type: string, {length}: Uint8Array) =>
        `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`
      const {mediaType, bytes} = image.root
      const smuggled = [head(other.root.mediaType, other.root.bytes), Buffer.from(other.root.bytes)]
      answerManifest(scene, raw(head(mediaType, bytes), Buffer.from(bytes), ...smuggled))
    },
  },
  'H36 sends more of a blob than there is': {
    source: scene =>
      answerLayer(scene, (_, response) => void response.end(Buffer.concat([layerBytes, layerBytes]))),
  },
  'H37 has a manifest without end': {
    source: scene => answerManifest(scene, replies.endless(200, typed)),
    aws: scene => answerOperation(scene, 'BatchGetImage', replies.endless()),
  },
  'H37 has a blob without end': {source: scene => answerLayer(scene, replies.endless(200, {}, layerBytes))},
  'H37 refuses without end': {
    source: scene => answerManifest(scene, replies.endless(403)),
    destination: scene => scene.registry.always('POST', uploads, replies.endless(403)),
  },
  'H37 confirms without end': {
    destination: scene =>
      scene.registry.always('POST', uploads, replies.endless(202, {Location: `${uploads}1`})),
  },
  'H38 sends a blob a byte at a time': {
    source: impatiently(scene => answerLayer(scene, trickle(200, {}))),
  },
  'H38 sends an answer a byte at a time': {
    source: impatiently(scene => answerManifest(scene, trickle(200, typed))),
    destination: impatiently(scene =>
      scene.registry.always('POST', uploads, trickle(202, {Location: `${uploads}1`})),
    ),
  },
  'H38 does not answer at all': {
    source: impatiently(scene => answerManifest(scene, replies.hang())),
    destination: impatiently(scene => scene.registry.always('POST', uploads, replies.hang())),
    aws: impatiently(scene => answerOperation(scene, 'BatchGetImage', replies.hang())),
  },
  'H39 begins again with a blob that was cut': {
    source: scene => answerLayer(scene, replies.cut(layerBytes, 10), replies.status(200, {}, layerBytes)),
  },
  'H40 goes on elsewhere in a blob that was cut': {
    source: scene => {
      const rest = {'Content-Range': `bytes 5-${layer.size - 1}/${layer.size}`}
      answerLayer(scene, replies.cut(layerBytes, 10), replies.status(206, rest, layerBytes.subarray(5)))
    },
  },
  'H40 goes on with a blob that was cut, and does not say where': {
    source: scene =>
      answerLayer(scene, replies.cut(layerBytes, 10), replies.status(206, {}, layerBytes.subarray(10))),
  },
  'H41 has a layer with URLs of its own': {
    source: scene => holds(scene, {layers: [{...layer, urls: [`${scene.stranger.origin}/layer`]}]}),
  },
} satisfies Behaviours
