import {ECRClient, PutRegistryScanningConfigurationCommand, type ScanType} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import type {Estate} from '../../src/lib/config/estate.ts'
import {parseEstate} from '../../src/lib/config/parse.ts'
import type {AwsEnvironment} from '../../src/lib/ecr/environment.ts'
import {type OpenImage, type OpenImages, openImages} from '../../src/lib/ecr/inventory/images.ts'
import type {RegistriesOptions} from '../../src/lib/ecr/inventory/registries.ts'
import type {Digest} from '../../src/lib/oci/digest.ts'
import type {RegistryContext} from '../../src/lib/oci/registry.ts'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/lib/sandbox/index.ts'
import {type AwaitOptions, awaitEvidence, type ScanEvent} from '../../src/lib/scan/await-evidence.ts'
import type {Evidence, ImageEvidence} from '../../src/lib/scan/evidence.ts'
import {scanDay} from './scan-documents.ts'
import {type ChangeAnswer, startScanFront} from './scan-front.ts'
import {type ScannedImage, scannedRepository} from './scan-images.ts'

const [dev, prod] = ['111111111111', '222222222222']
export const devWest = {account: dev, region: 'eu-west-1'}
export const prodWest = {account: prod, region: 'eu-west-1'}
export const prodEast = {account: prod, region: 'us-east-1'}

/** Where a repository is. */
export interface Place {
  readonly account: string
  readonly region: string
  readonly name: string
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
    async put(place, ...images) {
      const {seed, digests} = scannedRepository(place, images)
      await sandbox.seed({repositories: [seed]})
      sandbox.clearRequests()
      return digests
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

function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(names, name => name)].map(([name, same]) => [name, same.length]))
}

/** The one platform's evidence of the one image. */
export function only(images: readonly ImageEvidence[]): Evidence {
  const platforms = images.flatMap(image => image.platforms)
  const [first] = platforms
  if (first === undefined || platforms.length !== 1) throw new TypeError(`${platforms.length} platforms`)
  return first.evidence
}
