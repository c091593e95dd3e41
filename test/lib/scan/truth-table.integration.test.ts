import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {type GatePolicy, gateDefaults} from '../../../src/lib/config/gates.ts'
import type {Fields} from '../../../src/lib/oci/descriptor.ts'
import type {ImageEvidence} from '../../../src/lib/scan/evidence.ts'
import {ignoreRulesOf} from '../../../src/lib/scan/ignore-rules.ts'
import {judgeImage} from '../../../src/lib/scan/judge-image.ts'
import {vexStatementsOf} from '../../../src/lib/scan/vex.ts'
import {malformed, type Pages} from '../../support/malformed-scans.ts'
import {
  basicFinding,
  basicScan,
  enhancedFinding,
  enhancedScan,
  scanDay,
} from '../../support/scan-documents.ts'
import {devWest, openScanWorld} from '../../support/scan-world.ts'
import {dev, http} from '../sandbox/support.ts'

// ECR API, ImageScanStatus; and one that nobody knows.
const statuses = [
  'ACTIVE',
  'COMPLETE',
  'FAILED',
  'FINDINGS_UNAVAILABLE',
  'IMAGE_ARCHIVED',
  'IN_PROGRESS',
  'LIMIT_EXCEEDED',
  'PENDING',
  'SCAN_ELIGIBILITY_EXPIRED',
  'UNSUPPORTED_IMAGE',
  'FINISHED_SOMEHOW',
]

/** From the strictest to one that lets everything pass that was scanned. */
const policies: readonly GatePolicy[] = [
  gateDefaults,
  {...gateDefaults, failOn: failOn('informational')},
  {...gateDefaults, failOn: failOn('critical'), unratedAs: 'informational'},
  {...gateDefaults, failOn: {...failOn('high'), cvss: 10}, unratedAs: 'low', onUnsupported: 'warn'},
  {
    ...gateDefaults,
    failOn: failOn(null),
    most: {critical: 1_000_000, high: 1_000_000},
    onUnsupported: 'pass',
  },
  {...gateDefaults, packages: ['no-such-package'], onUnsupported: 'pass'},
]

function failOn(severity: GatePolicy['failOn']['severity']): GatePolicy['failOn'] {
  return {severity, fixable: false, exploitable: false}
}

/** Answers that are as they should be: each is evidence when a scan has ended so. */
const answers: Readonly<Record<string, Fields>> = {
  basic: basicScan(basicFinding('CVE-1', 'HIGH'), basicFinding('CVE-2', 'LOW'), basicFinding('CVE-3', 'LOW')),
  enhanced: enhancedScan(enhancedFinding('CVE-1', 'HIGH'), enhancedFinding('CVE-2', 'UNTRIAGED')),
}

/** What public repositories and documentation show. They are not part of this project. */
const folder = new URL('../../../../shared/data/scan-findings/', import.meta.url)
const real = [
  'basic-awscli-example',
  'basic-golang-alpine',
  'enhanced-aws-docs-libxml2',
  'enhanced-moto-curl',
]

/** Looks at an image whose scan answers what it is told to. */
interface Table {
  /** What ECR answers when a scan has ended with the document. */
  readonly own: Fields
  readonly look: (...pages: Pages) => Promise<ImageEvidence>
}

async function openTable(document: Fields): Promise<Table> {
  let told: Pages | undefined
  const world = await openScanWorld({
    change: (operation, {nextToken}) =>
      operation === 'DescribeImageScanFindings' ? told?.[nextToken === undefined ? 0 : 1] : undefined,
  })
  const digests = await world.put(app, {name: 'v1', tags: ['v1']})
  const digest = digests.get('v1') ?? 'sha256:'
  const {images} = await world.open(['dev/app:v1'])
  if (JSON.stringify(document).includes('enhancedFindings')) await world.configure(devWest, 'ENHANCED')
  await world.find(app, digest, document)
  const answer = await http(world.sandbox.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.DescribeImageScanFindings',
      authorization: `AWS4-HMAC-SHA256 Credential=${dev}/20261101/${devWest.region}/ecr/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({repositoryName: 'app', imageId: {imageDigest: digest}}),
  })
  return {
    own: JSON.parse(answer.text) as Fields,
    async look(...pages) {
      told = pages
      const [evidence] = await world.look(images)
      if (evidence === undefined) throw new TypeError('nothing was said of the image')
      return evidence
    },
  }
}

const app = {...devWest, name: 'app'}

/** The answer with a status: what an answer of that shape would say, whatever it is worth. */
function withStatus(answer: Fields, status: string): Fields {
  const {imageScanStatus} = answer
  return imageScanStatus === undefined
    ? answer
    : {...answer, imageScanStatus: {status, description: 'So it is.'}}
}

function verdicts(evidence: ImageEvidence): string[] {
  const terms = {now: scanDay, ignores: ignoreRulesOf([]), vex: vexStatementsOf([])}
  return policies.map(policy => judgeImage(evidence, policy, terms).verdict)
}

/** Answers that are malformed and passed a gate, or were taken for evidence. */
async function falsePasses(document: Fields, among: readonly string[]): Promise<string[]> {
  const {own, look} = await openTable(document)
  const passes: string[] = []
  for (const status of among) {
    for (const [what, malform] of Object.entries(malformed)) {
      const image = await look(...malform(withStatus(own, status)))
      const kinds = new Set(image.platforms.map(({evidence}) => evidence.kind))
      // An image that cannot be scanned has no findings, and is what some policies let pass.
      const isUnsupported = status === 'UNSUPPORTED_IMAGE' && kinds.has('unsupported')
      const passed = verdicts(image).includes('passed') && !isUnsupported
      if (kinds.has('scanned') || passed) passes.push(`${status}, ${what}`)
    }
  }
  return passes
}

describe('no answer that is malformed is evidence, or passes any gate', () => {
  test.each(Object.entries(answers))('of a scan that is %s, whatever its status', async (_, document) => {
    expect(await falsePasses(document, statuses)).toEqual([])
  })

  test.skipIf(!existsSync(folder)).each(real)('made of the real %s', async name => {
    const document = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Fields
    expect(await falsePasses(document, ['ACTIVE', 'COMPLETE'])).toEqual([])
  })
})

describe('whole answers', () => {
  test.each(Object.entries(answers))(
    'of a scan that is %s are evidence, and pass some of the same gates',
    async (_, document) => {
      const {own, look} = await openTable(document)
      const image = await look(own)
      expect(image.platforms).toMatchObject([{evidence: {kind: 'scanned'}}])
      expect(verdicts(image)).toEqual(['failed', 'failed', 'passed', 'passed', 'passed', 'passed'])
    },
  )

  test.each(Object.entries(answers))(
    'of a scan that is %s are evidence only when it has ended',
    async (kind, document) => {
      const {own, look} = await openTable(document)
      const taken: string[] = []
      for (const status of statuses) {
        const {platforms} = await look(withStatus(own, status))
        if (platforms.some(({evidence}) => evidence.kind === 'scanned')) taken.push(status)
      }
      expect(taken).toEqual(kind === 'basic' ? ['COMPLETE'] : ['ACTIVE', 'COMPLETE'])
    },
  )
})
