import {describe, expect, test} from 'vitest'
import {mediaTypes} from '../../../src/lib/oci/media-types.ts'
import type {ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {basicFinding, basicScan} from '../../support/scan-documents.ts'
import {type ScannedImage} from '../../support/scan-images.ts'
import {devWest, openScanWorld, type ScanWorld} from '../../support/scan-world.ts'

const app = {...devWest, name: 'app'}
const attestation = {'vnd.docker.reference.type': 'attestation-manifest'}

/** An image of which a scan found one thing, named after it. */
function scanned(name: string): ScannedImage {
  return {name, findings: basicScan(basicFinding(`CVE-${name}`, 'HIGH'))}
}

async function evidenceOf(
  ...images: readonly ScannedImage[]
): Promise<{world: ScanWorld; image: ImageEvidence}> {
  const world = await openScanWorld()
  await world.put(app, ...images)
  const [image] = await world.evidence(['dev/app:v1'])
  if (image === undefined) throw new TypeError('nothing was said of the image')
  return {world, image}
}

/** What was found on each platform, or why nothing. */
function found({platforms}: ImageEvidence): Record<string, unknown> {
  return Object.fromEntries(
    platforms.map(({platform, evidence}) => [
      platform,
      evidence.kind === 'scanned' ? evidence.findings.map(({id}) => id) : evidence.kind,
    ]),
  )
}

describe('an index', () => {
  test('is the images that it lists, each with its own scan', async () => {
    const {world, image} = await evidenceOf(scanned('amd64'), scanned('arm64'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'amd64', platform: 'linux/amd64'},
        {name: 'arm64', platform: 'linux/arm64/v8'},
      ],
    })
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64'], 'linux/arm64/v8': ['CVE-arm64']})
    expect(world.operations()).toMatchObject({
      BatchGetImage: 1,
      DescribeImages: 2,
      DescribeImageScanFindings: 2,
    })
  })

  test('has no scan itself: none is asked for', async () => {
    const {world, image} = await evidenceOf(scanned('amd64'), {
      name: 'index',
      tags: ['v1'],
      lists: [{name: 'amd64', platform: 'linux/amd64'}],
    })
    expect(image.platforms.map(({digest}) => digest)).not.toContain(image.digest)
    expect(world.operations()).toMatchObject({DescribeImageScanFindings: 1})
  })

  test('is followed into indexes that it lists, whose images run where they say or where those do', async () => {
    const {image} = await evidenceOf(
      scanned('amd64'),
      scanned('arm64'),
      {name: 'inner', lists: [{name: 'amd64', platform: 'linux/amd64'}, {name: 'arm64'}]},
      {name: 'index', tags: ['v1'], lists: [{name: 'inner', platform: 'linux/arm64'}]},
    )
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64'], 'linux/arm64': ['CVE-arm64']})
  })

  test('versions of Windows are platforms of their own', async () => {
    const {image} = await evidenceOf(scanned('2019'), scanned('2022'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: '2019', platform: 'windows/amd64', 'os.version': '10.0.17763.1'},
        {name: '2022', platform: 'windows/amd64', 'os.version': '10.0.20348.2'},
      ],
    })
    expect(found(image)).toEqual({
      'windows(10.0.17763.1)/amd64': ['CVE-2019'],
      'windows(10.0.20348.2)/amd64': ['CVE-2022'],
    })
  })

  test('attestations are left out', async () => {
    const {image} = await evidenceOf(scanned('amd64'), scanned('sbom'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'amd64', platform: 'linux/amd64'},
        {name: 'sbom', platform: 'unknown/unknown', annotations: attestation},
      ],
    })
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64']})
  })

  test('neither mark of an attestation alone hides an image', async () => {
    const {image} = await evidenceOf(scanned('marked'), scanned('half'), scanned('nowhere'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'marked', platform: 'linux/amd64', annotations: attestation},
        {name: 'half', platform: 'unknown/amd64', annotations: attestation},
        {name: 'nowhere', platform: 'unknown/unknown'},
      ],
    })
    expect(found(image)).toEqual({
      'linux/amd64': ['CVE-marked'],
      'unknown/amd64': ['CVE-half'],
      'unknown/unknown': ['CVE-nowhere'],
    })
  })

  test('what is marked as an attestation in one entry is no less an image in another', async () => {
    const {image} = await evidenceOf(scanned('amd64'), scanned('arm64'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'amd64', platform: 'unknown/unknown', annotations: attestation},
        {name: 'amd64', platform: 'linux/amd64'},
        {name: 'arm64', platform: 'linux/arm64'},
      ],
    })
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64'], 'linux/arm64': ['CVE-arm64']})
  })

  test('an image for several platforms is one of each, scanned once', async () => {
    const {world, image} = await evidenceOf(scanned('both'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'both', platform: 'linux/arm64'},
        {name: 'both', platform: 'linux/amd64'},
      ],
    })
    expect(found(image)).toEqual({'linux/arm64': ['CVE-both'], 'linux/amd64': ['CVE-both']})
    expect(world.operations()).toMatchObject({DescribeImageScanFindings: 1})
  })

  test.each([
    ['an image', {name: 'amd64', platform: 'linux/amd64', mediaType: mediaTypes.ociIndex}],
    ['an index', {name: 'inner', mediaType: mediaTypes.ociManifest}],
    ['an index', {name: 'inner', mediaType: 'Application/vnd.oci.image.index.v1+json'}],
    ['an index', {name: 'inner', platform: 'unknown/unknown', annotations: attestation}],
  ])('%s is one whatever the index says of it: %o', async (_kind, entry) => {
    const {image} = await evidenceOf(
      scanned('amd64'),
      scanned('arm64'),
      {name: 'inner', lists: [{name: 'amd64', platform: 'linux/amd64'}]},
      {name: 'index', tags: ['v1'], lists: [{name: 'arm64', platform: 'linux/arm64'}, entry]},
    )
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64'], 'linux/arm64': ['CVE-arm64']})
  })

  test('one platform without a scan leaves the others theirs', async () => {
    const {image} = await evidenceOf(
      scanned('amd64'),
      {name: 'arm64'},
      {
        name: 'index',
        tags: ['v1'],
        lists: [
          {name: 'amd64', platform: 'linux/amd64'},
          {name: 'arm64', platform: 'linux/arm64'},
        ],
      },
    )
    expect(found(image)).toEqual({'linux/amd64': ['CVE-amd64'], 'linux/arm64': 'pending'})
  })

  test('without an image there is no evidence', async () => {
    const {image} = await evidenceOf(scanned('sbom'), {
      name: 'index',
      tags: ['v1'],
      lists: [{name: 'sbom', platform: 'unknown/unknown', annotations: attestation}],
    })
    expect(image.platforms).toMatchObject([
      {
        platform: null,
        digest: image.digest,
        evidence: {kind: 'lost', reason: expect.stringContaining('lists no image')},
      },
    ])
  })

  test('that cannot be read is no evidence', async () => {
    const world = await openScanWorld()
    await world.put(app, scanned('amd64'), {
      name: 'index',
      tags: ['v1'],
      lists: [{name: 'amd64', platform: 'linux/amd64'}],
    })
    world.sandbox.setFaults([
      {kind: 'exception', exception: 'AccessDeniedException', operation: 'BatchGetImage'},
    ])
    const [image] = await world.evidence(['dev/app:v1'])
    expect(image?.platforms).toMatchObject([{platform: null, evidence: {kind: 'lost'}}])
  })

  test('an image that it lists and the repository lacks is no evidence', async () => {
    const world = await openScanWorld({
      change: (operation, {imageIds}) =>
        operation === 'DescribeImages' && JSON.stringify(imageIds).includes(arm64)
          ? {imageDetails: []}
          : undefined,
    })
    let arm64 = 'nothing'
    const digests = await world.put(app, scanned('amd64'), scanned('arm64'), {
      name: 'index',
      tags: ['v1'],
      lists: [
        {name: 'amd64', platform: 'linux/amd64'},
        {name: 'arm64', platform: 'linux/arm64'},
      ],
    })
    arm64 = digests.get('arm64') ?? ''
    const [image] = await world.evidence(['dev/app:v1'])
    expect(image && found(image)).toMatchObject({'linux/arm64': 'lost'})
  })
})
