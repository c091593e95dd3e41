import {FailureError, TransientError} from '../../errors.ts'
import type {Digest} from '../../oci/digest.ts'
import type {RegistryContext} from '../../oci/registry.ts'
import {wait as realWait} from '../../oci/wait.ts'
import {canonicalJson, type Json} from '../../plan/canonical.ts'
import type {EcrApi} from '../api.ts'
import type {LifecyclePreview} from './model.ts'

const firstPauseMs = 1000
const longestPauseMs = 10_000
const growth = 1.5
// How long a preview takes ECR is unconfirmed.
const longestWaitMs = 5 * 60_000

type Context = Pick<RegistryContext, 'signal' | 'wait'>

/**
 * Has ECR preview a policy: starts, waits and reads. A repository has one preview at a time, so that one of somebody else
 * is waited for, and one that takes our preview's place is noticed by its policy: then we start again.
 *
 * @throws {TransientError} PREVIEW_TIMEOUT; {FailureError} PREVIEW_FAILED, PREVIEW_EXPIRED.
 */
export async function previewPolicy(
  api: EcrApi,
  repository: string,
  policyText: string,
  {signal, wait = realWait}: Context,
): Promise<LifecyclePreview> {
  const wanted = meaningOf(policyText)
  let [pauseMs, waitedMs] = [firstPauseMs, 0]
  // What was waited is counted, not read from a clock: one that stands still ends it, too.
  const pause = async (): Promise<void> => {
    if (waitedMs + pauseMs > longestWaitMs) throw tookTooLong(repository)
    await wait(pauseMs, signal)
    waitedMs += pauseMs
    pauseMs = Math.min(longestPauseMs, pauseMs * growth)
  }
  for (;;) {
    if (!(await start(api, repository, policyText))) {
      await pause()
      continue
    }
    let outcome = await read(api, repository, wanted)
    while (outcome === 'in-progress') {
      await pause()
      outcome = await read(api, repository, wanted)
    }
    if (outcome !== 'another') return outcome
    await pause()
  }
}

/** False when the preview of somebody else is under way. */
async function start(api: EcrApi, repository: string, policyText: string): Promise<boolean> {
  try {
    await api.lifecycle.startPreview(repository, policyText)
    return true
  } catch (error) {
    if (error instanceof FailureError && error.code === 'LIFECYCLE_POLICY_PREVIEW_IN_PROGRESS') return false
    throw error
  }
}

/** Every page has to be of our policy, complete. */
async function read(
  api: EcrApi,
  repository: string,
  wanted: string,
): Promise<LifecyclePreview | 'in-progress' | 'another'> {
  const actions = new Map<Digest, {readonly action: 'expire' | 'archive'; readonly rulePriority: number}>()
  for await (const page of api.lifecycle.previewPages(repository)) {
    if (meaningOf(page.policyText) !== wanted) return 'another'
    if (page.status === 'in-progress') return 'in-progress'
    if (page.status === 'failed') throw ended('PREVIEW_FAILED', 'failed', repository)
    if (page.status === 'expired') throw ended('PREVIEW_EXPIRED', 'expired before it was read', repository)
    for (const {digest, action, rulePriority} of page.actions) actions.set(digest, {action, rulePriority})
  }
  return {actions}
}

/** Whether ECR gives a policy's text back unchanged is unconfirmed: the order of keys and white space say nothing. */
function meaningOf(policyText: string): string {
  try {
    return canonicalJson(JSON.parse(policyText) as Json)
  } catch {
    return policyText
  }
}

function ended(code: string, how: string, repository: string): FailureError {
  return new FailureError(code, `ECR's lifecycle preview of ${repository} ${how}. Try again.`)
}

function tookTooLong(repository: string): TransientError {
  return new TransientError(
    'PREVIEW_TIMEOUT',
    `ECR's lifecycle preview of ${repository} was not there after ${longestWaitMs / 60_000} minutes. Try again when nobody else previews it, or plan with --no-preview.`,
  )
}
