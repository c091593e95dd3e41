import {readFile} from 'node:fs/promises'
import {expect} from 'vitest'
import {GantryError} from '../../src/lib/errors.ts'
import type {Digest} from '../../src/lib/oci/digest.ts'
import type {Repository} from '../../src/lib/oci/registry.ts'
import type {RecordLine} from '../../src/lib/promote/record.ts'
import type {PromotionResult} from '../../src/lib/promote/run.ts'
import {expectComplete} from './completeness.ts'
import type {BuiltImage} from './images.ts'

/** A repository before one of its tags is promoted to. */
export interface Before {
  readonly repository: Repository
  readonly tag: string
  /** By tag: `tag` itself, and others that nobody asked to change. */
  readonly tags: ReadonlyMap<string, Digest>
}

/** What a registry must never be left in, whatever went wrong. */
export type Harm = 'lost' | 'wrong' | 'partial'

/** Each tag holds what it held, or the one that was asked for its new image; all of it is there, and nothing is gone. */
export async function harmDone(
  {repository, tag, tags}: Before,
  image: BuiltImage,
): Promise<Harm | undefined> {
  const now = await repository.resolve([...tags.keys()])
  for (const [name, before] of tags) {
    const digest = now.get(name)
    if (digest === undefined) return 'lost'
    const isNew = name === tag && digest === image.root.digest
    if (!isNew && digest !== before) return 'wrong'
    const isThere = (digest: Digest) => succeeds(expectComplete(repository, digest))
    if (!(await isThere(before))) return 'lost'
    if (isNew && !(await isThere(digest))) return 'partial'
  }
  return undefined
}

/** What a promotion says of itself agrees with the registry: exit code, items and record. */
export async function expectHonest(
  outcome: PromotionResult | GantryError,
  {repository, tag}: Before,
  image: BuiltImage,
): Promise<void> {
  const held = (await repository.resolve([tag])).get(tag)
  if (outcome instanceof GantryError) {
    // Before anything was written.
    expect(outcome.exitCode).not.toBe(0)
    expect(held).not.toBe(image.root.digest)
    return
  }
  const [item] = outcome.items
  expect(outcome.items).toHaveLength(1)
  expect(outcome.exitCode === 0).toBe(
    item?.error === null && (item.outcome === 'promoted' || item.outcome === 'unchanged'),
  )
  if (outcome.exitCode === 0) expect(held).toBe(image.root.digest)
  if (outcome.record !== null) await expectHonestRecord(outcome.record, outcome.exitCode, repository)
}

/** Each write that was begun has an outcome; what is said to be done is; and the last word is the exit code. */
async function expectHonestRecord(file: string, exitCode: number, repository: Repository): Promise<void> {
  const text = await readFile(file, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  const lines = text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as RecordLine)
  const intents = lines.flatMap(line => (line.type === 'intent' ? [line] : []))
  const outcomes = new Map(lines.flatMap(line => (line.type === 'outcome' ? [[line.id, line.result]] : [])))
  expect(new Set(outcomes.keys())).toEqual(new Set(intents.map(({id}) => id)))
  expect(lines.at(-1)).toMatchObject({type: 'end', exitCode})
  for (const {id, verb, subject, after} of intents) {
    if (outcomes.get(id) !== 'done') continue
    const [, digest, tag] = /(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))$/.exec(subject) ?? []
    if (verb === 'put-manifest') expect(await repository.manifests([digest as Digest])).toHaveLength(1)
    if (verb === 'tag') expect((await repository.resolve([tag ?? ''])).get(tag ?? '')).toBe(after)
  }
}

/** Base64 of `AWS:`, the beginning of a password of the sandbox, and signed links. */
const secret = /QVdTO|eyJwYXlsb2Fk|X-Amz-Signature/

/** Nothing that a promotion writes or says has a secret in it. */
export async function expectNoSecrets(
  outcome: PromotionResult | GantryError,
  said: readonly unknown[],
): Promise<void> {
  const isResult = !(outcome instanceof GantryError)
  const record = isResult && outcome.record !== null ? await readFile(outcome.record, 'utf8') : ''
  const words = isResult ? JSON.stringify(outcome) : `${outcome.message}${outcome.hints.join()}`
  expect(`${record}${words}${JSON.stringify(said)}`).not.toMatch(secret)
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}
