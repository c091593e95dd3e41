import {type Reply, replies} from '../hostile-registry.ts'
import {answerLayer, answerTag, type Behaviours, image, layer, layerBytes} from './behaviour.ts'
import {planted} from './planted.ts'
import type {Scene} from './scene.ts'

/** A blob that is somewhere else, or, of a registry that is written to, what a tag holds. */
const leadTo = (target: (scene: Scene) => string) => ({
  source: (scene: Scene) => answerLayer(scene, replies.redirect(target(scene))),
  destination: (scene: Scene) => answerTag(scene, replies.redirect(target(scene))),
  aws: (scene: Scene) =>
    scene.aws.always('GET', `/v2/app/blobs/${layer.digest}`, replies.redirect(target(scene))),
})

/** The same of a registry outside of this machine. */
const leadAway = (target: (scene: Scene) => string) => ({
  ...leadTo(target),
  elsewhere: (scene: Scene) => answerLayer(scene, replies.redirect(target(scene))),
})

const inBucket = `/v2/bucket/blobs/${layer.digest}?X-Amz-Signature=${planted.signature}`
const portOf = ({host}: {readonly host: string}): string => host.split(':')[1] ?? ''

/** Puts the layer where links lead to. */
function inStorage({storage}: Scene, url: string): string {
  storage.blobs.set(layer.digest, layerBytes)
  return url
}

/** What whoever is asked answers at a path. */
function onEach({registry, aws}: Scene, path: string, reply: Reply): void {
  for (const server of [registry, aws]) server.when(({url}) => url.startsWith(path), reply)
}

const toMoved = replies.redirect(`../../moved/blobs/${layer.digest}`)

/** Redirects, H1 to H12. */
export const redirects = {
  'H1 redirects to another host': leadTo(scene =>
    inStorage(scene, `http://localhost:${portOf(scene.storage)}${inBucket}`),
  ),
  'H2 redirects to another port of its host': leadTo(scene =>
    inStorage(scene, `${scene.storage.origin}${inBucket}`),
  ),
  'H3 redirects from https to http': leadAway(() => `http://storage.example${inBucket}`),
  'H4 redirects into the machine of its reader': {
    elsewhere: scene => answerLayer(scene, replies.redirect(`${scene.stranger.origin}/admin`)),
  },
  'H4 redirects into the machine of its reader by a name': {
    elsewhere: scene => answerLayer(scene, replies.redirect('https://admin.localhost/')),
  },
  'H5 redirects to the metadata service': leadAway(() => 'http://169.254.169.254/latest/meta-data/iam/'),
  'H5 redirects to a link-local address by https': leadAway(() => 'https://[fe80::1]/'),
  'H5 redirects to a private address': leadAway(() => 'https://10.0.0.1/layer'),
  'H6 redirects to the unspecified address': leadAway(() => 'https://0.0.0.0/'),
  'H6 redirects to the unspecified address of IPv6': leadAway(() => 'https://[::]/'),
  'H7 redirects in a circle': leadTo(scene => {
    onEach(scene, '/circle', replies.redirect('/circle'))
    return '/circle'
  }),
  'H8 redirects eleven times': leadTo(scene => {
    onEach(scene, '/hop/', ({url}, response) => {
      const hop = Number(url.slice('/hop/'.length))
      const target = hop < 11 ? `/hop/${hop + 1}` : `/v2/app/blobs/${layer.digest}?at=the-end`
      response.writeHead(307, {Location: target}).end()
    })
    return '/hop/1'
  }),
  'H9 redirects to a relative URL': {
    source: ({registry}) => registry.script('GET', `/v2/app/blobs/${layer.digest}`, toMoved),
    elsewhere: ({registry}) => registry.script('GET', `/v2/app/blobs/${layer.digest}`, toMoved),
    destination: scene => answerTag(scene, replies.redirect('../../moved/manifests/v1')),
  },
  'H10 redirects to a host that asks for credentials': leadTo(({storage, stranger}) => {
    const challenge = replies.status(401, {
      'WWW-Authenticate': `Bearer realm="${stranger.origin}/token",service="s"`,
    })
    for (const method of ['GET', 'HEAD']) storage.always(method, '/', challenge)
    return `${storage.origin}${inBucket}`
  }),
  'H11 redirects to storage that refuses whoever sends credentials': {
    source(scene) {
      const {storage} = scene
      storage.when(
        ({headers}) => headers.authorization !== undefined,
        replies.status(400, {}, 'Only one auth mechanism allowed'),
      )
      answerLayer(scene, replies.redirect(inStorage(scene, `${storage.origin}${inBucket}`)))
    },
  },
  'H12 redirects the start of an upload': {
    destination: ({registry, stranger}) =>
      registry.always('POST', '/v2/app/blobs/uploads/', replies.redirect(stranger.origin, 302)),
    aws: ({aws, stranger}) =>
      aws.always('POST', '/v2/app/blobs/uploads/', replies.redirect(stranger.origin, 302)),
  },
  'H12 redirects the bytes of a blob': {
    destination: ({registry, stranger}) =>
      registry.always('PUT', '/v2/app/blobs/uploads/', replies.redirect(stranger.origin, 302)),
  },
  'H12 redirects a manifest': {
    destination: ({registry, stranger}) =>
      registry.always(
        'PUT',
        '/v2/app/manifests/',
        replies.redirect(`${stranger.origin}/${image.root.digest}`, 308),
      ),
  },
  'H12 redirects to nowhere': {
    source: scene => answerLayer(scene, replies.status(302)),
    destination: scene => answerTag(scene, replies.status(302)),
  },
} satisfies Behaviours
