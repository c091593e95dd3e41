import {onTestFinished} from 'vitest'
import {parseEstate} from '../../src/lib/config/parse.ts'
import type {Digest} from '../../src/lib/oci/digest.ts'
import type {PromotionOrder, PromotionResult, PromotionWorld} from '../../src/lib/promote/run.ts'
import type {SandboxOptions} from '../../src/lib/sandbox/index.ts'
import {basicFinding, basicScan} from './scan-documents.ts'
import {type ScannedImage, scannedRepository} from './scan-images.ts'
import {repos as accounts, dev, prod, startWorld, type World} from './world.ts'

/** What scans find: nothing that fails, and something that does. */
export const good = basicScan(basicFinding('CVE-2026-1', 'LOW'))
export const bad = basicScan(basicFinding('CVE-2026-2', 'HIGH'), basicFinding('CVE-2026-3', 'CRITICAL'))

/** A world whose `repos.yaml` has gates; the repositories are there on both sides. */
export interface GatedWorld extends World {
  /** Puts images into a repository of dev, and makes that of prod. @returns their digests by name. */
  put(name: string, ...images: readonly ScannedImage[]): Promise<ReadonlyMap<string, Digest>>
  /** What the next scan of it finds, or with `scanned` one has just found. */
  find(repository: string, digest: Digest, findings: object): Promise<void>
  /** Repositories of others than dev that something was sent to. */
  written(): readonly string[]
  /** The estate with other gates, and perhaps promotions. */
  estate(rest: string): PromotionWorld['estate']
  /** What tags of a repository of prod name. */
  tagsAtProd(repository: string, ...tags: readonly string[]): Promise<Readonly<Record<string, Digest>>>
}

export const strict = 'gates:\n  strict: {failOn: {severity: high}}\n'

export async function openGatedWorld(options: SandboxOptions = {}): Promise<GatedWorld> {
  const world = await startWorld(options)
  onTestFinished(() => world.close())
  const {sandbox} = world
  const estate = (rest: string) => parseEstate(accounts + rest, 'repos.yaml')
  return {
    ...world,
    estate,
    async put(name, ...images) {
      const {seed, digests} = scannedRepository({...dev, name}, images)
      await sandbox.seed({repositories: [seed, {...prod, name}]})
      sandbox.clearRequests()
      return digests
    },
    find: (repository, digest, findings) =>
      sandbox.putFindings({...dev, repository, digest, findings, scanned: true}),
    written: () => [
      ...new Set(
        sandbox.requests
          .filter(({mutating, account}) => mutating && account !== dev.account)
          .map(({repository = ''}) => repository),
      ),
    ],
    promote: (
      images: PromotionOrder['images'],
      words: Partial<PromotionOrder> = {},
      around: Partial<PromotionWorld> = {},
    ): Promise<PromotionResult> => world.promote(images, words, {estate: estate(strict), ...around}),
    async tagsAtProd(repository, ...tags) {
      const registry = await world.open(`${prod.account}.dkr.ecr.${prod.region}.amazonaws.com`)
      return Object.fromEntries(await registry.repository(repository).resolve(tags))
    },
  }
}

/** `REPOSITORY:TAG OUTCOME VERDICT ERROR` of each image, in the order of their names. */
export function told({items}: PromotionResult): string[] {
  return items
    .map(({source, outcome, gate, error}) =>
      [source.split('/')[1], outcome, gate?.verdict ?? '-', error?.code ?? '-'].join(' '),
    )
    .toSorted()
}
