import * as fc from 'fast-check'
import {expect, test} from 'vitest'
import {judge} from '../../../src/lib/lifecycle/judge.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import type {RepositoryImage} from '../../../src/lib/lifecycle/verdict.ts'
import {decide} from '../../../src/lib/sandbox/lifecycle/images.ts'
import {MemoryContent} from '../../../src/lib/sandbox/state/content.ts'
import type {Repository} from '../../../src/lib/sandbox/state/repository.ts'
import {Store} from '../../../src/lib/sandbox/state/store.ts'
import {World} from '../../../src/lib/sandbox/state/world.ts'
import {dev, region} from '../sandbox/support.ts'
import {cases, images, now, rules} from './arbitraries.ts'
import {referenceEvaluation, referenceRanks, referenceRule, referenceRun} from './reference.ts'

test('on 10,000 policies and repositories, all verdicts are those of the user guide taken word by word', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      const {departures, ...judgement} = judge(policy, all, now)
      const run = referenceRun(policy, all, now)
      expect(departures).toHaveLength(Object.keys(run).length)
      for (const {image, fate, rule, follows} of departures)
        expect({fate, rule: rule.rulePriority, ...(follows === undefined ? {} : {follows})}).toEqual(
          run[image.digest],
        )
      const expectedReason = reasonsOf(policy, all)
      for (const image of all) {
        const {fate, ranks, reason} = judgement.verdictOf(image)
        expect(fate).toBe(run[image.digest]?.fate ?? null)
        expect(ranks.map(({rule, rank, of}) => [rule.rulePriority, rank, of])).toEqual(
          referenceRanks(policy, all, image),
        )
        expect([reason.kind, 'rule' in reason ? reason.rule.rulePriority : undefined]).toEqual(
          expectedReason(image),
        )
      }
    }),
    cases(10_000),
  )
}, 120_000)

test('an index goes before what it lists, a subject before its referrers', () => {
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      const {departures} = judge(policy, all, now)
      const order = departures.map(({image}) => image.digest)
      // What follows a subject comes last, an index or not.
      const acted = departures.filter(({follows}) => follows === undefined).map(({image}) => image)
      const pairs = [
        ...acted.flatMap(({digest, children = []}) => children.map(child => [digest, child] as const)),
        ...departures.map(({image, follows = ''}) => [follows, image.digest] as const),
      ].filter(pair => pair.every(digest => order.includes(digest)))
      expect(pairs.filter(([first, second]) => order.indexOf(first) >= order.indexOf(second))).toEqual([])
    }),
    cases(500),
  )
})

test('an image stays until it is due; without indexes and referrers it goes right after', () => {
  const goingAt = (policy: readonly LifecycleRule[], all: readonly RepositoryImage[], delay: number) => {
    const judgement = judge(policy, all, now)
    const due = all.flatMap(image => {
      const moment = judgement.verdictOf(image).due
      return moment === null ? [] : [{image, at: moment + delay}]
    })
    return due.map(({image, at}) => judge(policy, all, at).departures.some(going => going.image === image))
  }
  fc.assert(
    fc.property(rules, images, (policy, all) => {
      expect(goingAt(policy, all, 0)).not.toContain(true)
      const unrelated = all.map(({digest, tags, storageClass, pushedAt, pulledAt, archivedAt}) => ({
        digest,
        tags,
        storageClass,
        pushedAt,
        ...(pulledAt === undefined ? {} : {pulledAt}),
        ...(archivedAt === undefined ? {} : {archivedAt}),
      }))
      expect(goingAt(policy, unrelated, 1)).not.toContain(false)
    }),
    cases(300),
  )
})

test('the sandbox does what is said of it', () => {
  fc.assert(
    fc.property(rules, images, (policy, made) => {
      const all = inOneRepository(made)
      const {carriedOut} = decide(repositoryOf(all), {rules: policy}, now)
      const own = judge(policy, all, now).departures.filter(({follows}) => follows === undefined)
      expect(carriedOut.map(({image, rule}) => [image.digest, rule.rulePriority])).toEqual(
        own.map(({image, rule}) => [image.digest, rule.rulePriority]),
      )
    }),
    cases(500),
  )
}, 60_000)

function isReferrer(digest: string, all: readonly RepositoryImage[]): boolean {
  const subject = all.find(image => image.digest === digest)?.subject
  return all.some(image => image.digest === subject)
}

/** What is the reason of each verdict, and its rule. */
function reasonsOf(policy: readonly LifecycleRule[], all: readonly RepositoryImage[]) {
  const acts = referenceEvaluation(policy, all, now)
  const run = referenceRun(policy, all, now)
  return (image: RepositoryImage): readonly [string, number | undefined] => {
    if (image.restoring === true) return ['restoring', undefined]
    if (isReferrer(image.digest, all)) {
      const leader = run[image.subject ?? '']
      const moves = leader?.fate === 'expire' || image.storageClass === 'standard'
      const isHeld = leader !== undefined && moves && run[image.digest] === undefined
      return isHeld ? ['listed', leader.rule] : ['follows', undefined]
    }
    const rule = referenceRule(policy, all, image)
    if (rule === undefined) return ['unselected', undefined]
    if (run[image.digest] !== undefined) return ['marked', rule]
    return [acts[image.digest] === undefined ? 'shielded' : 'listed', rule]
  }
}

/** Such as a repository of the sandbox may hold: a tag is of one image. */
function inOneRepository(all: readonly RepositoryImage[]): readonly RepositoryImage[] {
  const taken = new Set<string>()
  return all.map(image => {
    const tags = image.tags.filter(tag => tag !== '' && !taken.has(tag))
    for (const tag of tags) taken.add(tag)
    // While a subject is restored, the sandbox takes what refers to it for images like any other.
    const restoring = image.restoring === true && !all.some(({subject}) => subject === image.digest)
    return {...image, tags, restoring}
  })
}

function repositoryOf(all: readonly RepositoryImage[]): Repository {
  const world = new World(new MemoryContent(), new Store(undefined))
  const repository = world.createRepository(
    {account: dev, region, name: 'app'},
    {
      createdAt: 0,
      tagMutability: {mode: 'MUTABLE', exclusions: []},
      scanOnPush: false,
      encryption: {encryptionType: 'AES256'},
    },
  )
  for (const {tags, storageClass, restoring, ...image} of all) {
    repository.addImage({
      ...image,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      layers: [],
      contentSize: 0,
      manifestSize: 0,
      imageSize: 0,
      ...(storageClass === 'archive' ? {status: 'ARCHIVED' as const} : {}),
      ...(restoring === true ? {status: 'ACTIVATING' as const} : {}),
    })
    for (const tag of tags) repository.setTag(tag, image.digest)
  }
  return repository
}
