import {existsSync, globSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {commandNeeds, neededBy, readCommands} from '../../../src/lib/access/commands.ts'
import {withoutResource} from '../../../src/lib/access/need.ts'
import {type Access, repositoryPolicyStatement} from '../../../src/lib/ecr/denied.ts'

const root = join(import.meta.dirname, '../../..')
const all = [...commandNeeds.values()].flat()
const actionsOf = (lines: readonly string[], side?: string) =>
  new Set(
    readCommands(lines)
      .flatMap(neededBy)
      .filter(need => side === undefined || need.side === side)
      .map(({action}) => action),
  )

describe('the table of permissions', () => {
  test('has every command that there is, but those that ask no registry', () => {
    const files = globSync('src/commands/**/*.ts', {cwd: root})
    const commands = files.map(file =>
      file.replaceAll('\\', '/').replace('src/commands/', '').replace('.ts', '').replaceAll('/', ' '),
    )
    const silent = [
      'doctor',
      'iam policy',
      'lifecycle compile',
      'promote merge',
      'repos explain',
      'repos lint',
      'repos schema',
      'sandbox reset',
      'sandbox seed',
      'sandbox start',
    ]
    const known = new Set([...commandNeeds.keys(), ...silent])
    expect(commands.filter(command => !known.has(command))).toEqual([])
    expect([...commandNeeds.keys()].filter(command => !commands.includes(command))).toEqual([])
  })

  test('names no permission of a side twice for one command and one flag', () => {
    for (const [command, needs] of commandNeeds) {
      const keys = needs.map(({action, side, flags = [], wide = false}) =>
        [action, side, wide, ...flags].join(' '),
      )
      expect([command, ...keys.filter((key, index) => keys.indexOf(key) !== index)]).toEqual([command])
    }
  })

  test('says for what, in which circumstance and without which harm, in words', () => {
    for (const {why, when = 'now', without = 'none'} of all) {
      for (const words of [why, when, without]) expect(words).toMatch(/^\S.*\S$/)
    }
  })
})

describe('operations that may change something', () => {
  const operations = [...new Set(all.map(({action}) => action.slice('ecr:'.length)))]
  const reads = /^(?:Describe|Get|List|BatchGet|BatchCheck|Validate)/
  const writers = (operation: string) =>
    [...commandNeeds]
      .filter(([, needs]) => needs.some(({action}) => action === `ecr:${operation}`))
      .map(([name]) => name)

  test('are needed by the commands that use them and by no other', () => {
    const found = operations.filter(operation => !reads.test(operation)).toSorted()
    expect(Object.fromEntries(found.map(operation => [operation, writers(operation)]))).toEqual({
      CompleteLayerUpload: ['promote'],
      CreatePullThroughCacheRule: ['repos apply'],
      CreateRepository: ['promote', 'repos apply'],
      CreateRepositoryCreationTemplate: ['repos apply'],
      DeleteLifecyclePolicy: ['lifecycle apply', 'repos apply'],
      DeletePullThroughCacheRule: ['repos apply'],
      DeleteRegistryPolicy: ['repos apply'],
      DeleteRepository: ['repos apply'],
      DeleteRepositoryCreationTemplate: ['repos apply'],
      DeleteRepositoryPolicy: ['repos apply'],
      DeleteSigningConfiguration: ['repos apply'],
      DeregisterPullTimeUpdateExclusion: ['repos apply'],
      InitiateLayerUpload: ['promote'],
      PutAccountSetting: ['repos apply'],
      PutImage: ['promote', 'rollback'],
      PutImageScanningConfiguration: ['repos apply'],
      PutImageTagMutability: ['repos apply'],
      PutLifecyclePolicy: ['lifecycle apply', 'repos apply'],
      PutRegistryPolicy: ['repos apply'],
      PutRegistryScanningConfiguration: ['repos apply'],
      PutReplicationConfiguration: ['repos apply'],
      PutSigningConfiguration: ['repos apply'],
      RegisterPullTimeUpdateExclusion: ['repos apply'],
      SetRepositoryPolicy: ['repos apply'],
      StartImageScan: ['scan-gate'],
      StartLifecyclePolicyPreview: ['lifecycle plan'],
      StartReplicationBackfill: ['backfill start'],
      StopReplicationBackfill: ['backfill stop'],
      TagResource: ['repos apply'],
      UntagResource: ['repos apply'],
      UpdatePullThroughCacheRule: ['repos apply'],
      UpdateRepositoryCreationTemplate: ['repos apply'],
      UploadLayerPart: ['promote'],
    })
  })

  test('and that the code sends are all in the table', () => {
    const text = globSync('src/lib/ecr/**/*.ts', {cwd: root})
      .filter(file => !/(?:public-api|sts)\.ts$/.test(file))
      .map(file => readFileSync(join(root, file), 'utf8'))
      .join('\n')
    const sent = [...text.matchAll(/new sdk\.(\w+)Command\b/g)].map(([, operation = '']) => operation)
    expect(sent).toContain('PutImage')
    // The API reference says of ListImageReferrers that BatchGetImage is its permission.
    const missing = new Set(sent.filter(each => each !== 'ListImageReferrers' && !operations.includes(each)))
    expect([...missing]).toEqual([])
  })
})

describe('what a denial advises', () => {
  /** By what a registry is used for, the commands that use it so, and as which side. */
  const uses: readonly (readonly [Access, readonly string[], string])[] = [
    ['pull', ['promote'], 'source'],
    ['push', ['promote'], 'destination'],
    ['inventory', ['inventory'], 'source'],
    ['lifecycle', ['lifecycle plan', 'lifecycle apply'], 'source'],
    ['replication', ['replicate-status'], 'source'],
    ['scan', ['scan-gate --start'], 'source'],
    ['reconcile', ['repos plan', 'repos apply'], 'source'],
  ]

  test.each(uses)('for %s is in the table of %j', (access, commands, side) => {
    const {Action} = JSON.parse(repositoryPolicyStatement('111111111111', access)) as {Action: string[]}
    const needed = actionsOf(commands, side)
    expect(Action.filter(action => !needed.has(action))).toEqual([])
  })

  test.each(uses)('for %s allows all that is sure to be needed by %j', (access, commands, side) => {
    const {Action} = JSON.parse(repositoryPolicyStatement('111111111111', access)) as {Action: string[]}
    const sure = readCommands(commands)
      .flatMap(neededBy)
      .filter(need => need.side === side && need.when === undefined && need.without === undefined)
      .map(({action}) => action)
      .filter(action => !withoutResource.has(action))
    expect(sure.filter(action => !Action.includes(action))).toEqual([])
  })
})

const data = join(root, '../shared/data/ecr-operations.json')

describe.skipIf(!existsSync(data))('beside ../shared/data/ecr-operations.json', () => {
  const published = () =>
    JSON.parse(readFileSync(data, 'utf8')) as {operation: string; requestFields: {name: string}[]}[]

  test('every action is an operation of ECR', () => {
    const names = new Set(published().map(({operation}) => `ecr:${operation}`))
    expect(all.map(({action}) => action).filter(action => !names.has(action))).toEqual([])
  })

  test('an action knows no resource if its operation takes no repository', () => {
    const repositories = new Set(['repositoryName', 'repositoryNames', 'resourceArn'])
    const global = published()
      .filter(({requestFields}) => !requestFields.some(({name}) => repositories.has(name)))
      .map(({operation}) => `ecr:${operation}`)
    const used = new Set(all.map(({action}) => action))
    expect(new Set(global.filter(action => used.has(action)))).toEqual(withoutResource)
  })
})
