import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import {type HostileRegistry, type Recorded, replies} from '../hostile-registry.ts'
import {
  answerManifest,
  answerOperation,
  answerReferrers,
  answerTag,
  answerTags,
  type Behaviours,
  image,
  json,
  serve,
} from './behaviour.ts'
import type {Scene} from './scene.ts'

const listOf = (manifests: readonly object[]) => ({
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests,
})
const next = (url: string) => ({Link: `<${url}>; rel="next"`})

/** Every page, whatever was asked for, with a link to another that is new. */
function pagesOf({registry}: Scene, path: string, page: (number: number) => unknown): void {
  let number = 0
  registry.always('GET', path, (request, response) => {
    json(page(number++), next(`${path}?page=${number}`))(request, response)
  })
}

/** The page that a request to AWS asks for, counted from 0. */
const pageOf = ({body}: Recorded): number =>
  Number((JSON.parse(body.toString()) as {nextToken?: string}).nextToken ?? 0)

const ids = (tags: readonly string[]) => tags.map(imageTag => ({imageTag, imageDigest: image.root.digest}))

function manyTags({registry}: Scene): void {
  registry.always('GET', '/v2/app/tags/list', (request, response) => {
    const page = Number(new URL(request.url, 'http://registry').searchParams.get('page') ?? 0)
    const tags = Array.from({length: 1000}, (_, entry) => `noise-${page * 1000 + entry}`)
    const isLast = page === 99
    const body = {name: 'app', tags: isLast ? [...tags, 'v1'] : tags}
    json(body, isLast ? {} : next(`/v2/app/tags/list?page=${page + 1}`))(request, response)
  })
}

const hasTags = (registry: HostileRegistry, ...tags: string[]): void => {
  for (const tag of tags) serve(registry, image, tag)
}

/** Lists and their pages, H42 to H48. */
export const listings = {
  'H42 continues a list of tags elsewhere': {
    isMetInTags: true,
    source: scene =>
      answerTags(scene, json({tags: ['v1']}, next(`${scene.stranger.origin}/v2/app/tags/list`))),
  },
  'H42 continues a list of referrers elsewhere': {
    source: scene =>
      answerReferrers(scene, json(listOf([]), next(`${scene.stranger.origin}/v2/app/referrers/x`))),
  },
  'H43 continues a list of tags with the same page for ever': {
    isMetInTags: true,
    source: scene => answerTags(scene, json({tags: ['v1']}, next('/v2/app/tags/list?n=1000'))),
  },
  'H43 continues a list of tags with new pages for ever': {
    isMetInTags: true,
    source: scene => pagesOf(scene, '/v2/app/tags/list', number => ({tags: [`v1-${number}`]})),
  },
  'H43 continues a list of referrers with the same page for ever': {
    source: scene => answerReferrers(scene, json(listOf([]), next('/v2/app/referrers/same'))),
  },
  'H43 continues a list of referrers with new pages for ever': {
    source: scene => pagesOf(scene, '/v2/app/referrers/', () => listOf([])),
  },
  'H44 continues a list of tags with a page that was there': {
    isMetInTags: true,
    aws: scene => answerOperation(scene, 'ListImages', json({imageIds: ids(['v1']), nextToken: 'same'})),
  },
  'H44 continues a list of referrers with a page that was there': {
    aws: scene => answerOperation(scene, 'ListImageReferrers', json({referrers: [], nextToken: 'same'})),
  },
  'H45 lists a hundred thousand tags': {
    isMetInTags: true,
    source: manyTags,
    aws: scene =>
      answerOperation(scene, 'ListImages', (request, response) => {
        const page = pageOf(request)
        const tags = Array.from({length: 1000}, (_, entry) => `noise-${page * 1000 + entry}`)
        const isLast = page === 99
        const answer = {imageIds: ids(isLast ? [...tags, 'v1'] : tags)}
        json(isLast ? answer : {...answer, nextToken: String(page + 1)})(request, response)
      }),
  },
  'H45 lists more referrers than there can be': {
    source: scene =>
      pagesOf(scene, '/v2/app/referrers/', page =>
        listOf(
          Array.from({length: 1000}, (_, entry) => ({
            mediaType: mediaTypes.ociManifest,
            digest: `sha256:${(page * 1000 + entry).toString(16).padStart(64, '0')}`,
            size: 100,
          })),
        ),
      ),
  },
  'H45 has an index of more children than are read': {
    source({registry}) {
      const manifests = Array.from({length: 10_001}, (_, entry) => ({
        mediaType: mediaTypes.ociManifest,
        digest: `sha256:${entry.toString(16).padStart(64, '0')}`,
        size: 100,
      }))
      registry.addManifest(listOf(manifests), mediaTypes.ociIndex, 'v1')
    },
  },
  'H46 lists tags twice and in no order': {
    isMetInTags: true,
    source(scene) {
      hasTags(scene.registry, 'v1', 'v1-b', 'v1-a')
      answerTags(scene, json({tags: ['v1-b', 'v1', 'v1-a', 'v1', 'v1-b']}))
    },
    aws: scene => answerOperation(scene, 'ListImages', json({imageIds: ids(['v1', 'v1', 'v1'])})),
  },
  'H47 lists tags with control characters': {
    isMetInTags: true,
    source: scene => answerTags(scene, json({tags: ['v1', 'v1\u001b[2K\r\n::error::x\u202e']})),
    aws: scene =>
      answerOperation(scene, 'ListImages', json({imageIds: ids(['v1', 'v1\u001b[2K\r\n::error::x\u202e'])})),
  },
  'H47 lists tags that are paths': {
    isMetInTags: true,
    source: scene => answerTags(scene, json({tags: ['v1/../../../admin']})),
    aws: scene => answerOperation(scene, 'ListImages', json({imageIds: ids(['v1/../../../admin'])})),
  },
  'H48 answers for its tags with nothing': {
    isMetInTags: true,
    source: scene => answerTags(scene, replies.status(200)),
    aws: scene => answerOperation(scene, 'ListImages', replies.status(200)),
  },
  'H48 answers for its referrers with nothing': {
    source: scene => answerReferrers(scene, replies.status(200)),
    aws: scene => answerOperation(scene, 'ListImageReferrers', replies.status(200)),
  },
  'H48 answers for an image with nothing': {
    source: scene => answerManifest(scene, replies.status(200)),
    destination(scene) {
      answerTag(scene, replies.status(200))
      answerManifest(scene, replies.status(200))
    },
    aws: scene => answerOperation(scene, 'BatchGetImage', replies.status(200)),
  },
  'H48 confirms a manifest with nothing': {
    aws: scene => answerOperation(scene, 'PutImage', replies.status(200)),
  },
} satisfies Behaviours
