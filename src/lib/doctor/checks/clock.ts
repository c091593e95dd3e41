import {stsEndpoint} from '../../ecr/sts.ts'
import {NetworkError} from '../../oci/registry-error.ts'
import {askHost} from '../ask.ts'
import {type Check, ok, problem, skipped, warning} from '../check.ts'
import type {PlaceWorld} from '../world.ts'

/** AWS takes a signature for five minutes (IAM user guide, "Elements of an AWS API request signature"). */
const limitMs = 5 * 60_000
const noticedMs = 60_000

/** This machine's clock against that of STS, by the `Date` of an answer (RFC 9110, section 6.6.1: whole seconds). */
export const clock: Check<PlaceWorld> = {
  id: 'clock',
  title: 'clock',

  async run({place, aws}) {
    const before = aws.now()
    const answer = await ask(place.region, aws)
    if (answer === undefined) return skipped('not checked: STS was not reached')
    if (answer.date === undefined) return skipped('not checked: the answer of STS has no date')
    // Somewhere between the question and the answer.
    const offMs = (before + aws.now()) / 2 - answer.date
    const said = words(offMs)
    if (Math.abs(offMs) < noticedMs) return ok(said)
    const fix = 'Set the clock: sudo timedatectl set-ntp true (Windows: w32tm /resync)'
    return Math.abs(offMs) < limitMs
      ? warning(said, fix)
      : problem('configuration', `${said}: AWS refuses signatures that are 5 min off`, fix)
  },
}

async function ask(region: string, aws: PlaceWorld['aws']) {
  try {
    return await askHost(await stsEndpoint(region, aws), aws)
  } catch (error) {
    if (error instanceof NetworkError) return undefined
    throw error
  }
}

function words(offMs: number): string {
  const seconds = Math.round(Math.abs(offMs) / 1000)
  if (seconds < 2) return 'right'
  const amount = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return `${amount} ${offMs > 0 ? 'ahead' : 'behind'}`
}
