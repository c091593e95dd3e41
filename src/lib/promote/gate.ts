import {BugError} from '../errors.ts'
import {type AwaitOptions, awaitEvidence} from '../scan/await-evidence.ts'
import type {ImageEvidence} from '../scan/evidence.ts'
import {judgeImage} from '../scan/judge-image.ts'
import type {FindingOutcome, GateVerdict} from '../scan/verdict.ts'
import {findImages, imageOf, type ScansOf} from './gate-images.ts'
import type {OpenGate} from './gates.ts'
import type {Candidate} from './plan.ts'
import type {GateWord, NamedGateWord} from './words.ts'

/** What judging takes from the run. */
export interface JudgeOptions extends Omit<AwaitOptions, 'waitMs' | 'start'> {
  readonly gates: ReadonlyMap<string, OpenGate>
  /** Milliseconds to wait for scans; what the gates say unless given. */
  readonly waitMs: number | undefined
  readonly scansOf: ScansOf
}

/**
 * What gates say of the images that have to pass some: of the digests that are to be copied, by what the source's registry
 * knows of their scans. Each image is looked at once, whatever number of gates and destinations it has. Changes nothing.
 *
 * @returns a word on each candidate that has gates; one without evidence is undetermined, whatever the reason.
 * @throws {UsageError} FILTER_NEEDS_ENHANCED; the reason of the signal.
 */
export async function judgeCandidates(
  candidates: readonly Candidate[],
  options: JudgeOptions,
): Promise<ReadonlyMap<Candidate, GateWord>> {
  const gated = candidates.filter(({gates}) => gates !== undefined)
  const known = await readEvidence(gated, options)
  const now = options.now()
  return new Map(
    gated.map(candidate => {
      const evidence = known.get(imageOf(candidate)) ?? notLookedAt
      const words = gatesOf(candidate, options).map(gate => judge(evidence, gate, now))
      return [candidate, {verdict: leastGood(words), judgedAt: new Date(now).toISOString(), gates: words}]
    }),
  )
}

/** What is known of an image, or in one sentence why nothing is. */
type Known = ImageEvidence | string

const notLookedAt = 'It was not looked at.'

function judge(known: Known, {name, policy, sha256, rules}: OpenGate, now: number): NamedGateWord {
  if (typeof known === 'string') {
    return {name, policy: sha256, verdict: 'undetermined', reasons: [known], counts: {}}
  }
  const {verdict, reasons, findings} = judgeImage(known, policy, {now, ...rules})
  const counts: Partial<Record<FindingOutcome, number>> = {}
  for (const {outcome} of findings) counts[outcome] = (counts[outcome] ?? 0) + 1
  return {name, policy: sha256, verdict, reasons, counts}
}

function leastGood(words: readonly NamedGateWord[]): GateVerdict {
  const has = (wanted: GateVerdict) => words.some(({verdict}) => verdict === wanted)
  if (has('failed')) return 'failed'
  return words.length === 0 || has('undetermined') ? 'undetermined' : 'passed'
}

async function readEvidence(
  candidates: readonly Candidate[],
  options: JudgeOptions,
): Promise<ReadonlyMap<string, Known>> {
  const found = await findImages(candidates, options)
  const images = [...found.values()].filter(image => typeof image !== 'string')
  const waits = candidates.flatMap(candidate => gatesOf(candidate, options).map(({policy}) => policy.waitMs))
  const waitMs = options.waitMs ?? Math.max(0, ...waits)
  const evidence = await awaitEvidence(images, {...options, start: false, waitMs})
  const evidenceOf = new Map(images.map((image, index) => [image, evidence[index]]))
  return new Map(
    [...found].map(([key, image]) => [
      key,
      typeof image === 'string' ? image : (evidenceOf.get(image) ?? notLookedAt),
    ]),
  )
}

function gatesOf({gates = []}: Candidate, options: JudgeOptions): OpenGate[] {
  return gates.map(name => {
    const gate = options.gates.get(name)
    if (gate === undefined) throw new BugError(`Gate ${name} was not opened.`)
    return gate
  })
}
