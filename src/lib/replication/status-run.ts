import type {Estate} from '../config/estate.ts'
import type {AwsEnvironment} from '../ecr/environment.ts'
import type {OpenRegistry, RegistriesOptions} from '../ecr/inventory/registries.ts'
import {type ExitCode, RefusalError} from '../errors.ts'
import {addTraffic, type RegistryContext, type Traffic} from '../oci/registry.ts'
import {wait as realWait} from '../oci/wait.ts'
import type {Caller} from '../plan/document.ts'
import {awaitStatus, type Looked} from './await-status.ts'
import {destinationsOf} from './destinations.ts'
import type {Ends} from './ends.ts'
import type {ImageReplication} from './model.ts'
import {openSources, readRules, type Sources} from './sources.ts'
import {planStatus, type UnknownSource, unmetWords} from './status-plan.ts'
import {exitCodeOf} from './verdict.ts'

/** What `gantry replicate-status` was asked for. */
export interface ReplicateStatusOrder {
  /** As for `openSources`; none for all images of all repositories. */
  readonly words: readonly string[]
  /** `ALIAS[@REGION]` or hosts of sources; none for all. */
  readonly accounts: readonly string[]
  /** Milliseconds to wait for what is not settled; undefined looks once. */
  readonly waitMs: number | undefined
  /** Ask the source about every image, also where everything is there. */
  readonly thorough: boolean
  /** Images that no rule covers are no failure, as long as rules cover others. */
  readonly allowUncovered: boolean
  /** Requests in flight at each registry. */
  readonly concurrency: number
}

export interface ReplicateStatusWorld {
  readonly estate: Estate
  readonly aws: AwsEnvironment
  /** Region of the default identity's registry, where there is no repos.yaml. */
  readonly region: string | undefined
  /** A signal that aborts after so many milliseconds, such as `AbortSignal.timeout`. */
  readonly deadlineAfter: (ms: number) => AbortSignal
  /** From 0 to 1. */
  readonly random: () => number
  readonly onLook?: ((looked: Looked) => void) | undefined
}

export interface ReplicateStatusRun {
  readonly images: readonly ImageReplication[]
  /** Images that words name and that are not there. */
  readonly missing: readonly UnknownSource[]
  /** Repositories, and words, that cannot be read, or whose rules are not known. */
  readonly unreadable: readonly UnknownSource[]
  /** `REGISTRY/REPOSITORY` that rules of other registries lead to and none of its own: copies, not sources. */
  readonly copies: readonly string[]
  /** Every identity that took part, once. */
  readonly callers: readonly Caller[]
  readonly warnings: readonly string[]
  readonly traffic: Traffic
  readonly durationMs: number
  /** 0, 4 or 8: see `exitCodeOf`. */
  readonly exitCode: ExitCode
}

/**
 * Tells of images whether every registry that the replication rules lead to has them. Changes nothing.
 *
 * @throws what `openSources` throws; {RefusalError} UNDETERMINED, exit 8, when time is over before there is anything to wait for.
 */
export async function runReplicateStatus(
  order: ReplicateStatusOrder,
  world: ReplicateStatusWorld,
): Promise<ReplicateStatusRun> {
  return runStatusOf(options => openSources(order.words, world.estate, options), order, world)
}

/** Opens what is looked at, until `ends` say otherwise. */
export type OpenSources = (options: RegistriesOptions, ends: Ends) => Promise<Sources>

/**
 * As `runReplicateStatus`, of sources that are opened in a way of one's own.
 *
 * @throws what `open` throws; {RefusalError} UNDETERMINED.
 */
export async function runStatusOf(
  open: OpenSources,
  order: Omit<ReplicateStatusOrder, 'words'>,
  world: ReplicateStatusWorld,
): Promise<ReplicateStatusRun> {
  const {waitMs} = order
  if (waitMs === undefined) return run(open, order, world, new AbortController().signal)
  const deadline = world.deadlineAfter(waitMs)
  try {
    return await run(open, order, world, deadline)
  } catch (error) {
    if (world.aws.signal.aborted || !deadline.aborted) throw error
    throw new RefusalError('UNDETERMINED', `Nothing is known within the ${waitMs / 1000} s of --wait.`, {
      exitCode: 8,
      cause: error,
    })
  }
}

async function run(
  open: OpenSources,
  order: Omit<ReplicateStatusOrder, 'words'>,
  world: ReplicateStatusWorld,
  deadline: AbortSignal,
): Promise<ReplicateStatusRun> {
  const {estate} = world
  const ends = {signal: world.aws.signal, deadline}
  const aws: AwsEnvironment = {...world.aws, signal: AbortSignal.any([world.aws.signal, deadline])}
  const began = aws.now()
  const options: RegistriesOptions = {
    environment: aws,
    context: contextOf(order, aws),
    access: 'look',
    purpose: 'replication',
    accounts: order.accounts,
    region: world.region,
  }
  const sources = await open(options, ends)
  const destinations = destinationsOf(sources.registries, estate, options, ends)
  try {
    const rules = await readRules(sources.registries, ends)
    const plan = await planStatus(sources.repositories, rules, {estate, aws, destinations, ...ends})
    const subjects = plan.images.flatMap(each => each.subjects)
    const statuses = await awaitStatus(subjects, {
      waitMs: Math.max(0, (order.waitMs ?? 0) - (aws.now() - began)),
      ...ends,
      now: aws.now,
      wait: aws.wait ?? realWait,
      random: world.random,
      thorough: order.thorough,
      onLook: world.onLook,
    })
    const images = plan.images.map(({registry, repository, image, subjects: own}) => ({
      registry,
      repository,
      digest: image.digest,
      tags: image.tags,
      pushedAt: image.pushedAt,
      destinations: own.map(subject => {
        const status = statuses.get(subject)?.status
        if (status === undefined)
          throw new TypeError(`${subject.destination.registry.label} was not looked at`)
        return {destination: subject.destination, ...status}
      }),
    }))
    const unfound = unmetWords(sources, plan)
    const missing = unfound.filter(isNotThere)
    const unreadable = [...unfound.filter(each => !isNotThere(each)), ...plan.unreadable]
    return {
      images,
      missing,
      unreadable,
      copies: plan.copies,
      callers: callersOf([...sources.registries, ...destinations.opened()]),
      warnings: sources.warnings,
      traffic: addTraffic(sources.traffic(), destinations.traffic()),
      durationMs: aws.now() - began,
      exitCode: exitCodeOf({images, missing, unreadable}, order.allowUncovered),
    }
  } finally {
    destinations.close()
    sources.close()
  }
}

/** Of what else keeps an image from being found it is not known whether it is there. */
function isNotThere({error}: UnknownSource): boolean {
  return error.code === 'IMAGE_NOT_FOUND' || error.code === 'REPOSITORY_NOT_FOUND'
}

function callersOf(registries: readonly OpenRegistry[]): Caller[] {
  return [...new Map(registries.map(({caller}) => [caller.arn, caller])).values()]
}

/** How the registries of a run are asked. */
export function contextOf(
  {concurrency}: Pick<ReplicateStatusOrder, 'concurrency'>,
  aws: AwsEnvironment,
): RegistryContext {
  const {signal, now, wait, retryForMs = 60_000, onEvent = () => {}} = aws
  return {signal, now, wait, retryForMs, onEvent, concurrency}
}
