import {expect, test} from 'vitest'
import {type ErrorDetails, type ExitCode, exitCodes, GantryError} from '../../../../src/lib/errors.ts'
import {basicValue} from '../../../../src/lib/oci/auth.ts'
import type {ItemError} from '../../../../src/lib/plan/items.ts'
import type {PromotionOrder, PromotionResult} from '../../../../src/lib/promote/run.ts'
import {expectImage} from '../../../support/completeness.ts'
import {
  askForLogin,
  type Behaviour,
  type Behaviours,
  image,
  index,
  layer,
  old,
  other,
  type Role,
  serve,
} from '../../../support/hostile/behaviour.ts'
import {type Scene, useScene} from '../../../support/hostile/scene.ts'
import {requestsWith} from '../../../support/hostile-registry.ts'
import {pushImage} from '../../../support/images.ts'
import {devHost, prodHost} from '../../../support/world.ts'

/** What a promotion makes of a registry's behaviour: it does its work all the same, or says in one line why not. */
export type Outcome = 'promoted' | Complaint

interface Complaint {
  readonly code: string
  readonly exitCode: ExitCode
  /** The message, with names in capitals for hosts, digests and numbers that are others in each run. */
  readonly line: string
}

/** An outcome for each behaviour: the same in all of its roles, or one for each. */
export type Outcomes<B extends Behaviours> = {
  readonly [Name in keyof B]: Outcome | {readonly [R in Extract<keyof B[Name], Role>]: Outcome}
}

const complaint = (exitCode: ExitCode) => (code: string, line: string) => ({code, exitCode, line})
export const promoted = 'promoted'
export const failed = complaint(exitCodes.partial)
export const denied = complaint(exitCodes.denied)
export const unavailable = complaint(exitCodes.transient)
export const refused = complaint(exitCodes.unsafe)

/** Bytes that a whole promotion may be sent by anybody: a manifest of 8 MiB, and what waits in sockets. */
const mostBytes = 24 * 1024 * 1024
/** AWS answers for a hundred manifests at a time. */
const mostBytesOfAws = 80 * 1024 * 1024
/** Milliseconds of the clock that one request may be tried again. */
const retryForMs = 10_000

/** Promotes under each of the behaviours, in each role: the outcome, nothing half-written, and an end in sight. */
export function promoteUnder<B extends Behaviours>(behaviours: B, outcomes: Outcomes<B>): void {
  const current = useScene()
  test.each(casesOf(behaviours, outcomes))('%s, as %s', async (_name, role, behaviour, outcome) => {
    const scene = current()
    await set(scene, role)
    if (!behaviour.isAboutLogin) askForLogin(scene)
    behaviour[role]?.(scene)
    expect(await outcomeOf(promote(scene, role, behaviour.isMetInTags === true), scene)).toEqual(outcome)
    if (outcome === promoted) await expectPromoted(scene, role)
    else await expectNothingWritten(scene, role)
    if (!behaviour.isAboutLogin && role !== 'aws') expectLoggedIn(scene)
    expectBounded(scene)
  })
}

type Case = [name: string, role: Role, behaviour: Behaviour, outcome: Outcome | undefined]

function casesOf<B extends Behaviours>(behaviours: B, outcomes: Outcomes<B>): Case[] {
  const roles: readonly Role[] = ['source', 'elsewhere', 'destination', 'aws']
  return Object.entries<Behaviour>(behaviours).flatMap(([name, behaviour]) => {
    const outcome: Outcome | Partial<Record<Role, Outcome>> = outcomes[name] ?? {}
    const isSame = outcome === promoted || 'code' in outcome
    return roles
      .filter(role => behaviour[role] !== undefined)
      .map((role): Case => [name, role, behaviour, isSame ? outcome : outcome[role]])
  })
}

/** The image is where it is to be promoted from, and an older one where it is to be. */
async function set({world, registry, bystander}: Scene, role: Role): Promise<void> {
  const at = async (host: string) => (await world.open(host)).repository('app')
  if (isRead(role)) serve(registry, image, 'v1')
  else await pushImage(await at(devHost), image, 'v1')
  serve(role === 'destination' ? registry : bystander, old, 'v1')
  await pushImage(await at(prodHost), old, 'v1')
}

function isRead(role: Role): boolean {
  return role === 'source' || role === 'elsewhere'
}

