import type {AccountSpec} from '../../ecr/accounts.ts'
import {baseIdentity, readTokenFile} from '../../ecr/credentials.ts'
import type {AwsEnvironment} from '../../ecr/environment.ts'
import {oneLine} from '../../oci/one-line.ts'
import {type Check, type CheckResult, ok, problem, warning} from '../check.ts'
import {sourceOf} from '../credential-source.ts'
import type {PlaceWorld} from '../world.ts'

/** Less than that is not enough for a run. */
const soonMs = 15 * 60_000

/** Which source gives credentials, and until when. Nothing is said of what they are. */
export const credentials: Check<PlaceWorld> = {
  id: 'credentials',
  title: 'credentials',

  async run({place, aws}) {
    if (aws.sandboxUrl !== undefined) return ok("the sandbox's own: no real credential is read")
    return source(place.spec.via ?? place.spec, place.region, aws)
  },
}

async function source(spec: AccountSpec, region: string, aws: AwsEnvironment): Promise<CheckResult> {
  const {profile, role} = spec
  const forRole = role === undefined ? '' : `, for the role ${oneLine(role.arn)}`
  const tokenFile = role?.webIdentityTokenFile
  if (tokenFile !== undefined) {
    const token = await readTokenFile(tokenFile)
    if (token !== '') return ok(`web identity token ${oneLine(tokenFile)}${forRole}`)
    return problem('access', `the web identity token file ${oneLine(tokenFile)} is empty`)
  }
  const base = baseIdentity({profile, region}, aws)
  const found = await base.load()
  const name = `${named(profile, found, aws)}${forRole}`
  const {expiration} = found
  if (expiration === undefined) return ok(name)
  const leftMs = expiration.getTime() - aws.now()
  const until = new Date(expiration).toISOString().replace(/\.\d+Z$/, 'Z')
  if (leftMs <= 0) return problem('access', `${name}: expired at ${until}`, `Renew them: ${base.renewal}`)
  return leftMs < soonMs
    ? warning(`${name}: they expire soon, at ${until}`, `Renew them: ${base.renewal}`)
    : ok(`${name}, until ${until}`)
}

/** The order of `baseIdentity`. */
function named(own: string | undefined, found: object, {env, defaultProfile}: AwsEnvironment): string {
  const how = sourceOf(found)
  const chosen = own ?? defaultProfile
  const isEnvironment = chosen === undefined && how === undefined
  if (isEnvironment) return 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
  const profile = chosen ?? env['AWS_PROFILE']
  const suffix = how === undefined ? '' : `: ${how}`
  return profile ? `profile ${oneLine(profile)}${suffix}` : (how ?? 'the default chain of the SDK')
}
