import {basename} from 'node:path'
import type {Command} from '@oclif/core/command'
import {parse as parseArguments} from '@oclif/core/parser'
import {describe, expect, test} from 'vitest'
import PromoteMerge from '../src/commands/promote/merge.ts'
import Promote from '../src/commands/promote.ts'
import {resolveRequest} from '../src/lib/cli/dispatch.ts'
import {readShard} from '../src/lib/cli/shard.ts'
import {
  documentOf,
  filled,
  manifests,
  ownVersion,
  shellWords,
  textsIn,
  unknownKeys,
  versionsInstalled,
} from './support/manifests.ts'
import {read} from './support/pages.ts'

const files = manifests('deploy/*.{yml,yaml}').map(file => basename(file))
const inDeploy = (file: string) => `deploy/${file}`
const commands = new Map<string, typeof Command>([
  ['promote', Promote],
  ['promote:merge', PromoteMerge],
])

/** What each system puts in the place of its variables, for one of its jobs. */
const variables: Readonly<Record<string, string>> = {
  AWS_BATCH_JOB_ARRAY_INDEX: '3',
  AWS_BATCH_JOB_ARRAY_SIZE: '10',
  AWS_BATCH_JOB_ATTEMPT: '1',
  JOB_COMPLETION_INDEX: '3',
  HOSTNAME: 'gantry-promote-3-abcde',
  CI_NODE_INDEX: '4',
  CI_NODE_TOTAL: '4',
  CI_COMMIT_TAG: 'v1.4.2',
  GITHUB_REF_NAME: 'v1.4.2',
  'matrix.shard': '4',
  'strategy.job-total': '4',
}

/** The words of each gantry command in a text, as the shell would hand them over. */
function commandLinesIn(text: string): string[][] {
  return Array.from(
    filled(text, variables).matchAll(/(?<=^|\n|npx [^\n]*)\s*(?:# +)?gantry (promote[^\n>]*)/g),
    ([, words = '']) => shellWords(words),
  )
}

/** All of what a manifest runs, and what its comments say to run. */
function commandLinesOf(file: string): string[][] {
  const comments = read(inDeploy(file))
    .split('\n')
    .filter(line => line.startsWith('#'))
  const scripts = textsIn(documentOf(inDeploy(file))).filter(text => text.includes('gantry promote'))
  return [...comments, ...scripts].flatMap(commandLinesIn)
}

async function parsed(words: readonly string[]) {
  const request = resolveRequest(words, {commandIDs: [...commands.keys()], topics: [{name: 'promote'}]})
  const command = request.kind === 'command' ? commands.get(request.id) : undefined
  if (request.kind !== 'command' || command === undefined) throw new Error(`${words.join(' ')} is no command`)
  const {flags, args, strict, baseFlags} = command
  const {flags: given} = await parseArguments([...request.argv], {
    flags: {...baseFlags, ...flags},
    args,
    strict,
  })
  return {id: request.id, flags: given as Readonly<Record<string, unknown>>}
}

test('there is a manifest for each system', () => {
  expect(files).toEqual(['aws-batch.yaml', 'github-actions.yml', 'gitlab-ci.yml', 'kubernetes.yaml'])
})

describe.each(files)('deploy/%s', file => {
  test('has command lines that gantry takes: one with a plan, one for a shard of it, one that merges', async () => {
    const lines = await Promise.all(commandLinesOf(file).map(parsed))
    expect(
      lines
        .map(({id, flags}) => [id, ...['out', 'plan', 'shard'].filter(name => name in flags)].join(' '))
        .toSorted(),
    ).toEqual(['promote out', 'promote plan shard', 'promote:merge'])
    const shard = lines.find(({flags}) => 'shard' in flags)?.flags
    expect(shard).toMatchObject({
      json: true,
      record: expect.stringMatching(/record-.*\d.*\.jsonl$/) as string,
    })
  })

  test('gives its last job the last shard, by what the system tells it', async () => {
    const lines = await Promise.all(commandLinesOf(file).map(parsed))
    const [text = ''] = lines.flatMap(({flags}) => (typeof flags['shard'] === 'string' ? flags['shard'] : []))
    const last: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'aws-batch.yaml': {AWS_BATCH_JOB_ARRAY_INDEX: '9', AWS_BATCH_JOB_ARRAY_SIZE: '10'},
      'kubernetes.yaml': {JOB_COMPLETION_INDEX: '9'},
      'gitlab-ci.yml': {CI_NODE_INDEX: '4', CI_NODE_TOTAL: '4'},
      'github-actions.yml': {},
    }
    const {index, count} = readShard(text, last[file] ?? {})
    expect(index).toBe(count)
    expect(count).toBe(file === 'aws-batch.yaml' || file === 'kubernetes.yaml' ? 10 : 4)
  })

  test('installs the version that it was written for', () => {
    expect(new Set(versionsInstalled(inDeploy(file)))).toEqual(new Set([ownVersion()]))
  })
})

test('the AWS Batch job definition has the members of RegisterJobDefinition', () => {
  // AWS Batch API reference: RegisterJobDefinition, ContainerProperties, RetryStrategy, EvaluateOnExit.
  const definition = documentOf(inDeploy('aws-batch.yaml')) as {
    readonly containerProperties: object
    readonly retryStrategy: {readonly attempts: number; readonly evaluateOnExit: readonly object[]}
    readonly timeout: {readonly attemptDurationSeconds: number}
  }
  const {containerProperties, retryStrategy, timeout} = definition
  expect(
    unknownKeys(
      definition,
      `
      jobDefinitionName type containerProperties parameters platformCapabilities
      propagateTags retryStrategy schedulingPriority tags timeout`,
    ),
  ).toEqual([])
  expect(
    unknownKeys(
      containerProperties,
      `
      image command environment ephemeralStorage executionRoleArn
      fargatePlatformConfiguration jobRoleArn linuxParameters logConfiguration mountPoints
      networkConfiguration readonlyRootFilesystem resourceRequirements runtimePlatform secrets
      user volumes`,
    ),
  ).toEqual([])
  expect(definition).toMatchObject({type: 'container', platformCapabilities: ['FARGATE']})
  expect(containerProperties).toMatchObject({
    resourceRequirements: [
      {type: 'VCPU', value: expect.stringMatching(/^(0\.25|0\.5|1|2|4|8|16)$/) as string},
      {type: 'MEMORY', value: expect.stringMatching(/^\d+$/) as string},
    ],
  })
  expect(retryStrategy.attempts).toBeLessThanOrEqual(10)
  for (const rule of retryStrategy.evaluateOnExit) {
    expect(unknownKeys(rule, 'action onExitCode onReason onStatusReason')).toEqual([])
    expect(rule).toMatchObject({action: expect.stringMatching(/^(RETRY|EXIT)$/) as string})
  }
  expect(timeout.attemptDurationSeconds).toBeGreaterThanOrEqual(60)
})

test('the Kubernetes Job is an indexed one whose number of pods the command line repeats', () => {
  // Kubernetes API reference, batch/v1: JobSpec, PodFailurePolicyRule; core/v1: PodSpec, Container.
  interface Job {
    readonly apiVersion: string
    readonly kind: string
    readonly spec: {
      readonly completions: number
      readonly template: {
        readonly spec: {
          readonly containers: readonly {readonly name: string; readonly command: readonly string[]}[]
        }
      }
      readonly podFailurePolicy: {readonly rules: readonly object[]}
    }
  }
  const job = documentOf(inDeploy('kubernetes.yaml')) as Job
  const {spec} = job
  expect(unknownKeys(job, 'apiVersion kind metadata spec')).toEqual([])
  expect(
    unknownKeys(
      spec,
      `
      activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions
      maxFailedIndexes parallelism podFailurePolicy suspend template
      ttlSecondsAfterFinished`,
    ),
  ).toEqual([])
  // backoffLimitPerIndex and podFailurePolicy are for pods that are never restarted in place.
  expect(job).toMatchObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: {completionMode: 'Indexed', template: {spec: {restartPolicy: 'Never'}}},
  })
  const [container] = spec.template.spec.containers
  expect(container?.command.join(' ')).toContain(`--shard auto/${spec.completions} `)
  expect(spec.podFailurePolicy.rules).toContainEqual({
    action: 'FailIndex',
    onExitCodes: {containerName: container?.name, operator: 'NotIn', values: [6]},
  })
})

