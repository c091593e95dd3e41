import type {AwsEnvironment} from '../ecr/environment.ts'
import {ecrHost} from '../ecr/hosts.ts'
import type {ExitCode} from '../errors.ts'
import {createLimiter} from '../oci/limiter.ts'
import {type Check, type CheckResult, orUndefined, skipped} from './check.ts'
import {awsSettings} from './checks/aws-settings.ts'
import {clock} from './checks/clock.ts'
import {credentialHelper} from './checks/credential-helper.ts'
import {credentials} from './checks/credentials.ts'
import {endpoints} from './checks/endpoints.ts'
import {identity} from './checks/identity.ts'
import {needsNetwork, network} from './checks/network.ts'
import {node} from './checks/node.ts'
import {permissions} from './checks/permissions.ts'
import {records} from './checks/records.ts'
import {registry} from './checks/registry.ts'
import {reposYaml} from './checks/repos-yaml.ts'
import {type CheckTime, runInTime} from './deadline.ts'
import {placesOf} from './places.ts'
import {exitCodeOf} from './trouble.ts'
import {connecting, type Machine, type Place, type PlaceWorld, type RegistryWorld} from './world.ts'

const machineChecks: readonly Check<Machine>[] = [
  node,
  reposYaml,
  network,
  awsSettings,
  records,
  credentialHelper,
]
/** Of each account in each region; they need nothing of each other. */
const placeChecks: readonly Check<PlaceWorld>[] = [clock, endpoints]
/** Once the identity is proven. */
const registryChecks: readonly Check<RegistryWorld>[] = [registry, permissions]
/** In the order in which they are shown. */
const checksOfPlace = [credentials, identity, ...placeChecks, ...registryChecks]

/** Names of all checks, in the order in which they are shown. @public for the guide */
export const doctorChecks: readonly string[] = [...machineChecks, ...checksOfPlace].map(({id}) => id)

/** Places that are looked at at the same time. */
const atOnce = 32

/** What one check said, and where. */
export interface Finding extends CheckResult {
  /** The check's stable name. */
  readonly check: string
  readonly title: string
  /** Null for what is of this machine. */
  readonly place: FindingPlace | null
}

export interface FindingPlace {
  /** Account of repos.yaml; null for the default identity. */
  readonly alias: string | null
  /** 12 digits; null while nobody knows whose the default identity is. */
  readonly account: string | null
  readonly region: string
}

export interface DoctorOrder {
  /** `ALIAS` or `ALIAS@REGION` of repos.yaml; all when there are none. */
  readonly accounts: readonly string[]
}

export interface DoctorWorld extends Machine, CheckTime {
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface DoctorRun {
  /** In the order in which they are shown, whichever was done first. */
  readonly findings: readonly Finding[]
  readonly durationMs: number
  /** 0 without a problem, else that of the gravest. */
  readonly exitCode: ExitCode
}

/**
 * Looks at everything that has to be right before anything works; changes nothing. What is wrong is a finding, never an
 * error, and no check takes longer than its time.
 *
 * @throws {UsageError} UNKNOWN_ACCOUNT, UNKNOWN_REGION: `accounts` names what repos.yaml does not.
 */
export async function runDoctor({accounts}: DoctorOrder, world: DoctorWorld): Promise<DoctorRun> {
  const startedAt = world.now()
  const [estate, aws] = await Promise.all([orUndefined(world.estate()), orUndefined(world.aws())])
  const places = estate === undefined ? [] : placesOf(estate, accounts, world)
  const limiter = createLimiter(atOnce)
  const found = await Promise.all([
    ...machineChecks.map(async check => [
      toFinding(check, await runInTime(check, () => world, world, 'other'), null),
    ]),
    ...places.map(place => limiter.run(() => lookAt(place, aws, world))),
  ])
  const findings = found.flat()
  return {findings, durationMs: world.now() - startedAt, exitCode: exitCodeOf(findings)}
}

async function lookAt(
  place: Place,
  aws: AwsEnvironment | undefined,
  time: CheckTime,
): Promise<readonly Finding[]> {
  if (aws === undefined) {
    const result = skipped(needsNetwork)
    return checksOfPlace.map(check => toFinding(check, result, place))
  }
  const connect = connecting(place)
  const worldOf = (signal: AbortSignal): PlaceWorld => ({place, connect, aws: impatient(aws, signal, time)})
  const look = (check: Check<PlaceWorld>) => runInTime(check, worldOf, time, 'network')
  const given = look(credentials)
  const proven = after(given, 'not checked: there are no credentials', () => look(identity))
  const last = registryChecks.map(check =>
    after(proven, 'not checked: it needs the identity', async () => {
      const session = await connect(aws)
      const {useFips: fips = false, useDualstack: dualStack = false} = aws
      const account = place.account ?? session.account
      const host = ecrHost({account, region: place.region, fips, dualStack})
      return runInTime(check, signal => ({...worldOf(signal), session, host}), time, 'network')
    }),
  )
  const done = await Promise.all([given, proven, ...placeChecks.map(look), ...last])
  return checksOfPlace.map((check, i) => toFinding(check, done[i] ?? skipped('not checked'), place))
}

/** What makes sense only once something else is right. */
async function after(
  result: Promise<CheckResult>,
  otherwise: string,
  run: () => Promise<CheckResult>,
): Promise<CheckResult> {
  const {status} = await result
  return status === 'problem' || status === 'skipped' ? skipped(otherwise) : run()
}

/** What ends before the check's time does says more than that it is over; what was asked goes no further than that either. */
function impatient(aws: AwsEnvironment, signal: AbortSignal, {limitMs}: CheckTime): AwsEnvironment {
  const ms = limitMs * 0.8
  const timeouts = {connectMs: ms, headersMs: ms, commitMs: ms, stallMs: ms}
  return {...aws, signal, timeouts, retryForMs: limitMs / 5}
}

function toFinding(
  {id, title}: Pick<Check<never>, 'id' | 'title'>,
  {status, trouble, message, fixes}: CheckResult,
  place: Place | null,
): Finding {
  const where = place && {alias: place.alias, account: place.account, region: place.region}
  return {check: id, title, place: where, status, trouble, message, fixes}
}
