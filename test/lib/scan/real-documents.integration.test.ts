import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import type {Fields} from '../../../src/lib/oci/descriptor.ts'
import type {Evidence} from '../../../src/lib/scan/evidence.ts'
import {devWest, openScanWorld} from '../../support/scan-world.ts'

// Scan results found in public repositories and documentation. They are not part of this project.
const folder = new URL('../../../../shared/data/scan-findings/', import.meta.url)
const present = existsSync(folder)

const app = {...devWest, name: 'app'}

function read(name: string): Fields {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Fields
}

/** What is made of an image whose scan answers with the document. */
async function evidenceOf(document: object): Promise<Evidence> {
  const world = await openScanWorld()
  const isEnhanced = /enhancedFindings|inspectorScore|"Findings"/.test(JSON.stringify(document))
  if (isEnhanced) await world.configure(devWest, 'ENHANCED')
  await world.put(app, {name: 'v1', tags: ['v1'], findings: document})
  const [image] = await world.evidence(['dev/app:v1'])
  const [platform] = image?.platforms ?? []
  if (platform === undefined) throw new TypeError('nothing was said of the image')
  return platform.evidence
}

/** How many there are of each severity. */
function counted(severities: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(severities, each => each)].map(([each, same]) => [each, same.length]),
  )
}

function severitiesOf(evidence: Evidence): Record<string, number> {
  if (evidence.kind !== 'scanned') throw new TypeError(evidence.reason)
  return counted(evidence.findings.map(({severity}) => severity.toUpperCase()))
}

describe.skipIf(!present)('real answers', () => {
  test.each([
    'basic-awscli-example',
    'basic-golang-alpine',
    'basic-clean',
    'enhanced-aws-docs-libxml2',
    'enhanced-moto-curl',
  ])('%s has as many findings of each severity as the document counts', async name => {
    const document = read(name)
    const {findingSeverityCounts} = document['imageScanFindings'] as Fields
    const evidence = await evidenceOf(document)
    expect(severitiesOf(evidence)).toEqual(findingSeverityCounts)
    expect(evidence).toMatchObject({by: name.startsWith('basic') ? 'basic' : 'enhanced'})
  })

  test('basic-nginx-alpine-fragment lists one finding of the five that it counts, and is no evidence', async () => {
    const evidence = await evidenceOf(read('basic-nginx-alpine-fragment'))
    expect(evidence).toMatchObject({
      kind: 'lost',
      reason: expect.stringContaining('counts 3 findings of severity MEDIUM and lists 1'),
    })
  })

  test('basic-nginx-1.14.1-fragment has its one finding whole', async () => {
    expect(await evidenceOf(read('basic-nginx-1.14.1-fragment'))).toMatchObject({
      kind: 'scanned',
      findings: [
        {
          id: 'CVE-2019-3462',
          severity: 'critical',
          package: {name: 'apt', version: '1.4.8', manager: null, path: null, layer: null},
          fix: 'unknown',
          fixedIn: null,
          exploitable: null,
          score: 9.3,
          firstObservedAt: null,
          status: 'active',
          uri: 'https://security-tracker.debian.org/tracker/CVE-2019-3462',
        },
      ],
    })
  })

  test('basic-unsupported-scratch failed because nothing in it can be scanned', async () => {
    expect(await evidenceOf(read('basic-unsupported-scratch'))).toEqual({
      kind: 'unsupported',
      status: 'FAILED',
      reason: expect.stringContaining('The operating system and/or package manager are not supported.'),
    })
  })

  test('describe-images-summaries count findings and list none: that is no evidence', async () => {
    const {imageDetails} = read('describe-images-summaries') as {readonly imageDetails: readonly Fields[]}
    expect(imageDetails).toHaveLength(2)
    for (const detail of imageDetails) expect(await evidenceOf(detail)).toMatchObject({kind: 'lost'})
  })

  test('enhanced-aws-docs-libxml2 cannot be mended, though it has a score and an origin', async () => {
    expect(await evidenceOf(read('enhanced-aws-docs-libxml2'))).toMatchObject({
      findings: [
        {
          id: 'CVE-2022-49043',
          severity: 'high',
          package: {
            name: 'libxml2',
            version: '2.9.14+dfsg-1.3~deb12u1',
            manager: 'OS',
            layer: 'sha256:deb7d8874f38d4ec281d990aac2c7badbfcd5b97d602a388056e3f918a3f8cc7',
          },
          fix: 'no',
          fixedIn: null,
          exploitable: false,
          score: 8.1,
          firstObservedAt: Date.parse('2025-05-27T17:54:07.765Z'),
          status: 'active',
        },
      ],
    })
  })

  test('enhanced-moto-curl has a finding that nobody rated, which has no score', async () => {
    expect(await evidenceOf(read('enhanced-moto-curl'))).toMatchObject({
      findings: [
        {id: 'CVE-2024-9681', severity: 'medium', score: 6.5},
        {id: 'CVE-2025-24528', severity: 'untriaged', score: null, description: null},
      ],
    })
  })

  test.each(['inspector2-one-vul', 'inspector2-many-vul'])(
    '%s: a vulnerability in several packages is one finding for each of them',
    async name => {
      const {findings} = read(name) as {readonly findings: readonly InspectorFinding[]}
      const perPackage = findings.flatMap(({severity, packageVulnerabilityDetails}) =>
        packageVulnerabilityDetails.vulnerablePackages.map(() => severity),
      )
      const evidence = await evidenceOf(read(name))
      expect(severitiesOf(evidence)).toEqual(counted(perPackage))
      const statuses = evidence.kind === 'scanned' ? evidence.findings.map(({status}) => status) : []
      expect(statuses.filter(status => status === 'closed')).toHaveLength(
        findings.filter(({status}) => status === 'CLOSED').length,
      )
    },
  )

  test('securityhub-inspector-ecr: seven vulnerabilities in twelve packages, each with the fix of its own package', async () => {
    const {Findings} = read('securityhub-inspector-ecr') as {readonly Findings: readonly HubFinding[]}
    const perPackage = Findings.flatMap(({Severity, Vulnerabilities}) =>
      Vulnerabilities.flatMap(({VulnerablePackages}) => VulnerablePackages.map(() => Severity.Label)),
    )
    expect(perPackage).toHaveLength(12)
    const evidence = await evidenceOf(read('securityhub-inspector-ecr'))
    expect(severitiesOf(evidence)).toEqual(counted(perPackage))
    const fixes = evidence.kind === 'scanned' ? evidence.findings.map(({fix, fixedIn}) => [fix, fixedIn]) : []
    expect(fixes[0]).toEqual(['yes', '1.1.1n-0+deb11u5'])
  })
})

interface InspectorFinding {
  readonly severity: string
  readonly status: string
  readonly packageVulnerabilityDetails: {readonly vulnerablePackages: readonly unknown[]}
}

interface HubFinding {
  readonly Severity: {readonly Label: string}
  readonly Vulnerabilities: readonly {readonly VulnerablePackages: readonly unknown[]}[]
}
