import {describe, expect, test} from 'vitest'
import {GantryError} from '../../../src/lib/errors.ts'
import {digestOf} from '../../../src/lib/oci/digest.ts'
import type {Registry, RepositorySettings} from '../../../src/lib/oci/registry.ts'
import {actionsOf} from '../../../src/lib/promote/actions.ts'
import type {RepositoryState} from '../../../src/lib/promote/look.ts'
import type {Endpoint, ImagePlan, PromotionRequest} from '../../../src/lib/promote/model.ts'
import {pathOf} from '../../../src/lib/promote/path.ts'
import {assertTagsAgree, isSatisfied, planImage} from '../../../src/lib/promote/plan.ts'
import {buildImage} from '../../support/images.ts'

const image = await buildImage({
  layers: [{'bin/hello': 'hello'}],
  platforms: [
    {os: 'linux', architecture: 'amd64'},
    {os: 'linux', architecture: 'arm64'},
  ],
  sbom: true,
})
const other = digestOf(Buffer.from('another image'))
const mutable: RepositorySettings = {tagMutability: 'MUTABLE', exclusions: []}
const empty: RepositoryState = {
  settings: mutable,
  tags: new Map(),
  attached: new Map(),
  manifests: new Set(),
  blobs: new Set(),
}
const everything: RepositoryState = {
  settings: mutable,
  tags: new Map([['v1', image.root.digest]]),
  attached: new Map(),
  manifests: new Set([...image.manifests, ...image.referrers].map(({digest}) => digest)),
  blobs: new Set(image.blobs.keys()),
}

function endpoint(host: string): Endpoint {
  return {side: {label: host, host}, registry: {host} as Registry}
}

const request: PromotionRequest = {
  source: endpoint('dev.test'),
  repository: 'app',
  reference: 'v1',
  tags: ['v1'],
  destinations: [],
  immutable: false,
}

function plan(state: RepositoryState, options: {immutable?: boolean; createRepositories?: boolean} = {}) {
  const {immutable = false, createRepositories = false} = options
  const graph = {root: image.root, manifests: image.manifests, referrers: image.referrers, attachedTags: []}
  const candidate = {
    request: {...request, immutable},
    destination: endpoint('prod.test'),
    repository: 'app',
    graph,
    state,
  }
  return planImage(candidate, {createRepositories})
}

function planned(state: RepositoryState, options = {}): ImagePlan {
  const result = plan(state, options)
  if (result instanceof GantryError) throw result
  const homes = {homeOf: () => undefined, mayMount: () => true}
  return {...result, path: pathOf(result, {homes, isReplicating: false})}
}

describe('what is missing', () => {
  test('into an empty repository is everything, children before the index', () => {
    const {manifests, referrers, blobs, tags} = planned(empty)
    expect(manifests.map(({digest}) => digest)).toEqual(image.manifests.map(({digest}) => digest))
    expect(manifests.at(-1)?.digest).toBe(image.root.digest)
    expect(referrers).toHaveLength(1)
    expect(new Set(blobs.map(({digest}) => digest))).toEqual(new Set(image.blobs.keys()))
    expect(tags).toEqual([{tag: 'v1', before: null, after: image.root.digest}])
  })

  test('is nothing when all is there under the same tag', () => {
    expect(isSatisfied(planned(everything))).toBe(true)
    expect(actionsOf([planned(everything)])).toEqual([])
  })

  test('is the tag alone when all is there under another', () => {
    const moved = planned({...everything, tags: new Map([['v1', other]])})
    expect(actionsOf([moved])).toMatchObject([
      {verb: 'tag', subject: 'prod.test/app:v1', before: other, after: image.root.digest},
    ])
  })

  test('is an SBOM that came later', () => {
    const manifests = new Set(image.manifests.map(({digest}) => digest))
    expect(planned({...everything, manifests, blobs: new Set()})).toMatchObject({
      manifests: [],
      tags: [],
      referrers: image.referrers,
    })
  })

  test('lists the repository, the copy and the tag as actions', () => {
    const actions = actionsOf([planned({...empty, settings: undefined}, {createRepositories: true})])
    expect(actions.map(({verb, subject}) => `${verb} ${subject}`)).toEqual([
      'create-repository prod.test/app',
      `copy prod.test/app@${image.root.digest}`,
      'tag prod.test/app:v1',
    ])
  })
})

describe('what is refused', () => {
  const held = {...everything, tags: new Map([['v1', other]])}

  test.each<[string, RepositorySettings, boolean]>([
    ['MUTABLE', {tagMutability: 'MUTABLE', exclusions: []}, false],
    ['unknown', {tagMutability: 'unknown', exclusions: []}, false],
    ['IMMUTABLE', {tagMutability: 'IMMUTABLE', exclusions: []}, true],
    ['IMMUTABLE but for v*', {tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['v*']}, false],
    ['IMMUTABLE but for dev-*', {tagMutability: 'IMMUTABLE_WITH_EXCLUSION', exclusions: ['dev-*']}, true],
    ['MUTABLE but for v*', {tagMutability: 'MUTABLE_WITH_EXCLUSION', exclusions: ['v*']}, true],
  ])('moving a tag where tags are %s', (_, settings, refused) => {
    const result = plan({...held, settings})
    expect(result instanceof GantryError ? result.code : 'allowed').toBe(
      refused ? 'TAG_IMMUTABLE' : 'allowed',
    )
  })

  test('an immutable tag that holds the same digest is nothing to do', () => {
    expect(
      isSatisfied(planned({...everything, settings: {tagMutability: 'IMMUTABLE', exclusions: []}})),
    ).toBe(true)
  })

  test('moving a tag by a promotion that is immutable, with both digests in the line', () => {
    expect(plan(held, {immutable: true})).toMatchObject({
      code: 'TAG_IMMUTABLE',
      exitCode: 7,
      message: `prod.test/app:v1 is ${other} and cannot become ${image.root.digest}: its promotion in repos.yaml is immutable. Promote under a new tag.`,
    })
  })

  test('a repository that does not exist, unless it may be created', () => {
    expect(plan({...empty, settings: undefined})).toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
      message:
        'prod.test/app does not exist. Create the repository, or run again with --create-repositories.',
    })
  })

  test('two images for one tag, before anything is written', () => {
    const one = planned(empty)
    expect(() => assertTagsAgree([one, {...one, root: other}])).toThrow(/^prod\.test\/app:v1 would be both /)
    expect(() => assertTagsAgree([one, one])).not.toThrow()
  })
})
