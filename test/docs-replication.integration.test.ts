import {PutImageTagMutabilityCommand} from '@aws-sdk/client-ecr'
import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import ReplicateStatus from '../src/commands/replicate-status.ts'
import {toReplicateStatusResult} from '../src/lib/cli/replication-result.ts'
import {viewReplicateStatus} from '../src/lib/cli/replication-view.ts'
import {plainStyle, type Style} from '../src/lib/cli/style.ts'
import {blocksOf} from './support/pages.ts'
import {
  dr,
  everywhere,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
} from './support/replication-world.ts'
import {expectShownOutputs} from './support/shown-outputs.ts'

const guide = 'docs/replication.md'
const [api, web] = ['payments/api', 'payments/web']

/** The registries that the guide shows: an image of each class. */
async function openShownWorld(): Promise<ReplicationWorld> {
  const world = await openReplicationWorld()
  const {allow, clientOf, push, remove, replicateTo, arrive} = world
  const put = async (name: string, tag: string) => {
    const digests = await push(name, [{name: `${name} ${tag}`, tags: [tag]}])
    await arrive()
    return digests.get(`${name} ${tag}`) ?? ''
  }
  await put(web, '6')
  await replicateTo(everywhere, ['payments/'])
  await put(api, '1.4.0')
  await put(api, 'stable')
  await push(api, [{name: 'moved', tags: ['stable']}], near)
  const deleted = await put(api, '1.4.2')
  await remove(dr, api, deleted)
  await allow(prod, 'ecr:CreateRepository')
  await put(api, '1.4.1')
  await allow(prod, 'ecr:ReplicateImage', 'ecr:CreateRepository')
  await push(web, [{name: 'another', tags: ['7']}], prod)
  await clientOf(prod).send(
    new PutImageTagMutabilityCommand({repositoryName: web, imageTagMutability: 'IMMUTABLE'}),
  )
  await put(web, '7')
  await put('tools/ci', '3')
  await push(web, [{name: 'coming', tags: ['8']}])
  await world.sandbox.advanceClock(1000)
  return world
}

async function status(words: readonly string[], style: Style): Promise<string> {
  const {status: ask} = await openShownWorld()
  const {args, baseFlags, flags: ours, strict} = ReplicateStatus
  const {argv} = await parseArguments([...words], {args, flags: {...baseFlags, ...ours}, strict})
  return viewReplicateStatus(toReplicateStatusResult(await ask(argv.map(String))), style)
}

test('docs/replication.md shows what its command prints', async () => {
  await expectShownOutputs(guide, 1, async ([command, ...words]) => {
    expect(command).toBe('replicate-status')
    return status(words, plainStyle)
  })
})

test('docs/replication.md shows the signs of a narrow terminal', async () => {
  const narrow = await status(['dev@eu-west-1/**'], {...plainStyle, columns: 40})
  const shown = blocksOf(guide).find(({text}) => text.startsWith('IMAGE '))
  expect(narrow).toContain(shown?.text.trimEnd())
})
