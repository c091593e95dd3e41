import {
  CreateRepositoryCommand,
  CreateRepositoryCreationTemplateCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr'
import {expect, test} from 'vitest'
import {toBackfillResult} from '../src/lib/cli/backfill-result.ts'
import {viewBackfill} from '../src/lib/cli/backfill-view.ts'
import {toReplicationLintResult, viewReplicationLint} from '../src/lib/cli/replication-lint-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {routeCodes} from '../src/lib/replication/lint/finding.ts'
import {runReplicationLint} from '../src/lib/replication/lint-run.ts'
import {aroundOf, start} from './lib/replication/backfill-support.ts'
import {rule} from './lib/replication/lint/support.ts'
import {policyText} from './support/lifecycle-world.ts'
import {rowsOf} from './support/pages.ts'
import {
  dr,
  near,
  openReplicationWorld,
  prod,
  type ReplicationWorld,
  repos,
} from './support/replication-world.ts'
import {expectShownOutputs} from './support/shown-outputs.ts'

const base = 'layer'.repeat(1_000_000)

/** Two repositories that were there before the rules. */
async function openShownWorld(): Promise<ReplicationWorld> {
  const world = await openReplicationWorld()
  await world.push('payments/api', [
    {name: 'api 1', tags: ['1.4.1'], layers: [base, 'one']},
    {name: 'api 2', tags: ['1.4.2', 'stable'], layers: [base, 'two']},
  ])
  await world.push('payments/web', [{name: 'web 8', tags: ['8'], layers: [base]}])
  await world.replicateTo([near, prod, dr], ['payments/'])
  return world
}

test('docs/backfill.md shows what its command prints', async () => {
  await expectShownOutputs('docs/backfill.md', 1, async words => {
    expect(words).toEqual(['backfill', 'start', 'dev@eu-west-1', '--to', 'prod@us-east-1', '--dry-run'])
    const world = await openShownWorld()
    const run = await start(await aroundOf(world), {destination: 'prod@us-east-1', dryRun: true})
    return viewBackfill(toBackfillResult(run), plainStyle)
  })
})

test('docs/replication-lint.md shows what its command prints', async () => {
  await expectShownOutputs('docs/replication-lint.md', 1, async ([command, ...words]) => {
    expect(command).toBe('replicate-lint')
    const world = await openShownWorld()
    const {clientOf, aws} = world
    const untagged = {
      tagStatus: 'untagged',
      countType: 'sinceImagePushed',
      countUnit: 'days',
      countNumber: 7,
    } as const
    await clientOf(near).send(
      new CreateRepositoryCreationTemplateCommand({
        prefix: 'payments',
        appliedFor: ['REPLICATION'],
        imageTagMutability: 'IMMUTABLE',
        lifecyclePolicy: policyText(rule(untagged)),
      }),
    )
    await world.allow(prod, 'ecr:CreateRepository')
    await clientOf(dr).send(new CreateRepositoryCommand({repositoryName: 'payments/api'}))
    await clientOf(dr).send(new CreateRepositoryCommand({repositoryName: 'payments/web'}))
    await clientOf(dr).send(
      new PutLifecyclePolicyCommand({
        repositoryName: 'payments/api',
        lifecyclePolicyText: policyText(rule({countNumber: 1})),
      }),
    )
    const run = await runReplicationLint(
      {words, accounts: [], failOn: 'error', concurrency: 8},
      {estate: parseEstate(repos, 'repos.yaml'), aws, region: undefined},
    )
    return viewReplicationLint(toReplicationLintResult(run), plainStyle)
  })
})

test('docs/replication-lint.md tells what each code means, and no other', () => {
  const codes = rowsOf('docs/replication-lint.md', 'Codes')
  expect(codes).toEqual([...routeCodes])
})
