import {UsageError} from '../errors.ts'
import type {Platform} from '../oci/descriptor.ts'
import {isDigest} from '../oci/digest.ts'
import {formatPlatform, parsePlatform} from '../oci/platform.ts'
import {contentHash, type Json} from '../plan/canonical.ts'
import {
  assertSameAccount,
  assertWithinPlan,
  type Caller,
  openPlan,
  type PlanDocument,
  planLifetimeMs,
  sealPlan,
} from '../plan/document.ts'
import {actionsOf} from './actions.ts'
import type {ImagePlan, Side} from './model.ts'
import {bytesOf, targetOf} from './plan.ts'
import type {PromotionPlan} from './promote.ts'
import type {Route} from './route.ts'
import type {GateWord, NamedGateWord} from './words.ts'

const kind = 'promotion'

/** What decides, besides the images, what a promotion does; a saved plan is applied with its own. */
export interface PlanOptions {
  readonly createRepositories: boolean
  readonly referrers: boolean
  readonly platforms: readonly Platform[]
}

/** The plan as it is saved: its actions, for whom it is, and the hash of all that it depends on. */
export function toDocument(
  {images, refused}: PromotionPlan,
  {createRepositories, referrers, platforms}: PlanOptions,
  now: number,
): PlanDocument {
  const plans = images.map(({plan}) => plan)
  const actions = actionsOf(plans)
  return sealPlan({
    kind,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + planLifetimeMs).toISOString(),
    caller: writerOf(plans),
    target: [...new Set(plans.map(({destination}) => destination.registry.host))],
    basis: contentHash(plans.map(basisOf)),
    inputs: {
      createRepositories,
      referrers,
      platforms: platforms.map(formatPlatform),
      images: plans.map(inputOf),
    },
    actions,
    summary: {
      images: images.length,
      refused: refused.length,
      actions: actions.length,
      bytes: plans.reduce((sum, plan) => sum + bytesOf(plan), 0),
    },
  })
}

/** A saved plan, read back. */
export interface SavedPlan {
  readonly document: PlanDocument
  /** Their sources are digests. */
  readonly routes: readonly Route[]
  /** What the gates said that the images passed. */
  readonly gates: readonly NamedGateWord[]
  readonly options: PlanOptions
}

/**
 * Reads a saved plan back into what it was made of.
 *
 * @throws {UsageError} NOT_A_PLAN; {RefusalError} PLAN_EDITED, PLAN_EXPIRED (exit 7).
 */
export function fromDocument(text: string, file: string, now: number): SavedPlan {
  const document = openPlan(text, file, {kind, now})
  const {
    images,
    createRepositories,
    referrers,
    platforms = [],
  } = (document.inputs ?? {}) as Readonly<Record<string, Json>>
  if (!Array.isArray(images) || !Array.isArray(platforms)) throw ofAnotherVersion(file)
  return {
    document,
    routes: images.map((input: Json) => toRoute(input, file)),
    gates: images.flatMap((input: Json) => gatesOf(input, file)),
    options: {
      createRepositories: createRepositories === true,
      referrers: referrers === true,
      platforms: platforms.flatMap((platform: Json) =>
        typeof platform === 'string' ? [parsePlatform(platform)] : [],
      ),
    },
  }
}

/**
 * Checks that the plan, made anew from its file, is still its caller's and does no more than the file says.
 *
 * @param callers who would apply it.
 * @throws {RefusalError} PLAN_OF_ANOTHER_ACCOUNT, PLAN_STALE (exit 7).
 */
export function assertWithin(
  {document}: SavedPlan,
  {images}: PromotionPlan,
  callers: readonly Caller[],
  file: string,
): void {
  assertSameAccount(document, callers, file)
  assertWithinPlan(document, actionsOf(images.map(({plan}) => plan)), file)
}

/** The identity that writes: that of the first destination that has one. */
function writerOf(plans: readonly ImagePlan[]): Caller | null {
  return plans.find(({destination}) => destination.caller !== undefined)?.destination.caller ?? null
}

function basisOf(plan: ImagePlan): Json {
  const {request, root, sourceDigest, tags, gate} = plan
  return {
    source: `${request.source.registry.host}/${request.repository}@${sourceDigest}`,
    root,
    target: targetOf(plan),
    tags: tags.map(({tag, before}) => ({tag, before})),
    ...(gate && {gates: gate.gates.map(({name, policy}) => ({name, policy}))}),
  }
}

function inputOf({request, sourceDigest, destination, repository, gate}: ImagePlan): Json {
  return {
    source: sideToJson(request.source.side),
    repository: request.repository,
    digest: sourceDigest,
    tags: request.tags,
    immutable: request.immutable,
    destination: sideToJson(destination.side),
    target: repository,
    ...(gate && {gate: gateToJson(gate)}),
  }
}

function gateToJson({verdict, judgedAt, gates}: GateWord): Json {
  return {verdict, judgedAt, gates: gates.map(word => ({...word}))}
}

function sideToJson({label, host, alias, region}: Side): Json {
  return {label, host, alias, region}
}

/** The content was sealed by {@link toDocument}, so what is missing here is a plan of a later version. */
function toRoute(input: Json, file: string): Route {
  const {source, repository, digest, tags, immutable, destination, target} = input as {
    readonly [key: string]: Json
  }
  const known =
    typeof digest === 'string' &&
    isDigest(digest) &&
    typeof repository === 'string' &&
    typeof target === 'string' &&
    Array.isArray(tags)
  if (!known) throw ofAnotherVersion(file)
  const gates = gatesOf(input, file).map(({name}) => name)
  return {
    source: source as unknown as Side,
    repository,
    reference: digest,
    tags: tags as readonly string[],
    destinations: [
      {side: destination as unknown as Side, repository: target, ...(gates.length > 0 && {gates})},
    ],
    immutable: immutable === true,
  }
}

/** What the gates said of an image; each has its name, or there is no telling which has to be asked again. */
function gatesOf(input: Json, file: string): readonly NamedGateWord[] {
  const {gate} = input as {readonly [key: string]: Json}
  if (gate === undefined) return []
  const {gates} = (gate ?? {}) as {readonly [key: string]: Json}
  const isKnown = (word: Json) => typeof (word as {name?: unknown} | null)?.name === 'string'
  if (!Array.isArray(gates) || gates.length === 0 || !gates.every(isKnown)) throw ofAnotherVersion(file)
  return gates
}

function ofAnotherVersion(file: string): UsageError {
  return new UsageError('NOT_A_PLAN', `${file} is not a promotion plan that this version can apply.`)
}
