import {
  BatchDeleteImageCommand,
  BatchGetRepositoryScanningConfigurationCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  type ECRClient,
  GetRegistryScanningConfigurationCommand,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutRegistryScanningConfigurationCommand,
  type ScanFrequency,
  type ScanType,
  StartImageScanCommand,
  UpdateImageStorageClassCommand,
} from '@aws-sdk/client-ecr'
import {describe, expect, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {
  dev,
  ecrClient,
  http,
  indexType,
  openSandbox,
  prod,
  putSmallImage,
  region,
  uploadLayer,
} from './support.ts'

const day = 24 * 60 * 60 * 1000
const start = 1_700_000_000_000
const latest = {repositoryName: 'app', imageId: {imageTag: 'v1'}}
const finding = {name: 'CVE-2024-1', severity: 'HIGH', uri: 'https://example.com/CVE-2024-1'}

async function stopped(options: Parameters<typeof openSandbox>[0] = {}): Promise<{
  sandbox: Sandbox
  client: ECRClient
}> {
  const sandbox = await openSandbox({durations: {scan: 5000}, ...options})
  await sandbox.setClock(start)
  return {sandbox, client: ecrClient(sandbox)}
}

function configure(client: ECRClient, scanType: ScanType, rules: Partial<Record<ScanFrequency, string>>) {
  return client.send(
    new PutRegistryScanningConfigurationCommand({
      scanType,
      rules: Object.entries(rules).map(([scanFrequency, filter]) => ({
        scanFrequency: scanFrequency as ScanFrequency,
        repositoryFilters: [{filter, filterType: 'WILDCARD'}],
      })),
    }),
  )
}

async function scanStatus(client: ECRClient) {
  const {imageScanStatus} = await client.send(new DescribeImageScanFindingsCommand(latest))
  return imageScanStatus?.status
}

describe('the scanning configuration of a registry', () => {
  test('is basic scanning without rules until it is set, and answered under other names than it is put', async () => {
    const {client} = await stopped()
    const get = () => client.send(new GetRegistryScanningConfigurationCommand({}))
    expect(await get()).toMatchObject({
      registryId: dev,
      scanningConfiguration: {scanType: 'BASIC', rules: []},
    })
    const rules = [
      {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{filter: 'team', filterType: 'WILDCARD'}]},
    ]
    const put = await configure(client, 'BASIC', {SCAN_ON_PUSH: 'team'})
    expect(put.registryScanningConfiguration).toEqual({scanType: 'BASIC', rules})
    expect((await get()).scanningConfiguration).toEqual({scanType: 'BASIC', rules})
  })

  test('basic scanning knows no continuous scanning, and neither type a rule for manual scanning', async () => {
    const {client} = await stopped()
    const refused = {name: 'InvalidParameterException'}
    await expect(configure(client, 'BASIC', {CONTINUOUS_SCAN: '*'})).rejects.toMatchObject(refused)
    await expect(configure(client, 'ENHANCED', {MANUAL: '*'})).rejects.toMatchObject(refused)
  })

  test('says of each repository how it is scanned: continuously before on push, and not at all without a rule', async () => {
    const {client} = await stopped()
    for (const name of ['web-prod', 'web-dev', 'other']) await putSmallImage(client, name)
    await configure(client, 'ENHANCED', {SCAN_ON_PUSH: 'web', CONTINUOUS_SCAN: '*prod'})
    const {scanningConfigurations, failures} = await client.send(
      new BatchGetRepositoryScanningConfigurationCommand({
        repositoryNames: ['web-prod', 'web-dev', 'other', 'none'],
      }),
    )
    expect(scanningConfigurations).toEqual([
      {
        repositoryArn: `arn:aws:ecr:${region}:${dev}:repository/web-prod`,
        repositoryName: 'web-prod',
        scanOnPush: false,
        scanFrequency: 'CONTINUOUS_SCAN',
        appliedScanFilters: [{filter: '*prod', filterType: 'WILDCARD'}],
      },
      expect.objectContaining({
        repositoryName: 'web-dev',
        scanOnPush: true,
        scanFrequency: 'SCAN_ON_PUSH',
        appliedScanFilters: [{filter: 'web', filterType: 'WILDCARD'}],
      }),
      expect.objectContaining({
        repositoryName: 'other',
        scanOnPush: false,
        scanFrequency: 'MANUAL',
        appliedScanFilters: [],
      }),
    ])
    expect(failures).toEqual([
      {
        repositoryName: 'none',
        failureCode: 'REPOSITORY_NOT_FOUND',
        failureReason: `The repository with name 'none' does not exist in the registry with id '${dev}'`,
      },
    ])
  })

  test("tells in one event which repositories' frequencies enhanced scanning changed", async () => {
    const {sandbox, client} = await stopped()
    for (const name of ['aa', 'bb']) await putSmallImage(client, name)
    sandbox.clearEvents()
    await configure(client, 'ENHANCED', {SCAN_ON_PUSH: 'bb'})
    await configure(client, 'ENHANCED', {CONTINUOUS_SCAN: 'bb'})
    const changes = sandbox.events.filter(event => event['detail-type'] === 'ECR Scan Resource Change')
    const arn = `arn:aws:ecr:${region}:${dev}:repository/bb`
    expect(changes.map(({resources, detail}) => ({resources, detail}))).toEqual(
      [
        ['SCAN_ON_PUSH', 'MANUAL'],
        ['CONTINUOUS_SCAN', 'SCAN_ON_PUSH'],
      ].map(([now, before]) => ({
        resources: [arn],
        detail: {
          'action-type': 'SCAN_FREQUENCY_CHANGE',
          repositories: [
            {
              'repository-name': 'bb',
              'repository-arn': arn,
              'scan-frequency': now,
              'previous-scan-frequency': before,
            },
          ],
          'resource-type': 'REPOSITORY',
          'scan-type': 'ENHANCED',
        },
      })),
    )
  })
})

