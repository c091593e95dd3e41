import {topicsNeeding} from '../../access/commands.ts'
import {EcrApi} from '../../ecr/api.ts'
import {identityContext} from '../../ecr/environment.ts'
import {parseEcrHost} from '../../ecr/hosts.ts'
import {DeniedError, FailureError} from '../../errors.ts'
import {isDigest} from '../../oci/digest.ts'
import {noTraffic} from '../../oci/registry.ts'
import {type Check, type CheckResult, ok, problem, skipped} from '../check.ts'
import {first, type Probe, registryProbes, repositoryProbes, type Sample} from '../probes.ts'
import type {RegistryWorld} from '../world.ts'

/** Which of the reads that commands need are denied. What writes is not tried: nobody can without writing. */
export const permissions: Check<RegistryWorld> = {
  id: 'permissions',
  title: 'permissions to read',

  async run(world) {
    if (world.place.account !== null && world.place.account !== world.session.account)
      return skipped('not checked: what another account may do, the policies of its repositories say')
    const api = open(world)
    try {
      const {sample, denied: list} = await findSample(api)
      const probes = [...registryProbes, ...repositoryProbes]
      const tried = await Promise.all(probes.map(probe => tryProbe(probe, api, sample)))
      const denied = [...list, ...tried.flatMap(({denied: found}) => found ?? [])]
      const untried = tried.filter(({isUntried}) => isUntried).map(({probe}) => probe.action)
      return result(denied, probes.length + 1 - untried.length, untried, world)
    } finally {
      api.close()
    }
  },
}

interface Denied {
  readonly action: string
  readonly error: DeniedError
}

function open({session, host, aws}: RegistryWorld): EcrApi {
  const registry = parseEcrHost(host)
  if (registry?.kind !== 'private') throw new TypeError(`${host} is no private registry`)
  return new EcrApi({
    host,
    registry,
    session,
    environment: aws,
    context: {...identityContext(aws), concurrency: 4},
    traffic: noTraffic(),
    readOnly: true,
    purpose: 'pull',
  })
}

/** A repository of the registry, and an image in it: of the first ten the first that has one. */
async function findSample(api: EcrApi): Promise<{sample: Sample; denied: readonly Denied[]}> {
  const action = 'ecr:DescribeRepositories'
  const repositories = await unlessDenied(() => first(api.registry.listRepositories()))
  if (repositories instanceof DeniedError) return {sample: {}, denied: [{action, error: repositories}]}
  const names = (repositories ?? []).flatMap(({repositoryName}) => repositoryName ?? []).slice(0, 10)
  for (const repository of names) {
    const images = await unlessDenied(() => first(api.facts.listImageDetails(repository)))
    if (images instanceof DeniedError) break
    const digest = images?.map(({imageDigest}) => imageDigest).find(each => isDigest(each ?? ''))
    if (digest !== undefined && isDigest(digest)) return {sample: {repository, digest}, denied: []}
  }
  const [repository] = names
  return {sample: repository === undefined ? {} : {repository}, denied: []}
}

interface Tried {
  readonly probe: Probe
  readonly denied?: Denied
  readonly isUntried: boolean
}

/** @throws what is neither a denial nor an answer: ECR judges permissions before everything else. */
async function tryProbe(probe: Probe, api: EcrApi, sample: Sample): Promise<Tried> {
  const asking = probe.ask(api, sample)
  if (asking === undefined) return {probe, isUntried: true}
  const answer = await unlessDenied(() => asking)
  if (!(answer instanceof DeniedError)) return {probe, isUntried: false}
  return {probe, isUntried: false, denied: {action: probe.action, error: answer}}
}

async function unlessDenied<T>(ask: () => Promise<T>): Promise<T | DeniedError | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof DeniedError && error.code === 'ACCESS_DENIED') return error
    if (error instanceof FailureError && saidByEcr.has(error.code)) return undefined
    throw error
  }
}

/** What ECR says to whoever may ask: there is no such thing. */
const saidByEcr: ReadonlySet<string> = new Set([
  'IMAGE_NOT_FOUND',
  'LAYERS_NOT_FOUND',
  'LAYER_INACCESSIBLE',
  'REPOSITORY_NOT_FOUND',
  'SCAN_NOT_FOUND',
  'UNSUPPORTED_IMAGE_TYPE',
  'IMAGE_ARCHIVED',
])

function result(
  denied: readonly Denied[],
  tried: number,
  untried: readonly string[],
  {session, place: {region}}: RegistryWorld,
): CheckResult {
  const rest = untried.length === 0 ? '' : `; nothing there to try ${untried.length} more on`
  if (denied.length === 0) return ok(`${tried} of ${tried} reads allowed${rest}`)
  const actions = denied.map(({action}) => action)
  const commands = [...new Set(actions.flatMap(topicsNeeding))].join(', ')
  const statement = JSON.stringify({
    Sid: 'GantryReads',
    Effect: 'Allow',
    Action: actions,
    Resource: actions.some(isOfRegistry)
      ? '*'
      : `arn:${session.partition}:ecr:${region}:${session.account}:repository/*`,
  })
  // What another policy has to say, or forbids.
  const others = new Set(denied.flatMap(({error}) => error.hints.filter(hint => !hint.startsWith('Allow '))))
  const isIdentitys = denied.some(({error}) => error.hints.some(hint => hint.startsWith('Allow ')))
  return problem(
    'access',
    `denied: ${actions.join(', ')} (for ${commands})${rest}`,
    ...(isIdentitys ? [`Add to the IAM policy of ${session.arn}: ${statement}`] : []),
    ...others,
  )
}

const ofRegistry: ReadonlySet<string> = new Set([
  'ecr:DescribeRepositories',
  ...registryProbes.map(({action}) => action),
])

function isOfRegistry(action: string): boolean {
  return ofRegistry.has(action)
}
