import {join} from 'node:path'
import {CreateRepositoryCommand, PutImageTagMutabilityCommand} from '@aws-sdk/client-ecr'
import {parse as parseArguments} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import ReposApply from '../src/commands/repos/apply.ts'
import ReposLint from '../src/commands/repos/lint.ts'
import ReposPlan from '../src/commands/repos/plan.ts'
import {reposApplyOrder} from '../src/lib/cli/repos-apply-flags.ts'
import {reposPlanOrder} from '../src/lib/cli/repos-plan-flags.ts'
import {reposPlanOutputs, toReposPlanResult} from '../src/lib/cli/repos-plan-result.ts'
import {runReposApply} from '../src/lib/repos/apply-run.ts'
import {lintRepos} from '../src/lib/repos/lint/lint.ts'
import {detailedReposExitCode, runReposPlan} from '../src/lib/repos/plan-run.ts'
import {identityPolicies, restrict} from './lib/access/least-support.ts'
import {
  commandsOf,
  documentOf,
  manifests,
  ownVersion,
  unknownKeys,
  versionsInstalled,
} from './support/manifests.ts'
import {read} from './support/pages.ts'
import {openReposWorld, type ReposSandbox} from './support/repos-world.ts'
import {temporaryFolder} from './support/temporary-folder.ts'

const [gitHub, gitLab] = ['deploy/repos/github-actions.yml', 'deploy/repos/gitlab-ci.yml']
const files = manifests('deploy/repos/*')

/** The two command lines that plan, the one that applies, and the one that lints. */
function linesOf(file: string) {
  const lines = commandsOf(file)
  const [lint, plan, apply, drift, ...others] = ['lint', 'plan', 'apply', 'plan'].map((command, index) => {
    const [room, ...words] = lines[index] ?? []
    expect([room, words[0]]).toEqual(['repos', command])
    return words.slice(1)
  })
  expect(lines).toHaveLength(4)
  expect(others).toEqual([])
  return {lint: lint ?? [], plan: plan ?? [], apply: apply ?? [], drift: drift ?? []}
}

async function planFlags(argv: readonly string[]) {
  const {args, baseFlags, flags: ours, strict} = ReposPlan
  return (await parseArguments([...argv], {args, flags: {...baseFlags, ...ours}, strict})).flags
}

async function applyWords(argv: readonly string[]) {
  const {args, baseFlags, flags} = ReposApply
  return parseArguments([...argv], {args, flags: {...baseFlags, ...flags}})
}

const text = `
repositories:
  team/app: {in: [dev], tagMutability: IMMUTABLE}
  team/new: {in: [dev, prod@us-east-1]}
`

async function openWorld(): Promise<ReposSandbox> {
  const world = await openReposWorld()
  await world.ecr().send(new CreateRepositoryCommand({repositoryName: 'team/app'}))
  world.clearRequests()
  return world
}

const around = (world: ReposSandbox) => ({
  estate: world.estateOf(text),
  aws: world.aws,
  region: undefined,
  readStdin: async () => Promise.reject(new Error('nobody reads standard input')),
})

async function plan(world: ReposSandbox, argv: readonly string[]) {
  const flags = await planFlags(argv)
  const order = reposPlanOrder([], flags)
  const out = order.out === undefined ? undefined : join(world.folder, order.out)
  const run = await runReposPlan({...order, out}, around(world))
  return toReposPlanResult(run, flags['detailed-exitcode'] ? detailedReposExitCode(run) : run.exitCode)
}

/** @param folder a new one for each run: no run overwrites a record. */
async function apply(world: ReposSandbox, argv: readonly string[], folder: string) {
  const {args, flags} = await applyWords(argv)
  const order = reposApplyOrder(args.plan, flags)
  return runReposApply(
    {...order, plan: join(world.folder, order.plan ?? ''), record: join(folder, order.record ?? '')},
    {
      ...around(world),
      records: world.folder,
      retryForMs: 1000,
      confirm: async () => flags.yes,
      confirmDeletion: async () => flags.yes,
    },
  )
}

/** Lets the users of all accounts do what a command needs, and nothing else. */
async function allow(world: ReposSandbox, command: string): Promise<void> {
  const estate = world.estateOf(text)
  await restrict(world.sandbox, identityPolicies({command, estate}), estate)
}

test('there is a pipeline for each of two systems', () => {
  expect(files).toEqual([gitHub, gitLab])
})

describe.each(files)('%s', file => {
  test('lints, plans, applies the plan that was saved, and looks for drift, with flags that there are', async () => {
    const lines = linesOf(file)
    const {baseFlags, flags: lintFlags} = ReposLint
    await expect(parseArguments(lines.lint, {flags: {...baseFlags, ...lintFlags}})).resolves.toMatchObject({
      flags: {'fail-on': 'error'},
    })
    const {out, markdown} = await planFlags(lines.plan)
    const {args, flags} = await applyWords(lines.apply)
    expect([args.plan, markdown]).toEqual([out, ['plan.md']])
    expect(flags).toMatchObject({yes: true, record: 'record.jsonl'})
    expect(await planFlags(lines.drift)).toMatchObject({'detailed-exitcode': true})
    expect(read(file)).not.toMatch(
      /--delete-images|--max-|--accept|continue-on-error|allow_failure|\|\| true/,
    )
  })

  test('each job does its part with the rights that its role has: plan, apply, and 10 when something drifted', async () => {
    const lines = linesOf(file)
    const world = await openWorld()
    expect(lintRepos(world.estateOf(text), 'error').exitCode).toBe(0)

    await allow(world, 'repos plan')
    const planned = await plan(world, lines.plan)
    expect(planned).toMatchObject({exitCode: 0, summary: {create: 2, change: 1}})
    expect(reposPlanOutputs(planned)).toMatchObject({changes: '3'})
    expect(world.mutations()).toEqual([])
    const denied = await apply(world, lines.apply, await temporaryFolder())
    expect(denied.items.map(({outcome}) => outcome)).toEqual(['failed', 'failed', 'failed'])
    expect(denied.exitCode).toBe(5)

    await allow(world, 'repos apply')
    const applied = await apply(world, lines.apply, await temporaryFolder())
    expect(applied.items.map(({outcome}) => outcome)).toEqual(['applied', 'applied', 'applied'])
    expect(applied.exitCode).toBe(0)

    await allow(world, 'repos plan')
    expect((await plan(world, lines.drift)).exitCode).toBe(0)
    await allow(world, 'repos apply')
    const drift = {repositoryName: 'team/app', imageTagMutability: 'MUTABLE'} as const
    await world.ecr().send(new PutImageTagMutabilityCommand(drift))
    await allow(world, 'repos plan')
    expect((await plan(world, lines.drift)).exitCode).toBe(10)
  })

  test('installs the version that it was written for, and is led to by the guide', () => {
    expect(new Set(versionsInstalled(file))).toEqual(new Set([ownVersion()]))
    expect(read('docs/repos-yaml.md')).toContain(`(../${file})`)
  })
})

