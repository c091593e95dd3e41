import {ECRClient, GetAuthorizationTokenCommand} from '@aws-sdk/client-ecr'
import {expect} from 'vitest'
import {GantryError} from '../../src/lib/errors.ts'
import {defaultTimeouts} from '../../src/lib/oci/transport.ts'
import type {PromotionResult} from '../../src/lib/promote/run.ts'
import {expectImage} from './completeness.ts'
import {type Dialect, type FaultCase, faultsOf, hidesReferrers, isMild, mayEnd} from './fault-kinds.ts'
import {type BuiltImage, pushImage} from './images.ts'
import {type Before, expectHonest, expectNoSecrets, type Harm, harmDone} from './promotion-invariants.ts'
import {virtualClock} from './virtual-clock.ts'
import {dev, devHost, prod, prodHost, startWorld, type World} from './world.ts'

/** What came of a case. */
export interface Verdict {
  readonly requests: number
  /** How many of them went wrong. */
  readonly faults: number
  /** Whether the promotion ended with an error, and the next one went on from there. */
  readonly hasEnded: boolean
  readonly harm: Harm | undefined
}

/** A registry with an image and a registry to promote it to, on a clock that no wait holds up. */
export interface Lane {
  /**
   * Promotes the image while all of this goes wrong, to a repository that has another image under its tag.
   *
   * @throws what `expect` throws: the promotion did not survive what it should, or did not tell the truth.
   */
  run(faultCase: FaultCase): Promise<Verdict>
  close(): Promise<void>
}

/** Longer than ECR's passwords, and links to storage, live. */
const leapMs = 13 * 60 * 60_000
/** How long a request that is never answered is waited for, in real time. */
const patienceMs = 400

export async function startLane(dialect: Dialect, image: BuiltImage): Promise<Lane> {
  const time = virtualClock(Date.now())
  let aheadMs = 0
  let leaps = new Set<number>()
  const world = await startWorld(
    {
      now: () => time.clock.now() + aheadMs,
      onRequest: ({index}) => {
        if (leaps.has(index)) aheadMs += leapMs
      },
      ...(dialect === 'ecr' ? {} : {strictSpec: true, registries: [dev, prod].map(at => ({...at, port: 0}))}),
    },
    AbortSignal.timeout(3_600_000),
  )
  const {sandbox} = world
  await sandbox.seed({repositories: [{...dev, name: 'app'}]})
  await pushImage((await world.open(devHost)).repository('app'), image, 'v1')
  const destination = await world.open(prodHost)
  let runs = 0

  async function prepare(): Promise<Before> {
    const name = `run-${++runs}`
    await sandbox.seed({repositories: [{...prod, name, images: [{tag: 'v1'}, {tag: 'other'}]}]})
    const repository = destination.repository(name)
    return {repository, tag: 'v1', tags: await repository.resolve(['v1', 'other'])}
  }

  async function promote(as: string, faultCase?: FaultCase): Promise<PromotionResult | GantryError> {
    const {words, images, credentialsFor} = await orderOf(dialect, world)
    const isHeld = faultCase?.injections.some(({kind}) => kind.startsWith('hang'))
    const timeouts = isHeld
      ? {connectMs: 10_000, headersMs: patienceMs, commitMs: patienceMs, stallMs: patienceMs}
      : defaultTimeouts
    const signal = AbortSignal.timeout(60_000)
    const aws = {env: {}, sandboxUrl: sandbox.url, ...time.clock, signal, timeouts}
    sandbox.clearRequests()
    sandbox.setFaults(faultCase === undefined ? [] : faultsOf(faultCase))
    leaps = new Set(faultCase?.injections.flatMap(({at, kind}) => (kind === 'clock-leap' ? [at] : [])))
    try {
      return await world.promote(images, {...words, as}, {aws, credentialsFor})
    } catch (error) {
      if (error instanceof GantryError) return error
      throw error
    } finally {
      sandbox.setFaults([])
      leaps = new Set()
    }
  }

  return {
    async run(faultCase) {
      const before = await prepare()
      const {name} = before.repository
      const saidBefore = world.events.length
      const outcome = await promote(name, faultCase)
      const requests = [...sandbox.requests]
      const met = faultCase.injections.map(({at}) => requests[at - 1]?.operation ?? 'nothing')

      const harm = await harmDone(before, image)
      if (harm !== undefined) return {requests: requests.length, faults: 0, hasEnded: false, harm}
      await expectHonest(outcome, before, image)
      await expectNoSecrets(outcome, world.events.slice(saidBefore))
      expect(requests.filter(({operation}) => /delete/i.test(operation ?? ''))).toEqual([])
      const hasEnded = outcome.exitCode !== 0
      if (hasEnded || hidesReferrers(faultCase, met)) {
        expect(mayEnd(faultCase), `${met.join()}: ${troubleOf(outcome)}`).toBe(true)
        const next = await promote(name)
        expect(next, met.join()).toMatchObject({exitCode: 0})
        await expectHonest(next, before, image)
      } else if (!isMild(faultCase, met) && !mayEnd(faultCase) && !(outcome instanceof GantryError)) {
        expect(outcome.traffic.retries, `${met.join()} was tried again`).toBeGreaterThan(0)
      }
      await expectImage(before.repository, image, before.tag)
      return {requests: requests.length, faults: faultCase.injections.length, hasEnded, harm}
    },
    close: () => world.close(),
  }
}

function troubleOf(outcome: PromotionResult | GantryError): string {
  if (outcome instanceof GantryError) return outcome.message
  return outcome.items.map(({error}) => error?.message ?? '').join()
}

/** What to promote, in the words of the dialect, and as whom. */
async function orderOf(dialect: Dialect, {sandbox}: World) {
  if (dialect === 'ecr') {
    return {images: ['app:v1'], words: {}, credentialsFor: () => Promise.resolve(undefined)}
  }
  const logins = await Promise.all(
    [dev, prod].map(async ({account, region}) => {
      const {host} = new URL(sandbox.registryUrls.get(`${account}/${region}`) ?? '')
      const credentials = {accessKeyId: account, secretAccessKey: 'any'}
      const client = new ECRClient({endpoint: sandbox.url, region, credentials})
      const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
      client.destroy()
      const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()
      const [username = '', password = ''] = token.split(':')
      return [host, {username, password}] as const
    }),
  )
  const [source = '', target = ''] = logins.map(([host]) => host)
  return {
    images: [`${source}/app:v1`],
    words: {from: undefined, to: [target]},
    credentialsFor: (host: string) => Promise.resolve(new Map(logins).get(host)),
  }
}
