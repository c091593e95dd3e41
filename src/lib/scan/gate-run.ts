import type {Estate} from '../config/estate.ts'
import {type GateFlags, type GatePolicy, gatePolicy} from '../config/gates.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {type OpenImage, openImages} from '../ecr/inventory/images.ts'
import type {RegistriesOptions} from '../ecr/inventory/registries.ts'
import {type ExitCode, exitCodes, type GantryError} from '../errors.ts'
import {addTraffic, type Traffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {Caller} from '../plan/document.ts'
import {type AwaitOptions, awaitEvidence, type ScanEvent} from './await-evidence.ts'
import {type ComparedWith, openBaselines} from './baseline.ts'
import {type IgnoreNotes, ignoreNotes, readIgnoreRules} from './ignore-rules.ts'
import {judgeImage} from './judge-image.ts'
import {movedTags} from './moved-tags.ts'
import {namedGate} from './named-gate.ts'
import type {ImageVerdict} from './verdict.ts'
import {readVex} from './vex.ts'

/** What `gantry scan-gate` was asked for. */
export interface ScanGateOrder {
  /** `[ALIAS[@REGION]/ | HOST/]REPOSITORY(:TAG|@DIGEST)`. */
  readonly images: readonly string[]
  /** `ALIAS[@REGION]`; none for all that the words mean. */
  readonly accounts: readonly string[]
  /** A gate of repos.yaml; without one the defaults hold. */
  readonly gate: string | undefined
  /** What flags say instead of the gate. */
  readonly flags: GateFlags
  /** Whether a basic scan is begun where there is none. */
  readonly start: boolean
  /** An image, or `ALIAS[@REGION]`: the newest tagged image of the same repository there. */
  readonly baseline: string | undefined
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

/** The world around a gate. */
export interface ScanGateWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
  /** Folder that names of files are taken from. */
  readonly cwd: string
  /** A number from 0 to 1. */
  readonly random: () => number
  readonly onEvent: (event: ScanEvent) => void
}

/** A verdict, and what the image was compared with. */
export interface GatedImage extends ImageVerdict {
  /** Null without a baseline. */
  readonly baseline: ComparedWith | null
}

export interface ScanGateRun {
  /** The gate's name; null when flags alone, or nothing, say what holds. */
  readonly gate: string | null
  readonly policy: GatePolicy
  /** In the order of the words. */
  readonly images: readonly GatedImage[]
  /** Words that mean nothing that is there, and registries that could not be asked about one. */
  readonly missing: readonly {readonly text: string; readonly error: GantryError}[]
  readonly notes: IgnoreNotes
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** 0 only when every image passed: see {@link gateExitCode}. */
  readonly exitCode: ExitCode
}

/**
 * Judges images by what scans say of them. Changes nothing, but that `start` may begin scans.
 *
 * @throws {UsageError} UNKNOWN_GATE, FILTER_NEEDS_ENHANCED; {ConfigError} of a file of ignore rules or VEX; what
 *   `openImages` throws.
 */
export async function runScanGate(order: ScanGateOrder, world: ScanGateWorld): Promise<ScanGateRun> {
  const {estate, aws, cwd} = world
  const startedAt = aws.now()
  const policy = policyOf(order, estate)
  const [ignores, vex] = await Promise.all([readIgnoreRules(policy.ignores, cwd), readVex(policy.vex, cwd)])
  const options = openOptions(order, world)
  const open = await openImages(order.images, estate, options)
  const {images, missing, registries} = open
  const awaiting = awaitOptions(order, policy, world)
  let baselines: Awaited<ReturnType<typeof openBaselines>> | undefined
  try {
    baselines = await openBaselines(order.baseline, images, estate, {
      ...options,
      access: 'look',
    })
    const [evidence, compared] = await Promise.all([
      awaitEvidence(images, awaiting),
      // Only of what is judged scans are begun.
      baselines.read({...awaiting, start: false}),
    ])
    const now = aws.now()
    const verdicts = evidence.map((one, index): GatedImage => {
      const baseline = compared[index]
      const inherited = baseline?.findingsFor?.(one)
      const terms = {now, ignores, vex, ...(inherited === undefined ? {} : {baseline: inherited})}
      return {...judgeImage(one, policy, terms), baseline: baseline?.told ?? null}
    })
    const judged = await withMovedTags(verdicts, images, aws.signal)
    return {
      gate: order.gate ?? null,
      policy,
      images: judged,
      missing,
      notes: ignoreNotes(ignores, judged, now),
      callers: registries.callers,
      warnings: registries.warnings,
      traffic: addTraffic(registries.traffic(), baselines.traffic()),
      durationMs: aws.now() - startedAt,
      exitCode: gateExitCode(judged, missing),
    }
  } finally {
    baselines?.close()
    registries.close()
  }
}

/**
 * The gate's word on all images: no (3) as soon as one fails; else the error of one that could not be looked at; else
 * undetermined (8) while evidence is missing; yes (0) only when every one passed, and there is one.
 */
export function gateExitCode(
  images: readonly Pick<ImageVerdict, 'verdict'>[],
  missing: readonly {readonly error: GantryError}[],
): ExitCode {
  const has = (wanted: ImageVerdict['verdict']) => images.some(({verdict}) => verdict === wanted)
  if (has('failed')) return exitCodes.gateSaidNo
  const [first] = missing
  if (first !== undefined) return first.error.exitCode
  return images.length === 0 || has('undetermined') ? exitCodes.undetermined : exitCodes.done
}

/** @throws {UsageError} UNKNOWN_GATE. */
function policyOf({gate, flags}: ScanGateOrder, estate: Estate): GatePolicy {
  return gatePolicy(gate === undefined ? undefined : namedGate(gate, estate), flags)
}

/** A tag that names another image by now would be deployed unjudged. */
async function withMovedTags(
  verdicts: readonly GatedImage[],
  images: readonly OpenImage[],
  signal: AbortSignal,
): Promise<readonly GatedImage[]> {
  const moved = await movedTags(images, signal)
  return verdicts.map((verdict, index) => {
    const image = images[index]
    const reason = image === undefined ? undefined : moved.get(image)
    if (reason === undefined) return verdict
    return {
      ...verdict,
      verdict: verdict.verdict === 'failed' ? 'failed' : 'undetermined',
      reasons: [...verdict.reasons, reason],
    }
  })
}

function openOptions(
  {accounts, start, concurrency}: ScanGateOrder,
  {aws, region}: ScanGateWorld,
): RegistriesOptions {
  const {now, signal, wait, retryForMs = 60_000, onEvent = () => {}} = aws
  return {
    environment: aws,
    context: {now, signal, wait, concurrency, retryForMs, onEvent},
    access: start ? 'scan' : 'look',
    accounts,
    region,
  }
}

function awaitOptions(
  {start, concurrency}: ScanGateOrder,
  {waitMs}: GatePolicy,
  {aws: {now, signal, wait = realWait}, random, onEvent}: ScanGateWorld,
): AwaitOptions {
  return {waitMs, start, now, wait, signal, random, onEvent, concurrency}
}
