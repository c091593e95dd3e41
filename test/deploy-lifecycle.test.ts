import {join} from 'node:path'
import {parse as parseArguments} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import LifecyclePlan from '../src/commands/lifecycle/plan.ts'
import {lifecyclePlanOrder} from '../src/lib/cli/lifecycle-plan-flags.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {runLifecyclePlan} from '../src/lib/lifecycle/plan-run.ts'
import {keepNewest, openLifecycleWorld} from './support/lifecycle-world.ts'
import {
  commandsOf,
  documentOf,
  manifests,
  ownVersion,
  unknownKeys,
  versionsInstalled,
} from './support/manifests.ts'
import {read} from './support/pages.ts'

const files = manifests('deploy/lifecycle/*')

async function parsed([, , ...argv]: readonly string[]) {
  const {args, baseFlags, flags, strict} = LifecyclePlan
  return parseArguments([...argv], {args, flags: {...baseFlags, ...flags}, strict})
}

test('there is a nightly job for each of two systems', () => {
  expect(files).toEqual(['deploy/lifecycle/github-actions.yml', 'deploy/lifecycle/kubernetes.yaml'])
})

describe.each(files)('%s', file => {
  test('runs plan and nothing else, with flags that it takes', async () => {
    const commands = commandsOf(file)
    expect(commands.map(words => words.slice(0, 2))).toEqual([['lifecycle', 'plan']])
    for (const words of commands) await expect(parsed(words)).resolves.toMatchObject({argv: []})
    expect(read(file)).not.toMatch(/lifecycle apply|--yes(?! --package)/)
  })

  test('changes nothing when it runs: what it asks for sends questions and previews', async () => {
    const world = await openLifecycleWorld()
    const place = {account: '111111111111', region: 'eu-west-1', name: 'team/app'}
    const {fill} = world
    await fill({
      ...place,
      images: [1, 2, 3].map(pushed => ({name: `v${pushed}`, tags: [`v${pushed}`], pushed})),
    })
    await world.putPolicy(place, keepNewest(2))
    const repos = `version: 1
accounts:
  dev: {id: "${place.account}", region: ${place.region}}
repositories:
  ${place.name}: {lifecycle: {expire: [{any: true, keepLast: 1}]}}
`
    const [words = []] = commandsOf(file)
    const {flags} = await parsed(words)
    const order = lifecyclePlanOrder([], flags)
    const out = order.out === undefined ? undefined : join(world.folder, order.out)
    const run = await runLifecyclePlan(
      {...order, out},
      {
        estate: parseEstate(repos, 'repos.yaml'),
        aws: world.aws,
        region: undefined,
        readStdin: async () => Promise.reject(new Error('nobody reads standard input')),
      },
    )
    expect(run.plan.repositories).toMatchObject([{change: {kind: 'put'}, now: {expire: 2}}])
    expect(run.exitCode).toBe(0)
    world.expectOnlyPreviews()
  })

  test('installs the version that it was written for, and is led to by the guide', () => {
    expect(new Set(versionsInstalled(file))).toEqual(new Set([ownVersion()]))
    expect(read('docs/lifecycle.md')).toContain(`(../${file})`)
  })
})

test('the GitHub workflow runs each night with no right to write, and keeps the plan whatever came of it', () => {
  const workflow = documentOf('deploy/lifecycle/github-actions.yml') as {
    readonly on: {readonly schedule: readonly object[]}
    readonly permissions: object
    readonly jobs: {readonly plan: {readonly steps: readonly {readonly uses?: string}[]}}
  }
  expect(workflow.on.schedule).toEqual([{cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string}])
  expect(workflow.permissions).toEqual({'id-token': 'write', contents: 'read'})
  const {steps} = workflow.jobs.plan
  // GitHub documentation, "Workflow syntax": a step either uses an action or runs a script.
  for (const step of steps) {
    expect(unknownKeys(step, 'id if name uses run with env')).toEqual([])
    expect('uses' in step).not.toBe('run' in step)
  }
  expect(steps.at(-1)).toMatchObject({if: 'always()', with: {path: 'plan.*'}})
})

test('the Kubernetes CronJob runs each night, one at a time, with repos.yaml where the command looks for it', async () => {
  // Kubernetes API reference, batch/v1: CronJobSpec, JobSpec; core/v1: PodSpec, Container, VolumeMount.
  const cronJob = documentOf('deploy/lifecycle/kubernetes.yaml') as {
    readonly spec: {
      readonly jobTemplate: {
        readonly spec: {
          readonly template: {
            readonly spec: {
              readonly containers: readonly {readonly volumeMounts: readonly {readonly mountPath: string}[]}[]
              readonly volumes: readonly object[]
            }
          }
        }
      }
    }
  }
  const {spec} = cronJob
  const pod = spec.jobTemplate.spec.template.spec
  const [container] = pod.containers
  expect(unknownKeys(cronJob, 'apiVersion kind metadata spec')).toEqual([])
  const known = `
    concurrencyPolicy failedJobsHistoryLimit jobTemplate schedule startingDeadlineSeconds
    successfulJobsHistoryLimit suspend timeZone`
  expect(unknownKeys(spec, known)).toEqual([])
  expect(unknownKeys(spec.jobTemplate.spec, 'activeDeadlineSeconds backoffLimit template')).toEqual([])
  expect(unknownKeys(pod, 'containers restartPolicy serviceAccountName volumes')).toEqual([])
  expect(unknownKeys(container, 'command env image name resources volumeMounts')).toEqual([])
  expect(cronJob).toMatchObject({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    spec: {
      concurrencyPolicy: 'Forbid',
      schedule: expect.stringMatching(/^\d+ \d+ \* \* \*$/) as string,
      jobTemplate: {spec: {backoffLimit: 0, template: {spec: {restartPolicy: 'Never'}}}},
    },
  })
  const [words = []] = commandsOf('deploy/lifecycle/kubernetes.yaml')
  const {flags} = await parsed(words)
  expect(flags.config).toBe(`${container?.volumeMounts[0]?.mountPath}/repos.yaml`)
  expect(pod.volumes).toMatchObject([{name: 'repos', configMap: {name: 'gantry-repos'}}])
})