describe('basic scanning', () => {
  test('a scan that is started is in progress, and complete after its time, without findings where there are none', async () => {
    const {sandbox, client} = await stopped()
    const {digest} = await putSmallImage(client, 'app', 'v1')
    const started = await client.send(new StartImageScanCommand(latest))
    expect(started).toMatchObject({
      registryId: dev,
      repositoryName: 'app',
      imageId: {imageTag: 'v1', imageDigest: digest},
      imageScanStatus: {status: 'IN_PROGRESS'},
    })
    await sandbox.advanceClock(4999)
    const begun = await client.send(new DescribeImageScanFindingsCommand(latest))
    expect(begun.imageScanStatus).toEqual({status: 'IN_PROGRESS'})
    expect(begun.imageScanFindings).toBeUndefined()
    await sandbox.advanceClock(1)
    const ended = await client.send(new DescribeImageScanFindingsCommand(latest))
    expect(ended).toMatchObject({
      registryId: dev,
      repositoryName: 'app',
      imageId: {imageTag: 'v1', imageDigest: digest},
      imageScanStatus: {status: 'COMPLETE', description: 'The scan was completed successfully.'},
      imageScanFindings: {
        imageScanCompletedAt: new Date(start + 5000),
        findingSeverityCounts: {},
        findings: [],
      },
    })
  })

  test('scans on push where the repository or a rule of the registry says so, and tells it', async () => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v0', 'first')
    await expect(
      client.send(new DescribeImageScanFindingsCommand({repositoryName: 'app', imageId: {imageTag: 'v0'}})),
    ).rejects.toMatchObject({
      name: 'ScanNotFoundException',
      message: `Image scan does not exist for the image with '{imageDigest:'null', imageTag:'v0'}' in the repository with name 'app' in the registry with id '${dev}'`,
    })
    const imageScanningConfiguration = {scanOnPush: true}
    const set = await client.send(
      new PutImageScanningConfigurationCommand({repositoryName: 'app', imageScanningConfiguration}),
    )
    expect(set).toMatchObject({registryId: dev, repositoryName: 'app', imageScanningConfiguration})
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(1)
    await configure(client, 'BASIC', {SCAN_ON_PUSH: 'lib'})
    await putSmallImage(client, 'lib', 'v1')
    await sandbox.advanceClock(5000)
    expect(await scanStatus(client)).toBe('COMPLETE')
    const scans = sandbox.events.filter(event => event['detail-type'] === 'ECR Image Scan')
    expect(scans.map(({source, resources, detail}) => ({source, resources, detail}))).toEqual(
      ['app', 'lib'].map(name => ({
        source: 'aws.ecr',
        resources: [`arn:aws:ecr:${region}:${dev}:repository/${name}`],
        detail: {
          'scan-status': 'COMPLETE',
          'repository-name': name,
          'finding-severity-counts': {},
          'image-digest': digest,
          'image-tags': ['v1'],
        },
      })),
    )
  })

  test('scans an image once in 24 hours, that of its push included', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'BASIC', {SCAN_ON_PUSH: '*'})
    await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(day - 1)
    await expect(client.send(new StartImageScanCommand(latest))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'The scan quota per image has been exceeded. Wait and try again.',
    })
    await sandbox.advanceClock(1)
    await expect(client.send(new StartImageScanCommand(latest))).resolves.toBeDefined()
  })

  test('neither indexes nor things that are not images are scanned', async () => {
    const {client} = await stopped()
    await configure(client, 'BASIC', {SCAN_ON_PUSH: '*'})
    const {digest, manifest} = await putSmallImage(client, 'app')
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [{mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: manifest.length}],
    })
    await client.send(new PutImageCommand({repositoryName: 'app', imageManifest, imageTag: 'v1'}))
    await expect(client.send(new StartImageScanCommand(latest))).rejects.toMatchObject({
      name: 'UnsupportedImageTypeException',
    })
    await expect(client.send(new DescribeImageScanFindingsCommand(latest))).rejects.toMatchObject({
      name: 'ScanNotFoundException',
    })
    await uploadLayer(client, 'app', '{}')
    const artifact = manifest.replace('vnd.oci.image.config', 'vnd.example.chart.config')
    await client.send(
      new PutImageCommand({repositoryName: 'app', imageManifest: artifact, imageTag: 'chart'}),
    )
    await expect(
      client.send(new StartImageScanCommand({repositoryName: 'app', imageId: {imageTag: 'chart'}})),
    ).rejects.toMatchObject({name: 'UnsupportedImageTypeException'})
  })

  test('an archived image cannot be scanned; a restored one is scanned as if it were pushed', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'BASIC', {SCAN_ON_PUSH: '*'})
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(5000)
    const move = (targetStorageClass: 'ARCHIVE' | 'STANDARD') =>
      client.send(
        new UpdateImageStorageClassCommand({
          repositoryName: 'app',
          imageId: {imageDigest: digest},
          targetStorageClass,
        }),
      )
    await move('ARCHIVE')
    await expect(client.send(new StartImageScanCommand(latest))).rejects.toMatchObject({
      name: 'ImageArchivedException',
    })
    const archived = await client.send(new DescribeImageScanFindingsCommand(latest))
    expect(archived.imageScanStatus?.status).toBe('IMAGE_ARCHIVED')
    expect(archived.imageScanFindings).toBeUndefined()
    await move('STANDARD')
    sandbox.clearEvents()
    await sandbox.advanceClock(20 * 60 * 1000 + 5000)
    const scans = sandbox.events.filter(event => event['detail-type'] === 'ECR Image Scan')
    expect(scans).toHaveLength(1)
    expect(await scanStatus(client)).toBe('COMPLETE')
  })

  test('an image that was deleted and pushed anew has not been scanned', async () => {
    const {sandbox, client} = await stopped()
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await client.send(new StartImageScanCommand(latest))
    await sandbox.advanceClock(5000)
    await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest: digest}]}))
    await putSmallImage(client, 'app', 'v1')
    await expect(scanStatus(client)).rejects.toMatchObject({name: 'ScanNotFoundException'})
  })

  test('a scan of an image that is gone when it ends is forgotten', async () => {
    const {sandbox, client} = await stopped()
    const {digest} = await putSmallImage(client, 'app', 'v1')
    await client.send(new StartImageScanCommand(latest))
    await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest: digest}]}))
    await sandbox.advanceClock(5000)
    expect(sandbox.events.some(event => event['detail-type'] === 'ECR Image Scan')).toBe(false)
  })

  test('says nothing in DescribeImages, where enhanced scanning does', async () => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v1')
    const detail = async () => {
      const {imageDetails} = await client.send(new DescribeImagesCommand({repositoryName: 'app'}))
      return imageDetails?.[0]
    }
    await client.send(new StartImageScanCommand(latest))
    await sandbox.advanceClock(5000)
    expect(await detail()).not.toHaveProperty('imageScanStatus')
    expect(await detail()).not.toHaveProperty('imageScanFindingsSummary')
    await configure(client, 'ENHANCED', {CONTINUOUS_SCAN: '*'})
    await sandbox.advanceClock(5000)
    expect(await detail()).toMatchObject({
      imageScanStatus: {status: 'ACTIVE'},
      imageScanFindingsSummary: {findingSeverityCounts: {}},
    })
  })
})

