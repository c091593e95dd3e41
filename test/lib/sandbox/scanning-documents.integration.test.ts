import {existsSync, readFileSync} from 'node:fs'
import {DescribeImageScanFindingsCommand, PutRegistryScanningConfigurationCommand} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {dev, ecrClient, openSandbox, putSmallImage, region} from './support.ts'

// Scan results found in public repositories and documentation. They are not part of this project.
const folder = new URL('../../../../shared/data/scan-findings/', import.meta.url)
const present = existsSync(folder)

type Fields = Readonly<Record<string, unknown>>

/** What the sandbox answers when a scan of an image has ended as a document says. */
async function answerFor(findings: Fields): Promise<Fields> {
  const sandbox = await openSandbox()
  const client = ecrClient(sandbox)
  await putSmallImage(client, 'app', 'v1')
  const text = JSON.stringify(findings)
  if (/enhancedFindings|inspectorScore|"Findings"/.test(text)) {
    await client.send(new PutRegistryScanningConfigurationCommand({scanType: 'ENHANCED', rules: []}))
  }
  await sandbox.putFindings({account: dev, region, repository: 'app', tag: 'v1', findings})
  const input = {repositoryName: 'app', imageId: {imageTag: 'v1'}, maxResults: 1000}
  return {...(await client.send(new DescribeImageScanFindingsCommand(input)))}
}

function read(name: string): Fields {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fields
}

/** The document as an SDK that reads it would give it: times as dates. */
function asRead(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map(item => asRead(item))
  if (name.endsWith('At') && typeof value === 'number') return new Date(value * 1000)
  if (name.endsWith('At') && typeof value === 'string') return new Date(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRead(item, key)]))
}

function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

test
  .skipIf(!present)
  .each([
    'basic-awscli-example',
    'basic-golang-alpine',
    'basic-clean',
    'basic-nginx-alpine-fragment',
    'basic-nginx-1.14.1-fragment',
    'enhanced-aws-docs-libxml2',
    'enhanced-moto-curl',
  ])('%s comes back as it was seeded', async name => {
  const document = read(`${name}.json`)
  const answer = await answerFor(document)
  expect(answer).toMatchObject(asRead(without(document, 'registryId', 'repositoryName', 'imageId')) as Fields)
  expect(answer).toMatchObject({registryId: dev, repositoryName: 'app'})
})

test.skipIf(!present)('basic-unsupported-scratch comes back as a failure, without findings', async () => {
  const answer = await answerFor(read('basic-unsupported-scratch.json'))
  expect(answer['imageScanStatus']).toEqual({
    status: 'FAILED',
    description: 'UnsupportedImageError: The operating system and/or package manager are not supported.',
  })
  expect(answer['imageScanFindings']).toBeUndefined()
})

test.skipIf(!present)('describe-images-summaries come back as counts, image by image', async () => {
  const {imageDetails} = read('describe-images-summaries.json') as {
    readonly imageDetails: readonly Fields[]
  }
  expect(imageDetails).toHaveLength(2)
  for (const detail of imageDetails) {
    const answer = await answerFor(detail)
    expect(answer['imageScanStatus']).toEqual(detail['imageScanStatus'])
    expect(answer['imageScanFindings']).toMatchObject(asRead(detail['imageScanFindingsSummary']) as Fields)
  }
})

test.skipIf(!present).each(['inspector2-one-vul', 'inspector2-many-vul'])(
  '%s comes back as ECR passes findings of Inspector on',
  async name => {
    const document = read(`${name}.json`) as {readonly findings: readonly Fields[]}
    const {imageScanStatus, imageScanFindings} = await answerFor(document)
    expect(imageScanStatus).toMatchObject({status: 'COMPLETE'})
    const {enhancedFindings = []} = imageScanFindings as {readonly enhancedFindings?: readonly Fields[]}
    expect(enhancedFindings).toHaveLength(document.findings.length)
    for (const [index, finding] of document.findings.entries()) {
      const {inspectorScore, inspectorScoreDetails} = finding as {
        readonly inspectorScore?: number
        readonly inspectorScoreDetails?: {readonly adjustedCvss: {readonly score: number}}
      }
      const copied = ['findingArn', 'title', 'severity', 'status', 'fixAvailable', 'exploitAvailable']
      const expected = Object.fromEntries(copied.map(member => [member, finding[member]]))
      const found = (enhancedFindings[index] ?? {}) as Fields & {
        readonly scoreDetails?: {readonly cvss: {readonly score: number}}
      }
      expect(found).toMatchObject({
        ...expected,
        lastObservedAt: new Date(finding['lastObservedAt'] as string),
      })
      expect(found).not.toHaveProperty('epss')
      expect(found['score']).toBe(inspectorScore)
      expect(found.scoreDetails?.cvss.score).toBe(inspectorScoreDetails?.adjustedCvss.score)
    }
  },
)

test.skipIf(!present)('securityhub-inspector-ecr comes back as ECR has findings of Inspector', async () => {
  const document = read('securityhub-inspector-ecr.json') as {readonly Findings: readonly Fields[]}
  const {imageScanFindings} = await answerFor(document)
  const {enhancedFindings = []} = imageScanFindings as {readonly enhancedFindings?: readonly Fields[]}
  expect(enhancedFindings).toHaveLength(document.Findings.length)
  expect(enhancedFindings[0]).toMatchObject({
    title: 'CVE-2023-2650 - openssl',
    severity: 'MEDIUM',
    score: 6.5,
    fixAvailable: 'YES',
    firstObservedAt: new Date('2023-08-23T14:00:39Z'),
    packageVulnerabilityDetails: {
      vulnerabilityId: 'CVE-2023-2650',
      vulnerablePackages: [
        {name: 'openssl', version: '1.1.1n', epoch: 0, fixedInVersion: '0:1.1.1n-0+deb11u5'},
      ],
    },
    resources: [{details: {awsEcrContainerImage: {platform: 'DEBIAN_11', repositoryName: 'repo-os'}}}],
  })
})