interface GitHubJob {
  readonly if: string
  readonly permissions: Readonly<Record<string, string>>
  readonly env: object
  readonly outputs?: object
  readonly needs?: string
  readonly environment?: string
  readonly steps: readonly {
    readonly id?: string
    readonly if?: string
    readonly run?: string
    readonly uses?: string
    readonly with?: Readonly<Record<string, string>>
  }[]
}

test('the GitHub workflow comments on pull requests, applies on main what it planned there, and each job has its own role', () => {
  const {permissions, on, jobs} = documentOf(gitHub) as {
    readonly permissions: object
    readonly on: {readonly push: object; readonly schedule: readonly object[]}
    readonly jobs: {readonly plan: GitHubJob; readonly apply: GitHubJob; readonly drift: GitHubJob}
  }
  expect(permissions).toEqual({})
  expect(on.push).toEqual({branches: ['main'], paths: ['repos.yaml']})
  expect(on.schedule).toEqual([{cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string}])
  const {plan: planJob, apply: applyJob, drift} = jobs
  expect(Object.keys(jobs)).toEqual(['plan', 'apply', 'drift'])
  expect([planJob.permissions['pull-requests'], applyJob.permissions, drift.permissions]).toEqual([
    'write',
    {'id-token': 'write', contents: 'read'},
    {'id-token': 'write', contents: 'read'},
  ])
  // GitHub documentation, "Workflow syntax": a step either uses an action or runs a script.
  for (const {steps} of Object.values(jobs))
    for (const step of steps) {
      expect(unknownKeys(step, 'id if name uses run with env')).toEqual([])
      expect('uses' in step).not.toBe('run' in step)
    }
  expect(planJob.outputs).toEqual({changes: '${{ steps.plan.outputs.changes }}'})
  const comment = planJob.steps.find(({run = ''}) => run.includes('gh pr comment'))
  expect(comment?.if).toContain("github.event_name == 'pull_request'")
  expect(comment?.run).toContain('--body-file plan.md')
  expect(applyJob).toMatchObject({needs: 'plan', environment: 'registries', concurrency: 'registries'})
  expect(applyJob.if).toContain("github.event_name == 'push'")
  const artifactOf = ({steps}: GitHubJob, action: string) =>
    steps.find(({uses = ''}) => uses.includes(action))?.with?.['name']
  expect(artifactOf(applyJob, 'download-artifact')).toBe(artifactOf(planJob, 'upload-artifact'))
  const rolesOf = ({env, steps}: GitHubJob) => [
    env,
    steps.find(({uses = ''}) => uses.includes('configure-aws-credentials'))?.with?.['role-to-assume'],
  ]
  expect(rolesOf(drift)).toEqual(rolesOf(planJob))
  const [config, role] = rolesOf(applyJob)
  expect(rolesOf(planJob)).not.toContain(role)
  expect([config, rolesOf(planJob)[0]]).toEqual([
    {AWS_CONFIG_FILE: 'ci/aws-apply.ini'},
    {AWS_CONFIG_FILE: 'ci/aws-plan.ini'},
  ])
})

test('the GitLab pipeline shows the plan in merge requests, and applies by hand, one at a time, on the default branch', () => {
  const pipeline = documentOf(gitLab) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const {stages, default: common, plan: planJob, apply: applyJob, drift, ...others} = pipeline
  expect([stages, Object.keys(others)]).toEqual([['plan', 'apply'], []])
  // GitLab documentation, "CI/CD YAML syntax reference".
  expect(unknownKeys(common, 'image id_tokens before_script')).toEqual([])
  const known = 'stage timeout variables rules needs resource_group environment script artifacts'
  for (const job of [planJob, applyJob, drift]) expect(unknownKeys(job, known)).toEqual([])
  expect(planJob?.['artifacts']).toEqual({
    when: 'always',
    expose_as: 'registry plan',
    paths: ['plan.md', 'plan.json'],
  })
  expect(applyJob).toMatchObject({
    needs: ['plan'],
    resource_group: 'registries',
    variables: {AWS_CONFIG_FILE: 'ci/aws-apply.ini'},
    rules: [{when: 'manual', if: expect.stringContaining('$CI_DEFAULT_BRANCH') as string}],
  })
  for (const job of [planJob, drift])
    expect(job).toMatchObject({variables: {AWS_CONFIG_FILE: 'ci/aws-plan.ini'}})
  expect(drift?.['rules']).toEqual([{if: '$CI_PIPELINE_SOURCE == "schedule"'}])
})
