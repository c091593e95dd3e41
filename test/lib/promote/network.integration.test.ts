import {afterEach, beforeEach, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {ecrHost} from '../../../src/lib/ecr/hosts.ts'
import {readNetwork} from '../../../src/lib/oci/network.ts'
import {buildImage, pushImage} from '../../support/images.ts'
import {dev, devHost, startWorld, type World} from '../../support/world.ts'

const estate = parseEstate(
  `
version: 1
accounts:
  dev: {id: "${dev.account}", region: ${dev.region}}
  dr: {id: "${dev.account}", region: us-east-1}
`,
  'repos.yaml',
)
const image = await buildImage({layers: [{'bin/hello': 'hello'}], sbom: true})

let world: World

beforeEach(async () => {
  world = await startWorld({proxy: 0})
  await world.sandbox.seed({
    repositories: [
      {...dev, name: 'app'},
      {account: dev.account, region: 'us-east-1', name: 'app'},
    ],
  })
  const registry = await world.open(devHost)
  await pushImage(registry.repository('app'), image, 'v1')
})

afterEach(() => world.close())

test.each([
  ['plain', {fips: false, dualStack: false}],
  ['FIPS', {fips: true, dualStack: false}],
  ['dual-stack', {fips: false, dualStack: true}],
])(
  'by %s names of AWS, all of a promotion goes through the proxy under a private authority',
  async (_, endpoints) => {
    const {proxy} = world.sandbox
    if (proxy === undefined) throw new TypeError('a proxy was asked for')
    world.sandbox.clearRequests()
    const result = await world.promote(
      ['app:v1'],
      {to: ['dr'], endpoints},
      {
        estate,
        aws: {
          env: {AWS_ACCESS_KEY_ID: dev.account, AWS_SECRET_ACCESS_KEY: 'any'},
          now: Date.now,
          signal: AbortSignal.timeout(20_000),
          useFips: endpoints.fips,
          useDualstack: endpoints.dualStack,
          network: readNetwork({HTTPS_PROXY: proxy.url, AWS_CA_BUNDLE: proxy.caFile}),
        },
      },
    )
    expect(result).toMatchObject({exitCode: 0, items: [{outcome: 'promoted', referrers: 1, error: null}]})
    // STS, both APIs, and the protocol with the storage that it redirects to.
    const operations = world.sandbox.requests.map(({operation}) => operation)
    expect(operations).toEqual(
      expect.arrayContaining([
        'GetCallerIdentity',
        'BatchGetImage',
        'layer.download',
        'upload.put',
        'PutImage',
      ]),
    )
    const target = await world.open(ecrHost({account: dev.account, region: 'us-east-1'}))
    expect((await target.repository('app').resolve(['v1'])).get('v1')).toBe(image.root.digest)
  },
)
