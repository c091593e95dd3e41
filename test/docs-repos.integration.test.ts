import {join} from 'node:path'
import {
  ECRClient,
  PutImageTagMutabilityCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecr'
import {parse as parseArguments} from '@oclif/core/parser'
import {expect, test} from 'vitest'
import ReposApply from '../src/commands/repos/apply.ts'
import ReposExplain from '../src/commands/repos/explain.ts'
import ReposExport from '../src/commands/repos/export.ts'
import ReposPlan from '../src/commands/repos/plan.ts'
import {reposApplyOrder} from '../src/lib/cli/repos-apply-flags.ts'
import {toReposApplyResult, viewReposApply} from '../src/lib/cli/repos-apply-view.ts'
import {toReposExplainResult, viewReposExplain} from '../src/lib/cli/repos-explain-view.ts'
import {reposPlanOrder} from '../src/lib/cli/repos-plan-flags.ts'
import {markdownOfReposPlan} from '../src/lib/cli/repos-plan-markdown.ts'
import {toReposPlanResult} from '../src/lib/cli/repos-plan-result.ts'
import {viewReposPlan} from '../src/lib/cli/repos-plan-view.ts'
import {plainStyle} from '../src/lib/cli/style.ts'
import type {Estate} from '../src/lib/config/estate.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {runReposApply} from '../src/lib/repos/apply-run.ts'
import {explainSettings} from '../src/lib/repos/explain.ts'
import {runReposExport} from '../src/lib/repos/export-run.ts'
import {lintRepos} from '../src/lib/repos/lint/lint.ts'
import {detailedReposExitCode, runReposPlan} from '../src/lib/repos/plan-run.ts'
import {type LifecycleWorld, openLifecycleWorld} from './support/lifecycle-world.ts'
import {blocksOf} from './support/pages.ts'
import {expectShownOutputs} from './support/shown-outputs.ts'

const guide = 'docs/repos-yaml.md'
const dev = {account: '111111111111', region: 'eu-west-1'}
const prod = {account: '222222222222', region: 'eu-west-1'}

/** The one file of the guide that has these words in it. */
function shownEstate(words: string): Estate {
  const [file, ...others] = blocksOf(guide).filter(
    ({language, text}) => language === 'yaml' && text.includes(words),
  )
  expect(others).toEqual([])
  return parseEstate(file?.text ?? '', 'repos.yaml')
}

const accountsAlone = () => shownEstate('# to begin with')
const changed = () => shownEstate('# what is wanted')

/** Two accounts with a few repositories, and with what people and AWS itself put there. */
async function openShownWorld(): Promise<LifecycleWorld> {
  const world = await openLifecycleWorld()
  const {sandbox, fill} = world
  await sandbox.setClock(Date.UTC(2026, 10, 21, 9))
  const weeks = Array.from({length: 6}, (_, week) => week)
  const images = weeks.map(week => ({
    name: `v1.${week}.0`,
    tags: [`v1.${week}.0`, ...(week === 5 ? ['latest'] : [])],
    pushed: 40.2 - 7 * week,
  }))
  await fill(
    {...dev, name: 'payments/api', images},
    {...dev, name: 'payments/worker', images: []},
    {...prod, name: 'payments/api', images: images.slice(0, 3)},
    {...prod, name: 'legacy/app', images: []},
    {...prod, name: 'try-out', images: []},
  )
  await setUp(world)
  sandbox.clearRequests()
  return world
}

/** What nobody has written down yet. */
async function setUp({sandbox}: LifecycleWorld): Promise<void> {
  const statement = {
    Sid: 'LambdaECRImageRetrievalPolicy',
    Effect: 'Allow',
    Principal: {Service: 'lambda.amazonaws.com'},
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  }
  await withClients(sandbox.url, async (atDev, atProd) => {
    const [repositoryName, policyText] = ['payments/api', JSON.stringify({Statement: [statement]})]
    await atProd.send(new SetRepositoryPolicyCommand({repositoryName, policyText}))
    for (const [ecr, {account, region}, name] of [
      [atDev, dev, 'payments/api'],
      [atDev, dev, 'payments/worker'],
      [atProd, prod, 'payments/api'],
    ] as const) {
      const resourceArn = `arn:aws:ecr:${region}:${account}:repository/${name}`
      await ecr.send(new TagResourceCommand({resourceArn, tags: [{Key: 'team', Value: 'payments'}]}))
    }
    for (const repositoryName of ['payments/api', 'legacy/app'])
      await atProd.send(new PutImageTagMutabilityCommand({repositoryName, imageTagMutability: 'IMMUTABLE'}))
    for (const ecr of [atDev, atProd])
      await ecr.send(
        new PutRegistryScanningConfigurationCommand({
          scanType: 'BASIC',
          rules: [
            {scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{filter: '*', filterType: 'WILDCARD'}]},
          ],
        }),
      )
  })
}

/** What somebody did at the console, past the file. */
async function drift({sandbox}: LifecycleWorld): Promise<void> {
  await withClients(sandbox.url, async (_, atProd) => {
    await atProd.send(
      new PutImageTagMutabilityCommand({repositoryName: 'payments/api', imageTagMutability: 'MUTABLE'}),
    )
    await atProd.send(
      new PutReplicationConfigurationCommand({
        replicationConfiguration: {
          rules: [{destinations: [{region: 'us-east-1', registryId: prod.account}]}],
        },
      }),
    )
  })
}

