import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {replies} from '../hostile-registry.ts'
import {
  answerReferrers,
  type Behaviours,
  config,
  holds,
  image,
  json,
  layer,
  other,
  serve,
} from './behaviour.ts'

/** What was found besides the 48. */
export const besides = {
  'also has indexes in indexes in indexes': {
    source({registry}) {
      let child: object = {...config, digest: image.root.digest, mediaType: mediaTypes.ociManifest}
      for (let depth = 0; depth < 5; depth++) {
        const mediaType = mediaTypes.ociIndex
        const digest = registry.addManifest(
          {schemaVersion: 2, mediaType, manifests: [child]},
          mediaType,
          'v1',
        )
        child = {mediaType, digest, size: registry.manifests.get(digest)?.bytes.length}
      }
    },
  },
  'also has an image of Docker’s first schema': {
    source({registry}) {
      const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
      registry.addManifest({schemaVersion: 1, name: 'app', fsLayers: []}, type, 'v1')
    },
  },
  'also has a manifest that no registry must take': {
    source: scene => holds(scene, {layers: [], annotations: {padding: 'x'.repeat(5 * 1024 * 1024)}}),
  },
  'also has layers of sizes that cannot be': {
    source: scene => holds(scene, {layers: [{...layer, size: 2 ** 53}]}),
  },
  'also has a digest that is a path': {
    source: scene => holds(scene, {layers: [{...layer, digest: 'sha256:../../etc/passwd'}]}),
  },
  'also lists another image as what refers to this one': {
    source(scene) {
      const {mediaType, digest, bytes} = other.root
      serve(scene.registry, other, 'other')
      answerReferrers(
        scene,
        json({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: [{mediaType, digest, size: bytes.length}],
        }),
      )
    },
  },
  'also answers for its referrers with a web page': {
    source: scene => answerReferrers(scene, replies.status(200, {}, '<html>')),
  },
} satisfies Behaviours
