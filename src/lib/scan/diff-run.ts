import type {Estate} from '../config/estate.ts'
import type {GateSeverity} from '../config/gates.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import {type OpenImage, type OpenImages, openImages} from '../ecr/inventory/images.ts'
import {type ExitCode, exitCodes} from '../errors.ts'
import type {Traffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {Caller} from '../plan/document.ts'
import {ambiguousImage} from './ambiguous-image.ts'
import {awaitEvidence, type ScanEvent} from './await-evidence.ts'
import {type ComparedFinding, diffFindings} from './diff.ts'
import type {ImageEvidence} from './evidence.ts'
import {countedAs, isAtOrAbove} from './severity.ts'

/** What `gantry scan-diff` was asked for. */
export interface ScanDiffOrder {
  /** `[ALIAS[@REGION]/ | HOST/]REPOSITORY(:TAG|@DIGEST)`, each of which has to be at one registry. */
  readonly before: string
  readonly after: string
  /** New or worse findings of this severity, or a graver one, are a no; none are without it. */
  readonly failOn: GateSeverity | undefined
  /** Milliseconds to wait for scans. */
  readonly waitMs: number
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

/** The world around a comparison. */
export interface ScanDiffWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
  /** A number from 0 to 1. */
  readonly random: () => number
  readonly onEvent: (event: ScanEvent) => void
}

export interface ScanDiffRun {
  readonly before: ImageEvidence
  readonly after: ImageEvidence
  /** None unless there is evidence of every platform of both. */
  readonly findings: readonly ComparedFinding[]
  /** How many of them are new or worse and as grave as was asked; null when nothing was asked or compared. */
  readonly failing: number | null
  readonly callers: readonly Caller[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** 0 compared; 3 something new or worse is as grave as was asked; 8 there is no evidence. */
  readonly exitCode: ExitCode
}

/**
 * Compares what scans say of two images now. Changes nothing.
 *
 * @throws {UsageError} AMBIGUOUS_IMAGE; the error of an image that cannot be looked at; what `openImages` throws.
 */
export async function runScanDiff(order: ScanDiffOrder, world: ScanDiffWorld): Promise<ScanDiffRun> {
  const {estate, aws, region, random, onEvent} = world
  const {now, signal, wait = realWait, retryForMs = 60_000} = aws
  const {waitMs, concurrency} = order
  const startedAt = now()
  const open = await openImages([order.before, order.after], estate, {
    environment: aws,
    context: {now, signal, wait, concurrency, retryForMs, onEvent: aws.onEvent ?? (() => {})},
    access: 'look',
    region,
  })
  try {
    const images = [only(order.before, open), only(order.after, open)]
    const awaiting = {waitMs, start: false, now, wait, signal, random, onEvent, concurrency}
    const [before, after] = await awaitEvidence(images, awaiting)
    if (before === undefined || after === undefined) throw new TypeError('two images have two answers')
    const isComplete = [before, after].every(({platforms}) =>
      platforms.every(({evidence}) => evidence.kind === 'scanned'),
    )
    const findings = isComplete ? diffFindings(before, after) : []
    const failing = isComplete ? failingOf(findings, order.failOn) : null
    return {
      before,
      after,
      findings,
      failing,
      callers: open.registries.callers,
      traffic: open.registries.traffic(),
      durationMs: now() - startedAt,
      exitCode: exitCodeOf(isComplete, failing),
    }
  } finally {
    open.registries.close()
  }
}

/** @throws {UsageError} AMBIGUOUS_IMAGE: in which of them what is meant nobody said. */
function only(text: string, {images, missing}: OpenImages): OpenImage {
  const failed = missing.find(each => each.text === text)
  if (failed !== undefined) throw failed.error
  const meant = images.filter(image => image.text === text)
  const [first, second] = meant
  if (first !== undefined && second === undefined) return first
  throw ambiguousImage(text, meant)
}

function failingOf(findings: readonly ComparedFinding[], failOn: GateSeverity | undefined): number | null {
  if (failOn === undefined) return null
  const isNo = ({change, after}: ComparedFinding) =>
    (change === 'new' || change === 'changed') &&
    after !== null &&
    isAtOrAbove(countedAs(after.severity, 'critical'), failOn)
  return findings.filter(isNo).length
}

function exitCodeOf(isComplete: boolean, failing: number | null): ExitCode {
  if (!isComplete) return exitCodes.undetermined
  return failing === null || failing === 0 ? exitCodes.done : exitCodes.gateSaidNo
}