test('the GitHub workflow shares out to as many shards as its matrix has, and merges whatever came of them', () => {
  interface Workflow {
    readonly jobs: Readonly<
      Record<
        string,
        {
          readonly needs?: string
          readonly if?: string
          readonly strategy?: object
          readonly steps: readonly object[]
        }
      >
    >
  }
  const {jobs} = documentOf(inDeploy('github-actions.yml')) as Workflow
  // GitHub documentation, "Workflow syntax": a step either uses an action or runs a script.
  for (const {steps} of Object.values(jobs)) {
    for (const step of steps) {
      expect(unknownKeys(step, 'id if name uses run with env')).toEqual([])
      expect('uses' in step).not.toBe('run' in step)
    }
  }
  expect(jobs['promote']).toMatchObject({
    needs: 'plan',
    strategy: {'fail-fast': false, matrix: {shard: [1, 2, 3, 4]}},
  })
  expect(jobs['merge']).toMatchObject({needs: 'promote', if: 'always()'})
})

test('the GitLab pipeline keeps the results of jobs that failed, and merges them', () => {
  const pipeline = documentOf(inDeploy('gitlab-ci.yml')) as Readonly<Record<string, object>>
  const {stages, default: defaults, ...jobs} = pipeline
  // GitLab documentation, "CI/CD YAML syntax reference": job keywords.
  const known = 'stage rules parallel id_tokens script retry artifacts'
  for (const job of Object.values(jobs)) expect(unknownKeys(job, known)).toEqual([])
  expect(unknownKeys(defaults, 'image before_script')).toEqual([])
  expect(stages).toEqual(['plan', 'promote', 'merge'])
  expect(jobs['promote']).toMatchObject({parallel: 4, artifacts: {when: 'always'}, retry: {exit_codes: 6}})
  expect(jobs['merge']).toMatchObject({rules: [{when: 'always'}]})
})
