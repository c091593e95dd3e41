/** What scans answer, as the sandbox and ECR's API have it. */
import type {Fields} from '../../src/lib/oci/descriptor.ts'

/** When a test begins, and when everything was pushed. */
export const scanDay = Date.UTC(2026, 10, 1)

/** A finding of a basic scan. */
export function basicFinding(name: string, severity: string, more: Fields = {}): Fields {
  const attributes = [
    {key: 'package_name', value: 'openssl'},
    {key: 'package_version', value: '1.1.1n-0'},
    {key: 'CVSS3_SCORE', value: '7.5'},
  ]
  return {name, severity, uri: `https://example.com/${name}`, attributes, ...more}
}

/** A finding of an enhanced scan, in one package that an update mends. */
export function enhancedFinding(vulnerabilityId: string, severity: string, more: Fields = {}): Fields {
  return {
    title: `${vulnerabilityId} - openssl`,
    description: `What ${vulnerabilityId} is.`,
    severity,
    status: 'ACTIVE',
    type: 'PACKAGE_VULNERABILITY',
    fixAvailable: 'YES',
    exploitAvailable: 'NO',
    score: 7.5,
    firstObservedAt: scanDay / 1000 - 86_400,
    packageVulnerabilityDetails: {
      vulnerabilityId,
      source: 'DEBIAN_CVE',
      sourceUrl: `https://example.com/${vulnerabilityId}`,
      cvss: [{baseScore: 7.5, scoringVector: 'CVSS:3.1/…', source: 'NVD', version: '3.1'}],
      vulnerablePackages: [
        {
          name: 'openssl',
          version: '1.1.1n',
          release: '0+deb11u4',
          epoch: 0,
          packageManager: 'OS',
          fixedInVersion: '0:1.1.1n-0+deb11u5',
        },
      ],
    },
    ...more,
  }
}

export function basicScan(...findings: readonly Fields[]): Fields {
  return {imageScanStatus: {status: 'COMPLETE'}, imageScanFindings: {findings}}
}

export function enhancedScan(...enhancedFindings: readonly Fields[]): Fields {
  return {imageScanStatus: {status: 'ACTIVE'}, imageScanFindings: {enhancedFindings}}
}

/** A scan that ended, or has not, without findings. */
export function scanStatus(status: string, description?: string): Fields {
  return {
    imageScanStatus: {status, ...(description === undefined ? {} : {description})},
    imageScanFindings: null,
  }
}
