import {parse as parseArguments} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import ReplicateStatus from '../src/commands/replicate-status.ts'
import {
  commandsOf,
  documentOf,
  manifests,
  ownVersion,
  unknownKeys,
  versionsInstalled,
} from './support/manifests.ts'
import {read} from './support/pages.ts'
import {everywhere, openReplicationWorld, prod} from './support/replication-world.ts'

const [gitHub, gitLab] = ['deploy/replication/github-actions.yml', 'deploy/replication/gitlab-ci.yml']
const files = manifests('deploy/replication/*')
const repository = 'payments/api'

/** The one command line of a manifest, for an image with that digest and tag. */
async function lineOf(file: string, digest: string) {
  const lines = commandsOf(file, {'inputs.digest': digest, CI_COMMIT_TAG: 'v1'})
  expect(lines.map(([command]) => command)).toEqual(['replicate-status'])
  const {args, baseFlags, flags, strict} = ReplicateStatus
  const [, ...words] = lines[0] ?? []
  return parseArguments(words, {args, flags: {...baseFlags, ...flags}, strict})
}

/** What the command line says of an image that was just pushed; `change` is made when it has been replicated. */
async function statusOf(file: string, change?: (world: World, digest: string) => Promise<void>) {
  const world = await openReplicationWorld()
  await world.replicateTo(everywhere)
  const pushed = await world.push(repository, [{name: 'one', tags: ['v1']}])
  const digest = pushed.get('one') ?? ''
  if (change !== undefined) {
    await world.arrive()
    await change(world, digest)
  }
  const {argv, flags} = await lineOf(file, digest)
  const {wait: waitMs, thorough, 'allow-uncovered': allowUncovered} = flags
  const run = await world.status(argv.map(String), {waitMs, thorough, allowUncovered})
  expect(run.images).toMatchObject([{repository, digest}])
  return run
}

type World = Awaited<ReturnType<typeof openReplicationWorld>>

test('there is a job for each of two systems', () => {
  expect(files).toEqual([gitHub, gitLab])
})

describe.each(files)('%s', file => {
  test('waits for what was just pushed, and goes on when it is everywhere', async () => {
    const {exitCode} = await statusOf(file)
    expect(exitCode).toBe(0)
  })

  test('goes no further when a destination has it no more', async () => {
    const run = await statusOf(file, (world, digest) => world.remove(prod, repository, digest))
    expect(run.exitCode).toBe(4)
  })

  test('installs the version that it was written for, and is led to by the guide', () => {
    expect(new Set(versionsInstalled(file))).toEqual(new Set([ownVersion()]))
    expect(read('docs/replication.md')).toContain(`(../${file})`)
  })
})

test('the GitHub workflow is called with the digest that was pushed', () => {
  const workflow = documentOf(gitHub) as {
    readonly on: object
    readonly jobs: {readonly replicated: {readonly steps: readonly object[]}}
  }
  expect(workflow.on).toEqual({workflow_call: {inputs: {digest: {type: 'string', required: true}}}})
  for (const step of workflow.jobs.replicated.steps) {
    // GitHub documentation, "Workflow syntax": a step either uses an action or runs a script.
    expect(unknownKeys(step, 'id if name uses run with env')).toEqual([])
    expect('uses' in step).not.toBe('run' in step)
  }
})

test('the GitLab job takes nothing but a lack of evidence for a warning', () => {
  const {replicated} = documentOf(gitLab) as Readonly<Record<string, object>>
  // GitLab documentation, "CI/CD YAML syntax reference".
  expect(unknownKeys(replicated, 'stage image timeout rules id_tokens script allow_failure')).toEqual([])
  expect(replicated).toMatchObject({allow_failure: {exit_codes: [8]}})
})