function promote(scene: Scene, role: Role, allTags: boolean): Promise<PromotionResult> {
  const {registry, elsewhere, bystander} = scene
  const host = {source: `${registry.host}/`, elsewhere: `${elsewhere}/`, destination: '', aws: ''}[role]
  const to = {source: 'prod', elsewhere: bystander.host, destination: registry.host, aws: 'prod'}[role]
  const what = allTags ? {match: [`${host}app:v1*`], images: []} : {images: [`${host}app:v1`]}
  return run(scene, role, {...what, to: [to], from: isRead(role) ? undefined : 'dev'})
}

function run(scene: Scene, role: Role, words: Partial<PromotionOrder>): Promise<PromotionResult> {
  const {world, clock, aws, network, timeouts, login, registry, elsewhere} = scene
  const {now, wait} = clock.clock
  const environment = {env: {}, now, wait, network, timeouts, signal: AbortSignal.timeout(20_000)}
  return world.promote(words.images ?? [], words, {
    aws: role === 'elsewhere' ? environment : {...environment, sandboxUrl: aws.origin},
    credentialsFor: host => Promise.resolve([registry.host, elsewhere].includes(host) ? login : undefined),
    retryForMs,
  })
}

async function outcomeOf(promotion: Promise<PromotionResult>, scene: Scene): Promise<Outcome> {
  const error = await promotion.then(
    result => {
      scene.saw(result)
      const failed = result.items.find(({outcome}) => outcome !== 'promoted')
      expect(result.exitCode).toBe(failed?.error?.exitCode ?? 0)
      expect(new Set(result.items.map(({target, tags}) => `${target}:${tags.join()}`)).size).toBe(
        result.items.length,
      )
      return failed?.error
    },
    (error: unknown) => {
      scene.saw(error)
      if (error instanceof GantryError) return error
      throw error
    },
  )
  return error ? {code: error.code, exitCode: error.exitCode, line: lineOf(error, scene)} : 'promoted'
}

/** The message, with names for what is another one in each run. */
function lineOf(
  {message}: ItemError | (Error & ErrorDetails),
  {registry, storage, tokens, stranger, bystander, aws}: Scene,
): string {
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  const names = Object.entries({
    REGISTRY: registry.host,
    STORAGE: storage.host,
    TOKENS: tokens.host,
    STRANGER: stranger.host,
    BYSTANDER: bystander.host,
    AWS: aws.host,
    IMAGE: image.root.digest,
    LAYER: layer.digest,
    OTHER: other.root.digest,
    INDEX: index.root.digest,
    OLD: old.root.digest,
  })
  return names
    .concat([devHost, prodHost].map((host): [string, string] => ['REGISTRY', host]))
    .reduce((line, [name, text]) => line.replaceAll(text, name), message)
    .replaceAll(/\blocalhost:\d+/g, 'localhost:PORT')
    .replaceAll(/\b127\.0\.0\.1:\d+/g, 'PROXY')
    .replaceAll(/(?<![\w.])registry\.example(?![\w.])/g, 'REGISTRY')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'DIGEST')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UPLOAD')
    .replaceAll(/\d+ s \(\d+ tries\)/g, 'N s (N tries)')
}

async function expectPromoted(scene: Scene, role: Role): Promise<void> {
  const {world, registry, bystander} = scene
  if (role === 'destination') expectServed(registry.manifests, registry.blobs)
  else if (role === 'elsewhere') expectServed(bystander.manifests, bystander.blobs)
  else await expectImage((await world.open(prodHost)).repository('app'), image, 'v1')
}

function expectServed(
  manifests: ReadonlyMap<string, {readonly bytes: Uint8Array}>,
  blobs: ReadonlyMap<string, Uint8Array>,
): void {
  expect(Buffer.from(manifests.get('v1')?.bytes ?? [])).toEqual(Buffer.from(image.root.bytes))
  for (const [digest, bytes] of image.blobs) expect(blobs.get(digest), digest).toEqual(Buffer.from(bytes))
}

/** The tag is at the old image, be it at the registry that misbehaved or where nobody did. */
async function expectNothingWritten({world, registry, bystander}: Scene, role: Role): Promise<void> {
  const written = role === 'destination' ? registry : bystander
  expect(written.manifests.get('v1')?.bytes).toEqual(old.root.bytes)
  await expectImage((await world.open(prodHost)).repository('app'), old, 'v1')
}

/** Or it would show nothing that nobody else got the login. */
function expectLoggedIn({registry, login}: Scene): void {
  expect(requestsWith(basicValue(login), [registry]).length).toBeGreaterThan(0)
}

function expectBounded({registry, storage, tokens, aws}: Scene): void {
  const sent = [registry, storage, tokens].reduce((sum, server) => sum + server.bytesSent(), 0)
  expect(sent).toBeLessThan(mostBytes)
  expect(aws.bytesSent()).toBeLessThan(mostBytesOfAws)
}
