import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {GantryError} from '../../../src/lib/errors.ts'
import {type RouteWords, routeImages} from '../../../src/lib/promote/route.ts'

const digest = `sha256:${'ab'.repeat(32)}`
const accounts = `
version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
  dr: {id: "333333333333", region: eu-central-1}
`
const open = parseEstate(accounts, 'repos.yaml')
const closed = parseEstate(
  `${accounts}
promotions:
  release: {from: dev, to: [prod], repositories: ["payments/**"], tags: ["v*"], immutable: true}
`,
  'repos.yaml',
)

function route(words: Partial<RouteWords>, estate = open) {
  const defaults: RouteWords = {
    images: [],
    from: 'dev',
    to: ['prod'],
    tags: [],
    as: undefined,
    endpoints: {fips: false, dualStack: false},
  }
  return routeImages({...defaults, ...words}, estate)
}

function errorOf(words: Partial<RouteWords>, estate = open): GantryError {
  try {
    route(words, estate)
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('where an image goes', () => {
  test('an account is each of its regions', () => {
    const [image] = route({images: ['payments/api:v1']})
    expect(image).toMatchObject({
      source: {label: 'dev@eu-west-1', host: '111111111111.dkr.ecr.eu-west-1.amazonaws.com', alias: 'dev'},
      repository: 'payments/api',
      reference: 'v1',
      tags: ['v1'],
      immutable: false,
    })
    expect(image?.destinations.map(({side, repository}) => `${side.host}/${repository}`)).toEqual([
      '222222222222.dkr.ecr.eu-west-1.amazonaws.com/payments/api',
      '222222222222.dkr.ecr.us-east-1.amazonaws.com/payments/api',
    ])
  })

  test('a region, a prefix, another name and other tags can be given', () => {
    const [image] = route({
      images: [`app@${digest}`],
      to: ['prod@us-east-1/mirror', 'localhost:5000'],
      tags: ['a', 'b', 'a'],
      as: 'x/y',
    })
    expect(image).toMatchObject({reference: digest, tags: ['a', 'b']})
    expect(image?.destinations.map(({side, repository}) => `${side.label}/${repository}`)).toEqual([
      'prod@us-east-1/mirror/x/y',
      'localhost:5000/x/y',
    ])
  })

  test('without --from the image begins with an alias or a host', () => {
    const images = route({images: ['dev/app:v1', 'docker.io/nginx:1.27'], from: undefined})
    expect(images.map(({source, repository}) => [source.label, repository])).toEqual([
      ['dev@eu-west-1', 'app'],
      ['docker.io', 'library/nginx'],
    ])
  })

  test('a name at Docker Hub is one of its official images, by whichever of its own names', () => {
    for (const from of ['docker.io', 'index.docker.io']) {
      expect(route({images: ['nginx:1.27'], from})[0]).toMatchObject({
        source: {host: 'docker.io'},
        repository: 'library/nginx',
      })
    }
  })

  test('with --from the first path component is part of the repository, though it is the name of an account', () => {
    expect(route({images: ['dev/app:v1']})[0]).toMatchObject({repository: 'dev/app'})
  })

  test('the host of an account of repos.yaml uses the credentials of that account', () => {
    const [image] = route({images: ['111111111111.dkr.ecr.eu-west-1.amazonaws.com/app:v1'], from: undefined})
    expect(image?.source.alias).toBe('dev')
  })

  test('FIPS and dual-stack host names are used when asked for', () => {
    const [image] = route({images: ['app:v1'], to: ['dr'], endpoints: {fips: true, dualStack: false}})
    expect(image?.destinations[0]?.side.host).toBe('333333333333.dkr.ecr-fips.eu-central-1.amazonaws.com')
  })
})

describe('promotions of repos.yaml', () => {
  test('make their destination immutable', () => {
    expect(route({images: ['payments/api:v1']}, closed)[0]?.immutable).toBe(true)
  })

  test.each([
    ['another repository', {images: ['other/api:v1']}],
    ['another tag', {images: ['payments/api:latest']}],
    ['another tag by --tag', {images: ['payments/api:v1'], tags: ['latest']}],
    ['another source', {images: ['payments/api:v1'], from: 'dr'}],
    [
      'a host as the destination',
      {images: ['other/api:v1'], to: ['222222222222.dkr.ecr.eu-west-1.amazonaws.com']},
    ],
  ])('refuse %s with exit 7', (_, words) => {
    expect(errorOf(words, closed)).toMatchObject({code: 'ROUTE_NOT_ALLOWED', exitCode: 7})
  })

  test('do not concern destinations that they do not lead to', () => {
    expect(() => route({images: ['other/api:latest'], to: ['dr']}, closed)).not.toThrow()
  })
})

describe('a command line that cannot be understood is one line and exit 2', () => {
  test.each([
    [{images: ['app']}, '"app" names no image of the repository. Add :TAG or @sha256:…'],
    [
      {images: ['app:v1'], from: undefined},
      '"app:v1" does not say which registry it is in. Add --from ALIAS, or write ALIAS/app:v1.',
    ],
    [{images: ['app:v1'], from: 'dve'}, '--from dve: repos.yaml names no account "dve"; did you mean "dev"?'],
    [
      {images: ['app:v1'], to: ['staging']},
      '--to staging: repos.yaml names no account "staging"; it names dev, prod, dr',
    ],
    [
      {images: ['app:v1'], to: ['prod@eu-west-2']},
      '--to prod@eu-west-2: prod has no region "eu-west-2" in repos.yaml; it has eu-west-1, us-east-1.',
    ],
    [{images: ['app:v1'], to: []}, 'Say where to: --to ALIAS or --to HOST.'],
    [
      {images: ['ghcr.io/a/b:v1']},
      '"ghcr.io/a/b:v1" is not in dev@eu-west-1. Leave out --from, or the host.',
    ],
    [
      {images: ['app:v1'], tags: ['-x']},
      '--tag "-x" is not a tag: 1 to 128 of A-Z a-z 0-9 . _ -, not beginning with . or -.',
    ],
    [
      {images: ['app:v1'], as: 'App'},
      '--as: "App" is not a repository name (lower case, parts joined by "/").',
    ],
    [
      {images: ['app:v1'], to: ['prod/Mirror']},
      '--to prod/Mirror: "Mirror" is not a repository name (lower case, parts joined by "/").',
    ],
    [
      {images: [`app@${digest}`], to: ['dev']},
      'dev@eu-west-1/app is both source and destination. Add --tag or --as.',
    ],
  ] satisfies [Partial<RouteWords>, string][])('%j', (words, message) => {
    expect(errorOf(words)).toMatchObject({message, exitCode: 2})
  })
})
