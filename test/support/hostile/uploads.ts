import {type Recorded, type Reply, replies, sha256} from '../hostile-registry.ts'
import {type Behaviours, other, text, typed} from './behaviour.ts'
import {planted} from './planted.ts'
import type {Scene} from './scene.ts'

const uploads = '/v2/app/blobs/uploads/'
const answer = (method: 'POST' | 'PUT', path: string, reply: (scene: Scene) => Reply) => ({
  destination: (scene: Scene) => scene.registry.always(method, path, reply(scene)),
})
/** The same of ECR, whose blobs take the same way. */
const answerBlobs = (method: 'POST' | 'PUT', reply: (scene: Scene) => Reply) => ({
  ...answer(method, uploads, reply),
  aws: (scene: Scene) => scene.aws.always(method, uploads, reply(scene)),
})
const stored = (digest: string): Reply => replies.status(201, {'Docker-Content-Digest': digest})
const unknown = replies.error(404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload')
const digestIn = ({url}: Recorded): string => new URL(url, 'http://registry').searchParams.get('digest') ?? ''

/** Takes blobs only in two steps, and says after the first that it has less than it was sent. */
function takesInTwo({registry}: Scene): void {
  const sessions = new Map<string, Buffer>()
  const sessionOf = ({url}: Recorded): string => new URL(url, 'http://registry').pathname
  const isWhole = ({method, url, body}: Recorded): boolean =>
    method === 'PUT' && url.startsWith(uploads) && body.length > 0
  registry.when(isWhole, replies.status(405))
  registry.always('PATCH', uploads, (request, response) => {
    sessions.set(sessionOf(request), request.body)
    response.writeHead(202, {Location: request.url, Range: '0-0'}).end()
  })
  registry.always('PUT', uploads, (request, response) => {
    const content = sessions.get(sessionOf(request)) ?? Buffer.alloc(0)
    registry.blobs.set(sha256(content), content)
    stored(sha256(content))(request, response)
  })
}

/** Uploads, H22 to H29. */
export const uploading = {
  'H22 has uploads go to another host': answerBlobs('POST', ({stranger}) =>
    replies.status(202, {Location: `${stranger.origin}${uploads}1?_state=${planted.state}`}),
  ),
  'H22 has uploads go to another host without a scheme': answerBlobs('POST', ({stranger}) =>
    replies.status(202, {Location: `//${stranger.host}${uploads}1`}),
  ),
  'H22 has uploads go to the metadata service': answerBlobs('POST', () =>
    replies.status(202, {Location: 'http://169.254.169.254/'}),
  ),
  'H23 does not say where uploads go': answerBlobs('POST', () => replies.status(202)),
  'H24 says where uploads go by a relative URL': {
    destination({registry}) {
      registry.always('POST', uploads, replies.status(202, {Location: `session?_state=${planted.state}`}))
      registry.always('PUT', `${uploads}session?_state=${planted.state}&digest=`, (request, response) => {
        registry.blobs.set(digestIn(request), request.body)
        stored(sha256(request.body))(request, response)
      })
    },
  },
  'H25 tells of less than it was sent': {destination: takesInTwo},
  'H26 finds fault with the range of an upload': {
    destination({registry}) {
      registry.always('PUT', uploads, replies.status(416))
      registry.always('PATCH', uploads, replies.status(416, {Range: '0-0'}))
    },
  },
  'H27 says that it stored another blob': answerBlobs('PUT', () => stored(other.root.digest)),
  'H27 says that it stored another manifest': answer('PUT', '/v2/app/manifests/', () =>
    stored(other.root.digest),
  ),
  'H27 says that it stored something with control characters': answerBlobs('PUT', () =>
    stored('sha256:\u009b2K\u00ad::error::'),
  ),
  'H28 knows nothing of the upload that it began': {
    destination({registry}) {
      registry.always('PUT', uploads, unknown)
      registry.always('PATCH', uploads, unknown)
    },
  },
  'H29 takes blobs and loses them': {
    destination({registry}) {
      registry.always('PUT', uploads, (request, response) => stored(digestIn(request))(request, response))
      registry.always(
        'PUT',
        '/v2/app/manifests/',
        replies.error(404, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown'),
      )
    },
  },
  'H29 takes a manifest and loses it': {
    destination({registry}) {
      registry.always('PUT', '/v2/app/manifests/', replies.status(201))
      registry.always('GET', '/v2/app/manifests/', replies.error(404, 'MANIFEST_UNKNOWN'))
    },
  },
  'H29 takes a manifest and has another one': {
    destination({registry}) {
      registry.always('PUT', '/v2/app/manifests/', replies.status(201))
      registry.always('GET', '/v2/app/manifests/', replies.status(200, typed, text(other.root)))
    },
  },
} satisfies Behaviours