describe('enhanced scanning', () => {
  test('scans continuously: pending, then active, as Inspector tells', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'ENHANCED', {CONTINUOUS_SCAN: '*'})
    const {digest} = await putSmallImage(client, 'app', 'v1')
    expect(await scanStatus(client)).toBe('PENDING')
    await sandbox.putFindings({
      account: dev,
      region,
      repository: 'app',
      digest,
      findings: {imageScanFindings: {enhancedFindings: [{severity: 'LOW'}, {severity: 'HIGH'}]}},
      scanned: false,
    })
    await sandbox.advanceClock(5000)
    const {imageScanStatus, imageScanFindings} = await client.send(
      new DescribeImageScanFindingsCommand(latest),
    )
    expect(imageScanStatus).toEqual({
      status: 'ACTIVE',
      description: 'Continuous scan is selected for image.',
    })
    expect(imageScanFindings).toMatchObject({
      findingSeverityCounts: {LOW: 1, HIGH: 1},
      enhancedFindings: [{severity: 'LOW'}, {severity: 'HIGH'}],
    })
    expect(imageScanFindings).not.toHaveProperty('findings')
    const arn = `arn:aws:ecr:${region}:${dev}:repository/app`
    const found = sandbox.events.filter(event => event['detail-type'] === 'Inspector2 Finding')
    expect(found.map(({detail}) => detail)).toEqual([{severity: 'LOW'}, {severity: 'HIGH'}])
    const scans = sandbox.events.filter(event => event['detail-type'] === 'Inspector2 Scan')
    expect(scans.map(({source, resources, detail}) => ({source, resources, detail}))).toEqual([
      {
        source: 'aws.inspector2',
        resources: [arn],
        detail: {
          'scan-status': 'INITIAL_SCAN_COMPLETE',
          'repository-name': arn,
          'finding-severity-counts': {LOW: 1, HIGH: 1, TOTAL: 2},
          'image-digest': digest,
          'image-tags': ['v1'],
        },
      },
    ])
  })

  test('scans once on push, when the rules say no more', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'ENHANCED', {SCAN_ON_PUSH: '*'})
    await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(5000)
    expect(await scanStatus(client)).toBe('COMPLETE')
  })

  test('is not started by hand', async () => {
    const {client} = await stopped()
    await configure(client, 'ENHANCED', {SCAN_ON_PUSH: 'other'})
    await putSmallImage(client, 'app', 'v1')
    await expect(client.send(new StartImageScanCommand(latest))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'This feature is disabled',
    })
  })

  test('a change of the scan type hides the scans of the other, until it is changed back', async () => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v1')
    await client.send(new StartImageScanCommand(latest))
    await sandbox.advanceClock(5000)
    await configure(client, 'ENHANCED', {})
    await expect(scanStatus(client)).rejects.toMatchObject({name: 'ScanNotFoundException'})
    await configure(client, 'BASIC', {})
    expect(await scanStatus(client)).toBe('COMPLETE')
  })

  test('when it is switched on, it sees the images of the last 14 days', async () => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v0', 'old')
    await sandbox.advanceClock(day)
    await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(14 * day)
    await configure(client, 'ENHANCED', {CONTINUOUS_SCAN: '*'})
    await sandbox.advanceClock(5000)
    expect(await scanStatus(client)).toBe('ACTIVE')
    const old = {repositoryName: 'app', imageId: {imageTag: 'v0'}}
    const {imageScanStatus, imageScanFindings} = await client.send(new DescribeImageScanFindingsCommand(old))
    expect(imageScanStatus?.status).toBe('SCAN_ELIGIBILITY_EXPIRED')
    expect(imageScanFindings).toBeUndefined()
  })

  test('an image that is scanned continuously is scanned again when there is more to find', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'ENHANCED', {CONTINUOUS_SCAN: '*'})
    await putSmallImage(client, 'app', 'v1')
    await sandbox.advanceClock(5000)
    await sandbox.putFindings({
      account: dev,
      region,
      repository: 'app',
      tag: 'v1',
      findings: {imageScanFindings: {enhancedFindings: [{severity: 'HIGH'}]}},
      scanned: false,
    })
    const counts = async () => {
      const {imageScanFindings} = await client.send(new DescribeImageScanFindingsCommand(latest))
      return imageScanFindings?.findingSeverityCounts
    }
    expect(await counts()).toEqual({})
    await sandbox.advanceClock(5000)
    expect(await counts()).toEqual({HIGH: 1})
    expect(await scanStatus(client)).toBe('ACTIVE')
  })
})

