import type {EcrApi} from '../../src/lib/ecr/api.ts'
import type {OpenRegistry} from '../../src/lib/ecr/inventory/registries.ts'
import type {SeedRepository} from '../../src/lib/sandbox/seed-format.ts'
import {registryOf} from './planned-changes.ts'

/** Many repositories of one registry, and the file of which none of them differs. */
export interface ManyRepositories {
  /** repos.yaml: mutability, policy, lifecycle policy and tags of all of them, in three kinds. */
  readonly file: string
  readonly names: readonly string[]
  /** What ECR has of each: one in ten has a statement that somebody else added. */
  readonly policyText: (name: string) => string
  readonly lifecycleText: string
  readonly tags: (name: string) => Readonly<Record<string, string>>
}

const kinds = ['team', 'prod', 'cache'] as const
const registry = registryOf('dev')

const lifecycleText = JSON.stringify({
  rules: [
    {
      rulePriority: 10,
      selection: {
        tagStatus: 'untagged',
        countType: 'sinceImagePushed',
        countUnit: 'days',
        countNumber: 14,
      },
      action: {type: 'expire'},
    },
    {
      action: {type: 'expire'},
      rulePriority: 20,
      selection: {
        tagStatus: 'tagged',
        tagPatternList: ['dev-*'],
        countType: 'imageCountMoreThan',
        countNumber: 20,
      },
    },
  ],
})

/** @param listed whether `repositories` names each of them, with a tag of its own. */
export function manyRepositories(count: number, listed: boolean): ManyRepositories {
  const names = Array.from({length: count}, (_, n) => `${kinds[n % kinds.length]}/app-${n}`)
  const own = listed ? names.map(name => `  ${name}: {tags: {repo: ${name}}}`) : []
  return {
    names,
    file: `version: 1
accounts: {dev: {id: "${registry.account}", region: ${registry.region}}}
presets:
  policy:
    pull: {statements: [{Sid: Pull, Effect: Allow, Principal: {AWS: ["222222222222", "333333333333"]}, Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}]}
match:
  - names: [${kinds.map(kind => `"${kind}/**"`).join(', ')}]
    set:
      tagMutability: IMMUTABLE
      policy: {use: [pull]}
      tags: {managed-by: gantry}
      lifecycle: ${lifecycleText}
${kinds.map(kind => `  - {names: ["${kind}/**"], set: {tags: {kind: ${kind}}}}`).join('\n')}
${listed ? `repositories:\n${own.join('\n')}\n` : ''}`,
    policyText: name =>
      JSON.stringify({Version: '2008-10-17', Statement: [pull, ...(isShared(name) ? [lambda(name)] : [])]}),
    lifecycleText,
    tags: name => ({
      'managed-by': 'gantry',
      kind: name.slice(0, name.indexOf('/')),
      ...(listed ? {repo: name} : {}),
    }),
  }
}

/** As ECR might give it back: roots by ARN, in another order. */
const pull = {
  Sid: 'Pull',
  Effect: 'Allow',
  Principal: {AWS: ['arn:aws:iam::333333333333:root', 'arn:aws:iam::222222222222:root']},
  Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
}

function isShared(name: string): boolean {
  return name.endsWith('0')
}

function lambda(name: string): object {
  return {
    Sid: 'LambdaECRImageRetrievalPolicy',
    Effect: 'Allow',
    Principal: {Service: 'lambda.amazonaws.com'},
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    Condition: {
      StringLike: {
        'aws:sourceArn': `arn:aws:lambda:eu-west-1:111111111111:function:${name.replace('/', '-')}`,
      },
    },
  }
}

/** The registry that has them, with an API that answers at once; `asked` counts its requests. */
export function registryWith(many: ManyRepositories): {
  readonly at: OpenRegistry
  readonly asked: () => number
} {
  let asked = 0
  const answer = async <Value>(value: Value): Promise<Value> => {
    asked += 1
    return value
  }
  const texts = new Map(many.names.map(name => [name, many.policyText(name)]))
  const api = {
    repositories: {
      getRepositoryPolicy: (name: string) => answer(texts.get(name) ?? null),
      tags: (name: string) => answer(many.tags(name)),
    },
    lifecycle: {getPolicy: () => answer({text: many.lifecycleText})},
  } as unknown as EcrApi
  const caller = {account: registry.account, arn: `arn:aws:iam::${registry.account}:user/ci`}
  return {at: {registry, caller, api}, asked: () => asked}
}

/** What DescribeRepositories tells of each. */
export function describedAs(name: string) {
  return {repositoryName: name, imageTagMutability: 'IMMUTABLE' as const}
}

/** The same in a sandbox, for `sandbox.seed`. */
export function seedOf(many: ManyRepositories): readonly SeedRepository[] {
  const {account, region} = registry
  return many.names.map(name => ({
    account,
    region,
    name,
    tagMutability: 'IMMUTABLE',
    policy: JSON.parse(many.policyText(name)) as object,
    lifecyclePolicy: JSON.parse(many.lifecycleText) as object,
    resourceTags: many.tags(name),
  }))
}
