import {ECRClient, PutRegistryScanningConfigurationCommand, type ScanType} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Estate} from '../../src/lib/config/estate.ts'
import {parseEstate} from '../../src/lib/config/parse.ts'
import type {AwsEnvironment} from '../../src/lib/ecr/environment.ts'
import {type OpenImage, type OpenImages, openImages} from '../../src/lib/ecr/inventory/images.ts'
import type {RegistriesOptions} from '../../src/lib/ecr/inventory/registries.ts'
import {type Digest, digestOf} from '../../src/lib/oci/digest.ts'
import {mediaTypes} from '../../src/lib/oci/media-types.ts'
import type {RegistryContext} from '../../src/lib/oci/registry.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'
import {type AwaitOptions, awaitEvidence, type ScanEvent} from '../../src/lib/scan/await-evidence.ts'
import type {ImageEvidence} from '../../src/lib/scan/evidence.ts'
import {type ChangeAnswer, type Fields, startScanFront} from './scan-front.ts'

const [dev, prod] = ['111111111111', '222222222222']
export const devWest = {account: dev, region: 'eu-west-1'}
export const prodWest = {account: prod, region: 'eu-west-1'}
export const prodEast = {account: prod, region: 'us-east-1'}

/** When a test begins, and when everything was pushed. */
export const scanDay = Date.UTC(2026, 10, 1)

/** Where a repository is. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly name: string
}

/** What an index lists. */
export interface ListedImage {
  /** Of an earlier image. */
  readonly name: string
  /** `linux/arm64/v8`; absent where the index does not say. */
  readonly platform?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly 'os.version'?: string
}

/** An image to put into a repository. */
export interface ScannedImage {
  /** Names it in what other images list and in what is returned, and decides its digest. */
  readonly name: string
  readonly tags?: readonly string[]
  /** Then it is an index. */
  readonly lists?: readonly ListedImage[]
  /** A document that scans of it find, as the sandbox takes them. A scan has just found it. */
  readonly findings?: object
}

/** A sandbox with two accounts and three registries, whose clock stands still but where somebody waits. */
export interface ScanWorld {
  readonly sandbox: Sandbox
  readonly aws: AwsEnvironment
  /** `dev@eu-west-1`, `prod@eu-west-1` and `prod@us-east-1`. */
  readonly estate: Estate
  /** What was told while evidence was waited for. */
  readonly events: readonly ScanEvent[]
  /** Makes a repository with images. @returns their digests by name. */
  readonly put: (place: Place, ...images: readonly ScannedImage[]) => Promise<ReadonlyMap<string, Digest>>
  /** How a registry scans; whatever is pushed is scanned, continuously by enhanced scanning. */
  readonly configure: (place: Omit<Place, 'name'>, scanType: ScanType, repositories?: string) => Promise<void>
  /** What the next scans of an image find; `scanned`: what a scan has just found. */
  readonly find: (place: Place, digest: Digest, findings: object, scanned?: boolean) => Promise<void>
  /** Opens the images that words mean. */
  readonly open: (words: readonly string[], options?: Partial<RegistriesOptions>) => Promise<OpenImages>
  /** Waits for what scans say of images: one look unless it is told to wait. */
  readonly look: (
    images: readonly OpenImage[],
    options?: Partial<AwaitOptions>,
  ) => Promise<readonly ImageEvidence[]>
  /** Opens the images and looks. */
  readonly evidence: (
    words: readonly string[],
    options?: Partial<AwaitOptions>,
  ) => Promise<readonly ImageEvidence[]>
  /** How often each operation was asked since the last `put`, `configure` or `find`. */
  readonly operations: () => Readonly<Record<string, number>>
}

export interface ScanWorldOptions extends SandboxOptions {
  /** Answers that the sandbox does not give. */
  readonly change?: ChangeAnswer
}