describe('findings', () => {
  test('are paged, of both kinds', async () => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v1')
    const names = ['CVE-1', 'CVE-2', 'CVE-3']
    const where = {account: dev, region, repository: 'app', tag: 'v1'}
    const pages = async () => {
      const first = await client.send(new DescribeImageScanFindingsCommand({...latest, maxResults: 2}))
      const {nextToken} = first
      const second = await client.send(new DescribeImageScanFindingsCommand({...latest, nextToken}))
      expect(second.nextToken).toBeUndefined()
      return [first, second].map(({imageScanFindings}) => imageScanFindings)
    }
    await sandbox.putFindings({
      ...where,
      findings: {imageScanFindings: {findings: names.map(name => ({...finding, name}))}},
    })
    const [first, second] = await pages()
    expect(first?.findings?.map(({name}) => name)).toEqual(['CVE-1', 'CVE-2'])
    expect(second?.findings?.map(({name}) => name)).toEqual(['CVE-3'])
    expect(second?.findingSeverityCounts).toEqual({HIGH: 3})
    await configure(client, 'ENHANCED', {})
    await sandbox.putFindings({
      ...where,
      findings: {imageScanFindings: {enhancedFindings: names.map(title => ({title}))}},
    })
    const enhanced = await pages()
    expect(enhanced.map(page => page?.enhancedFindings?.map(({title}) => title))).toEqual([
      ['CVE-1', 'CVE-2'],
      ['CVE-3'],
    ])
    await expect(
      client.send(new DescribeImageScanFindingsCommand({...latest, nextToken: 'forged'})),
    ).rejects.toMatchObject({name: 'InvalidParameterException'})
  })

  test('of an image that comes later are found by its scan, at its time', async () => {
    const {sandbox, client} = await stopped()
    await configure(client, 'BASIC', {SCAN_ON_PUSH: '*'})
    const {digest} = await putSmallImage(client, 'app', 'v0')
    await client.send(new BatchDeleteImageCommand({repositoryName: 'app', imageIds: [{imageDigest: digest}]}))
    await sandbox.putFindings({
      account: dev,
      region,
      repository: 'app',
      digest,
      findings: {imageScanFindings: {findings: [finding], imageScanCompletedAt: '2020-01-01T00:00:00Z'}},
    })
    await sandbox.advanceClock(1)
    await putSmallImage(client, 'app', 'v1')
    expect(await scanStatus(client)).toBe('IN_PROGRESS')
    await sandbox.advanceClock(5000)
    const {imageScanFindings} = await client.send(new DescribeImageScanFindingsCommand(latest))
    expect(imageScanFindings).toMatchObject({
      findings: [finding],
      imageScanCompletedAt: new Date(start + 5001),
    })
  })

  test.each([
    'FAILED',
    'UNSUPPORTED_IMAGE',
    'SCAN_ELIGIBILITY_EXPIRED',
    'FINDINGS_UNAVAILABLE',
    'LIMIT_EXCEEDED',
  ])('a scan can have the status %s, and then none', async status => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v1')
    const answer = await http(`${sandbox.url}/_sandbox/findings`, {
      method: 'PUT',
      body: JSON.stringify({
        account: dev,
        region,
        repository: 'app',
        tag: 'v1',
        findings: {imageScanStatus: {status, description: 'because'}},
      }),
    })
    expect(answer.status).toBe(200)
    const {imageScanStatus, imageScanFindings} = await client.send(
      new DescribeImageScanFindingsCommand(latest),
    )
    expect(imageScanStatus).toEqual({status, description: 'because'})
    expect(imageScanFindings).toBeUndefined()
  })

  test('can come with the image in a seed', async () => {
    const {sandbox, client} = await stopped()
    const {manifest} = await putSmallImage(client, 'app')
    const images = [{tag: 'v1', manifest, findings: {imageScanFindings: {findings: [finding]}}}]
    await sandbox.seed({repositories: [{account: dev, region, name: 'app', images}]})
    const {imageScanStatus, imageScanFindings} = await client.send(
      new DescribeImageScanFindingsCommand(latest),
    )
    expect(imageScanStatus?.status).toBe('COMPLETE')
    expect(imageScanFindings?.findings).toEqual([finding])
    const broken = [{tag: 'v1', manifest, findings: {}}]
    await expect(
      sandbox.seed({repositories: [{account: dev, region, name: 'app', images: broken}]}),
    ).rejects.toMatchObject({
      code: 'INVALID_SEED',
      message:
        'Sandbox seed: repositories[0].images[0].findings must have imageScanFindings or imageScanStatus.',
    })
  })

  test.each([
    [{repository: 'none'}, 'Sandbox findings: repository is not there.'],
    [{tag: 'none'}, 'Sandbox findings: needs the digest of an image, or a tag that is there.'],
    [{findings: {}}, 'Sandbox findings: findings must have imageScanFindings or imageScanStatus.'],
    [
      {findings: {imageScanFindings: {findings: [{severity: 'AWFUL'}]}}},
      "Sandbox findings: findings is refused: Invalid parameter at 'severity'",
    ],
    [
      {findings: {imageScanFindings: {imageScanCompletedAt: 'yesterday'}}},
      "Sandbox findings: findings is refused: Member 'imageScanCompletedAt' must be of type number",
    ],
    [{typo: 1}, 'Sandbox findings: has the unknown key "typo".'],
  ])('wrong ones are refused: %j', async (change, message) => {
    const {sandbox, client} = await stopped()
    await putSmallImage(client, 'app', 'v1')
    const findings = {imageScanFindings: {findings: []}}
    await expect(
      sandbox.putFindings({account: dev, region, repository: 'app', tag: 'v1', findings, ...change}),
    ).rejects.toMatchObject({
      code: 'INVALID_FINDINGS',
      message: expect.stringContaining(message),
    })
  })

  test('survive a restart, and so does a scan on its way', async () => {
    const data = await temporaryFolder()
    const {sandbox: before, client} = await stopped({data})
    await putSmallImage(client, 'app', 'v1')
    await client.send(new StartImageScanCommand(latest))
    await before.close()
    const after = await openSandbox({data})
    await after.setClock(start + 5000)
    expect(await scanStatus(ecrClient(after))).toBe('COMPLETE')
  })
})

test('findings are for whom the repository policy allows', async () => {
  const {sandbox, client} = await stopped()
  await putSmallImage(client, 'app', 'v1')
  await client.send(new StartImageScanCommand(latest))
  await expect(
    ecrClient(sandbox, prod).send(new DescribeImageScanFindingsCommand({...latest, registryId: dev})),
  ).rejects.toMatchObject({name: 'AccessDeniedException'})
})