async function withClients(
  endpoint: string,
  act: (atDev: ECRClient, atProd: ECRClient) => Promise<void>,
): Promise<void> {
  const [atDev, atProd] = [dev, prod].map(
    ({account, region}) =>
      new ECRClient({endpoint, region, credentials: {accessKeyId: account, secretAccessKey: 'any'}}),
  ) as [ECRClient, ECRClient]
  await act(atDev, atProd)
  atDev.destroy()
  atProd.destroy()
}

const around = ({aws}: LifecycleWorld, estate: Estate) => ({
  estate,
  aws,
  region: undefined,
  readStdin: async () => Promise.reject(new Error('nobody reads standard input')),
})

async function exported(world: LifecycleWorld): Promise<string> {
  const {args, baseFlags, flags: ours, strict} = ReposExport
  const {flags} = await parseArguments([], {args, flags: {...baseFlags, ...ours}, strict})
  const {account: accounts, only, concurrency} = flags
  const order = {words: [], accounts, only, concurrency}
  return (await runReposExport(order, around(world, accountsAlone()))).text
}

/** What a plan of everything says, saved to a file of the world where the words say so. */
async function plan(argv: readonly string[], world: LifecycleWorld, estate: Estate) {
  const {args, baseFlags, flags: ours, strict} = ReposPlan
  const {flags} = await parseArguments([...argv], {args, flags: {...baseFlags, ...ours}, strict})
  const order = reposPlanOrder([], flags)
  const out = order.out === undefined ? undefined : join(world.folder, order.out)
  const run = await runReposPlan({...order, out}, around(world, estate))
  const result = toReposPlanResult(run, detailedReposExitCode(run))
  const text = flags.markdown.includes('-') ? markdownOfReposPlan(result) : viewReposPlan(result, plainStyle)
  return {result, text: text.replaceAll(join(world.folder, '/'), '')}
}

async function apply(argv: readonly string[], world: LifecycleWorld): Promise<string> {
  const {args: ourArgs, baseFlags, flags: ours} = ReposApply
  const {args, flags} = await parseArguments([...argv], {args: ourArgs, flags: {...baseFlags, ...ours}})
  const order = reposApplyOrder(args.plan, flags)
  const inFolder = (file: string | undefined) => (file === undefined ? undefined : join(world.folder, file))
  if (order.plan !== undefined) await plan(['--out', order.plan], world, changed())
  const run = await runReposApply(
    {...order, plan: inFolder(order.plan), record: inFolder(order.record)},
    {
      ...around(world, changed()),
      records: world.folder,
      confirm: async () => true,
      confirmDeletion: async () => true,
    },
  )
  return viewReposApply(toReposApplyResult(run), plainStyle).replaceAll(join(world.folder, '/'), '')
}

async function explain(argv: readonly string[]): Promise<string> {
  const {args: ourArgs, baseFlags, flags: ours} = ReposExplain
  const {args, flags} = await parseArguments([...argv], {args: ourArgs, flags: {...baseFlags, ...ours}})
  const {repository = '', field} = args
  const subject = explainSettings(changed(), {repository, accounts: flags.account, field})
  return viewReposExplain(toReposExplainResult(subject, repository, field), plainStyle)
}

/** What the guide's command lines print in the world that it shows. */
async function outputOf([room, command, ...argv]: readonly string[], world: LifecycleWorld): Promise<string> {
  expect(room).toBe('repos')
  if (command === 'export') return (await exported(world)).trimEnd()
  if (command === 'explain') return explain(argv)
  if (command === 'apply') return apply(argv, world)
  expect(command).toBe('plan')
  if (argv.includes('--out')) return (await plan(argv, world, changed())).text
  if (!argv.includes('--detailed-exitcode'))
    return (await plan(argv, world, parseEstate(await exported(world), 'repos.yaml'))).text
  await apply(['--yes'], world)
  await drift(world)
  const {result, text} = await plan(argv, world, changed())
  expect(result.exitCode).toBe(10)
  return text
}

test('docs/repos-yaml.md shows what its commands print', async () => {
  await expectShownOutputs(guide, 6, async words => {
    const world = await openShownWorld()
    const text = await outputOf(words, world)
    const isChanged = world.sandbox.requests.some(({mutating}) => mutating)
    expect(isChanged).toBe(words.includes('--yes') || words.includes('--detailed-exitcode'))
    return text
  })
})

test('what docs/repos-yaml.md applies is as the file says afterwards, but for what ECR cannot change', async () => {
  const world = await openShownWorld()
  await apply(['--yes'], world)
  const {result} = await plan([], world, changed())
  expect(result.items.flatMap(({kind}) => (kind === 'foreign' || kind === 'unlisted' ? [] : [kind]))).toEqual(
    ['blocked'],
  )
})

test('the files of docs/repos-yaml.md that are planned with have nothing that its lint warns of', () => {
  for (const estate of [accountsAlone(), changed()]) expect(lintRepos(estate, 'warning').exitCode).toBe(0)
})