export async function openScanWorld({change, ...options}: ScanWorldOptions = {}): Promise<ScanWorld> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  await sandbox.setClock(scanDay)
  const sandboxUrl = change === undefined ? sandbox.url : await startScanFront(sandbox.url, change)
  const aws: AwsEnvironment = {
    env: {},
    sandboxUrl,
    now: () => sandbox.now(),
    wait: ms => sandbox.advanceClock(ms),
    signal: AbortSignal.timeout(60_000),
  }
  const events: ScanEvent[] = []
  const open: ScanWorld['open'] = async (words, given = {}) => {
    const opened = await openImages(words, estate, {
      environment: aws,
      context: contextOf(aws),
      access: 'scan',
      ...given,
    })
    onTestFinished(() => opened.registries.close())
    return opened
  }
  const look: ScanWorld['look'] = (images, given = {}) =>
    awaitEvidence(images, {
      waitMs: 0,
      start: false,
      now: aws.now,
      wait: ms => sandbox.advanceClock(ms),
      signal: aws.signal,
      random: () => 1,
      onEvent: event => events.push(event),
      concurrency: 4,
      ...given,
    })
  return {
    sandbox,
    aws,
    estate,
    events,
    open,
    async put({account, region, name}, ...images) {
      const built = buildAll(images)
      const seeded = images.map(({name: image, tags, findings}) => ({
        manifest: built.get(image)?.manifest ?? '',
        ...(tags === undefined ? {} : {tag: tags}),
        ...(findings === undefined ? {} : {findings}),
      }))
      const blobs = [...built.values()].flatMap(image => image.blobs.map(toBase64))
      await sandbox.seed({repositories: [{account, region, name, blobs, images: seeded}]})
      sandbox.clearRequests()
      return new Map([...built].map(([image, {digest}]) => [image, digest]))
    },
    async configure({account, region}, scanType, filter = '*') {
      const client = new ECRClient({
        endpoint: sandbox.url,
        region,
        credentials: {accessKeyId: account, secretAccessKey: 'any'},
        maxAttempts: 1,
      })
      const rule = {
        scanFrequency: scanType === 'BASIC' ? ('SCAN_ON_PUSH' as const) : ('CONTINUOUS_SCAN' as const),
        repositoryFilters: [{filter, filterType: 'WILDCARD' as const}],
      }
      await client.send(new PutRegistryScanningConfigurationCommand({scanType, rules: [rule]}))
      client.destroy()
      sandbox.clearRequests()
    },
    async find({account, region, name: repository}, digest, findings, scanned = true) {
      await sandbox.putFindings({account, region, repository, digest, findings, scanned})
      sandbox.clearRequests()
    },
    look,
    async evidence(words, given) {
      const {images} = await open(words)
      return look(images, given)
    },
    operations: () => countsOf(sandbox.requests.map(({operation = 'unknown'}) => operation)),
  }
}

const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev}", region: eu-west-1}
  prod: {id: "${prod}", regions: [eu-west-1, us-east-1]}
`,
  'repos.yaml',
)

export function contextOf({signal, now, wait}: AwsEnvironment): RegistryContext {
  return {signal, now, wait, concurrency: 4, retryForMs: 5000, onEvent() {}}
}

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

interface BuiltImage {
  readonly manifest: string
  readonly digest: Digest
  readonly blobs: readonly string[]
}

function buildAll(images: readonly ScannedImage[]): ReadonlyMap<string, BuiltImage> {
  const built = new Map<string, BuiltImage>()
  for (const {name, lists} of images) {
    const blobs = lists === undefined ? [JSON.stringify({made: name}), `layer of ${name}`] : []
    const content =
      lists === undefined
        ? {
            mediaType: mediaTypes.ociManifest,
            config: described('application/vnd.oci.image.config.v1+json', blobs[0]),
            layers: [described('application/vnd.oci.image.layer.v1.tar', blobs[1])],
          }
        : {mediaType: mediaTypes.ociIndex, manifests: lists.map(each => listed(each, built))}
    const manifest = JSON.stringify({schemaVersion: 2, ...content})
    built.set(name, {manifest, digest: digestOf(Buffer.from(manifest)), blobs})
  }
  return built
}

function listed(
  {name, platform, annotations, 'os.version': version}: ListedImage,
  built: ReadonlyMap<string, BuiltImage>,
): Fields {
  const image = built.get(name)
  if (image === undefined) throw new TypeError(`${name} comes later, or not at all`)
  const [os, architecture, variant] = platform?.split('/') ?? []
  return {
    mediaType: JSON.parse(image.manifest).mediaType as string,
    digest: image.digest,
    size: Buffer.byteLength(image.manifest),
    ...(platform === undefined
      ? {}
      : {
          platform: {
            os,
            architecture,
            ...(variant === undefined ? {} : {variant}),
            ...(version === undefined ? {} : {'os.version': version}),
          },
        }),
    ...(annotations === undefined ? {} : {annotations}),
  }
}

function described(mediaType: string, content = ''): Fields {
  return {mediaType, digest: digestOf(Buffer.from(content)), size: Buffer.byteLength(content)}
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(names, name => name)].map(([name, same]) => [name, same.length]))
}
