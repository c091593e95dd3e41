import type {Fields} from '../../src/lib/oci/descriptor.ts'

/** The pages of an answer of DescribeImageScanFindings, as they come over the wire. */
export type Pages = readonly [Fields, ...Fields[]]

/** Makes an answer whose findings nobody may believe: of a manifest that has one of a scan's findings at least. */
export type Malform = (answer: Fields) => Pages

/** What may be wrong with an answer, whatever its status is. */
export const malformed: Readonly<Record<string, Malform>> = {
  'an empty object': () => [{}],
  'no findings': answer => [without(answer, 'imageScanFindings')],
  'findings that are null': answer => [{...answer, imageScanFindings: null}],
  'findings that say nothing': answer => [{...answer, imageScanFindings: {}}],
  'no list of findings': answer => [withFound(answer, found => without(found, ...lists))],
  'no list of findings and a count of none': answer => [
    withFound(answer, found => ({...without(found, ...lists), findingSeverityCounts: {}})),
  ],
  'an object for a list': answer => [withList(answer, () => ({}))],
  'a text for a list': answer => [withList(answer, () => 'none')],
  'a finding that is null': answer => [withList(answer, ([, ...others]) => [null, ...others])],
  'a finding that is a text': answer => [withList(answer, ([, ...others]) => ['CVE-1', ...others])],
  'a finding without an id': answer => [
    withFirst(answer, finding => ({
      ...without(finding, 'name'),
      packageVulnerabilityDetails: without(fields(finding['packageVulnerabilityDetails']), 'vulnerabilityId'),
    })),
  ],
  'a finding without a severity': answer => [withFirst(answer, finding => without(finding, 'severity'))],
  'a severity that is a number': answer => [withFirst(answer, finding => ({...finding, severity: 5}))],
  'a finding without a package': answer => [
    withFirst(answer, finding => ({
      ...finding,
      attributes: [],
      packageVulnerabilityDetails: {
        ...fields(finding['packageVulnerabilityDetails']),
        vulnerablePackages: [],
      },
    })),
  ],
  'fewer findings than are counted': answer => [withList(answer, ([, ...others]) => others)],
  'no findings where some are counted': answer => [withList(answer, () => [])],
  'a count that is no number': answer => [
    withFound(answer, found => ({...found, findingSeverityCounts: {HIGH: 'many'}})),
  ],
  'a count below nothing': answer => [
    withFound(answer, found => ({...found, findingSeverityCounts: {HIGH: -1}})),
  ],
  'no counts': answer => [withFound(answer, found => without(found, 'findingSeverityCounts'))],
  'findings of both kinds of scans': answer => [
    withFound(answer, found => ({
      ...found,
      findings: [basic],
      enhancedFindings: [enhanced],
      findingSeverityCounts: {LOW: 2},
    })),
  ],
  'another digest': answer => [{...answer, imageId: {imageDigest: `sha256:${'0'.repeat(64)}`}}],
  'no digest': answer => [{...answer, imageId: {imageTag: 'v1'}}],
  'no image': answer => [without(answer, 'imageId')],
  'another repository': answer => [{...answer, repositoryName: 'other'}],
  'another registry': answer => [{...answer, registryId: '999999999999'}],
  'no status': answer => [without(answer, 'imageScanStatus')],
  'a status without a word': answer => [{...answer, imageScanStatus: {description: 'Completed.'}}],
  'an empty status': answer => [{...answer, imageScanStatus: {status: ''}}],
  'a time that is none': answer => [
    withFound(answer, found => ({...found, imageScanCompletedAt: 'yesterday'})),
  ],
  'a second page of another digest': answer => [
    {...answer, nextToken: '2'},
    {...answer, imageId: {imageDigest: `sha256:${'0'.repeat(64)}`}},
  ],
  'a second page of another status': answer => [
    {...answer, nextToken: '2'},
    {...answer, imageScanStatus: {status: 'IN_PROGRESS', description: 'Another one.'}},
  ],
  'a second page without a list': answer => [
    {...answer, nextToken: '2'},
    withFound(answer, found => without(found, ...lists)),
  ],
  'the first page again where another is counted': answer => {
    const twice = withFound(answer, found => ({
      ...found,
      findingSeverityCounts: Object.fromEntries(
        Object.entries(fields(found['findingSeverityCounts'])).map(([word, count]) => [
          word,
          2 * Number(count),
        ]),
      ),
    }))
    return [{...twice, nextToken: '2'}, twice]
  },
  'pages without an end': answer => [
    {...answer, nextToken: '2'},
    {...answer, nextToken: '2'},
  ],
}

const lists = ['findings', 'enhancedFindings'] as const
const basic = {name: 'CVE-1', severity: 'LOW', attributes: [{key: 'package_name', value: 'curl'}]}
const enhanced = {
  severity: 'LOW',
  packageVulnerabilityDetails: {vulnerabilityId: 'CVE-2', vulnerablePackages: [{name: 'curl'}]},
}

function withFound(answer: Fields, change: (found: Fields) => Fields): Fields {
  return {...answer, imageScanFindings: change(fields(answer['imageScanFindings']))}
}

function withList(answer: Fields, change: (list: readonly unknown[]) => unknown): Fields {
  return withFound(answer, found => {
    const name = lists.find(each => Array.isArray(found[each])) ?? 'findings'
    return {...found, [name]: change(found[name] as readonly unknown[])}
  })
}

function withFirst(answer: Fields, change: (finding: Fields) => Fields): Fields {
  return withList(answer, ([first, ...others]) => [change(fields(first)), ...others])
}

function without(value: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

function fields(value: unknown): Fields {
  return (value ?? {}) as Fields
}
