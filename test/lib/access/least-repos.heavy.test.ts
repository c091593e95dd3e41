import {runReposExport} from '../../../src/lib/repos/export-run.ts'
import {everything, nothing, openFull, openSome} from '../../support/repos-everything.ts'
import {apply} from '../repos/apply-support.ts'
import {planRepos} from '../repos/plan-support.ts'
import {testLeast} from './least.ts'

const succeeded = (outcome: object) => 'exitCode' in outcome && outcome.exitCode === 0

const compared = [
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:DescribePullThroughCacheRules',
  'ecr:DescribeRepositoryCreationTemplates',
  'ecr:GetLifecyclePolicy',
  'ecr:GetRegistryPolicy',
  'ecr:GetRepositoryPolicy',
  'ecr:GetSigningConfiguration',
  'ecr:ListPullTimeUpdateExclusions',
]
const everythingCompared = [
  ...compared,
  'ecr:DescribeRegistry',
  'ecr:GetAccountSetting',
  'ecr:GetRegistryScanningConfiguration',
  'ecr:ListTagsForResource',
]

testLeast('something of everything', {
  command: 'repos plan',
  estate: everything,
  holds: everythingCompared,
  isDone: succeeded,
  async open() {
    const {world} = await openSome()
    return {sandbox: world.sandbox, run: () => planRepos(world, everything)}
  },
})

testLeast('all there is', {
  command: 'repos export',
  estate: everything,
  isDone: outcome => 'text' in outcome,
  async open() {
    const {world} = await openSome()
    const order = {words: [], accounts: [], only: [], concurrency: 4}
    const {sandbox, aws} = world
    return {sandbox, run: () => runReposExport(order, {aws, estate: everything, region: undefined})}
  },
})

testLeast('something of everything', {
  command: 'repos apply',
  estate: everything,
  holds: [
    ...everythingCompared,
    'ecr:CreatePullThroughCacheRule',
    'ecr:CreateRepository',
    'ecr:CreateRepositoryCreationTemplate',
    'ecr:PutAccountSetting',
    'ecr:PutImageScanningConfiguration',
    'ecr:PutImageTagMutability',
    'ecr:PutLifecyclePolicy',
    'ecr:PutRegistryPolicy',
    'ecr:PutRegistryScanningConfiguration',
    'ecr:PutReplicationConfiguration',
    'ecr:PutSigningConfiguration',
    'ecr:RegisterPullTimeUpdateExclusion',
    'ecr:SetRepositoryPolicy',
    'ecr:TagResource',
    'ecr:UntagResource',
    'ecr:UpdatePullThroughCacheRule',
    'ecr:UpdateRepositoryCreationTemplate',
    'ecr:ValidatePullThroughCacheRule',
  ],
  isDone: succeeded,
  async open() {
    const {world} = await openSome()
    return {sandbox: world.sandbox, run: () => apply(world, everything)}
  },
})

const removals = [
  'ecr:DeleteLifecyclePolicy',
  'ecr:DeletePullThroughCacheRule',
  'ecr:DeleteRegistryPolicy',
  'ecr:DeleteRepository',
  'ecr:DeleteRepositoryCreationTemplate',
  'ecr:DeleteRepositoryPolicy',
  'ecr:DeleteSigningConfiguration',
  'ecr:DeregisterPullTimeUpdateExclusion',
]

testLeast('nothing of what there is', {
  command: 'repos apply',
  estate: nothing,
  holds: removals,
  tried: removals,
  isDone: succeeded,
  async open() {
    const {world} = await openFull()
    return {sandbox: world.sandbox, run: () => apply(world, nothing)}
  },
})
