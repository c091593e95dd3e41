import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {toExplainResult, viewExplain} from '../../../src/lib/cli/lifecycle-explain-view.ts'
import {plainStyle} from '../../../src/lib/cli/style.ts'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {runExplain} from '../../../src/lib/lifecycle/explain-run.ts'
import type {LifecycleRule} from '../../../src/lib/lifecycle/policy.ts'
import {
  dayMs,
  expireAfter,
  keepNewest,
  openLifecycleWorld,
  policyText,
  today,
} from '../../support/lifecycle-world.ts'

const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
const estate = parseEstate(
  `version: 1\naccounts:\n  dev: {id: "${place.account}", region: ${place.region}}\n`,
  'repos.yaml',
)

const archiveUnpulled: LifecycleRule = {
  rulePriority: 1,
  selection: {tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90},
  action: {type: 'transition', targetStorageClass: 'archive'},
}

async function open() {
  const {aws, fill, folder, operations, putPolicy, deletePolicy, expectNoMutation} =
    await openLifecycleWorld()
  const [digests = new Map<string, string>()] = await fill({
    ...place,
    images: [
      {name: 'arm', pushed: 12},
      {name: 'both', tags: ['v1'], pushed: 12, lists: ['arm']},
      {name: 'signature', pushed: 11, refersTo: 'both'},
      {name: 'new', tags: ['v2'], pushed: 1},
    ],
  })
  await putPolicy(place, expireAfter(14))
  const explain = (image: string, words: {policyFile?: string; protect?: string[]} = {}) =>
    runExplain(
      {images: [image], policyFile: undefined, inventory: undefined, protect: [], days: 365, ...words},
      {estate, aws, region: undefined, readStdin: async () => Buffer.alloc(0)},
    )
  return {digests, folder, explain, operations, withoutPolicy: () => deletePolicy(place), expectNoMutation}
}

test('an image is told of with what lists it and refers to it, and the day on which it goes', async () => {
  const {digests, explain, expectNoMutation} = await open()
  const {stories} = await explain('dev/team/app:v1')
  expect(stories).toMatchObject([
    {
      digest: digests.get('both'),
      tags: ['v1'],
      referrers: [digests.get('signature')],
      today: {fate: 'expire', at: new Date(today + 3 * dayMs).toISOString()},
      next: null,
    },
  ])
  const [child] = (await explain(`team/app@${digests.get('arm')}`)).stories
  expect(child?.indexes).toEqual([digests.get('both')])
  expectNoMutation()
})

test('where there is no policy and none is wanted, none is told of', async () => {
  const {explain, withoutPolicy} = await open()
  await withoutPolicy()
  const {stories} = await explain('team/app:v1')
  expect(stories).toMatchObject([{change: 'unmanaged', today: {fate: null}, next: null}])
})

test('the policy of a file is told of beside that of today, with what needs the image', async () => {
  const {explain, folder, expectNoMutation} = await open()
  const policyFile = join(folder, 'policy.json')
  const protect = join(folder, 'in-use.txt')
  await writeFile(policyFile, policyText(keepNewest(1)))
  await writeFile(protect, 'team/app:v1\n')
  const run = await explain('team/app:v1', {policyFile, protect: [protect]})
  const [story] = run.stories
  expect(story?.next).toMatchObject({fate: 'expire', at: new Date(today).toISOString()})
  expect(story?.evidence.join()).toContain('in-use.txt:1')
  const shown = viewExplain(toExplainResult(run), plainStyle)
  expect(shown).toContain(story?.next?.verdict)
  expect(shown).toContain('Needed: ')
  expectNoMutation()
})

test('manifests are not read where that may count as a pull that a rule counts, and that is said', async () => {
  const {digests, explain, folder, operations, expectNoMutation} = await open()
  const policyFile = join(folder, 'policy.json')
  await writeFile(policyFile, policyText(archiveUnpulled))
  const {stories, warnings} = await explain('team/app:v2', {policyFile})
  expect(stories).toMatchObject([{digest: digests.get('new'), next: {fate: 'archive'}}])
  expect(warnings).toEqual([
    expect.stringMatching(`team/app: What ${digests.get('both')} lists was not read`),
  ])
  expect(operations().has('BatchGetImage')).toBe(false)
  expectNoMutation()
})

test('an image that is not there is an error that names a near tag', async () => {
  const {explain} = await open()
  await expect(explain('team/app:v11')).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    message: expect.stringContaining('"v1"'),
  })
  await expect(explain('team/*:v1')).rejects.toMatchObject({code: 'INVALID_REFERENCE'})
})
