import {existsSync, readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {sha256} from '../support.ts'
import type {Fields} from './model.ts'
import {Setting} from './setting.ts'

// Answers of AWS itself, recorded by cloud-custodian's tests from 2017 to 2022. They are not part of this project.
const file = new URL('../../../../../shared/data/recorded/cloud-custodian-ecr.json', import.meta.url)

interface Recording {
  readonly path: string
  readonly operation: string
  readonly status: number
  readonly data: Fields
}

const recordings = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as {readonly recordings: readonly Recording[]}).recordings
  : []

/** Differences between what AWS answered then and the sandbox answers now, and why each is right. */
const explained: readonly {readonly where: RegExp; readonly what: string; readonly why: string}[] = [
  {
    where: /\.(createdAt|imagePushedAt)$/,
    what: 'added',
    why: 'the first recordings are from before ECR told when a repository was made',
  },
  {
    where: /\.imageTagMutability$/,
    what: 'added',
    why: 'tag immutability came in July 2019; older answers lack it',
  },
  {
    where: /\.imageScanningConfiguration$/,
    what: 'added',
    why: 'image scanning came in October 2019; older answers lack it',
  },
  {
    where: /\.encryptionConfiguration$/,
    what: 'added',
    why: 'encryption settings came in July 2020; older answers lack them',
  },
  {
    where: /\.artifactMediaType$/,
    what: 'added',
    why: 'artifact media types came in 2020; an answer of 2018 lacks them',
  },
  {where: /\.imageStatus$/, what: 'added', why: 'the archive storage class came in November 2025'},
  {
    where: /\.imageDetails\[0\]\.registryId$/,
    what: 'changed',
    why: 'whoever kept this recording made the account anonymous, with eleven digits',
  },
  {
    where: /\.Message$/,
    what: 'changed',
    why: 'the expression of repository names changed in February 2026; AWS answered with the one of 2017',
  },
]
const used = new Set<object>()

const account = '644160558196'

describe.skipIf(recordings.length === 0)('answers that AWS gave', () => {
  test.each(recordings.map(recording => [recording.path.split('placebo/')[1] ?? '', recording] as const))(
    '%s',
    async (_, {operation, status, data}) => {
      await using setting = await Setting.open()
      const world = new Then(setting, data)
      const replay = replays[operation]
      if (replay === undefined) throw new Error(`nothing says how ${operation} is replayed`)
      const input = await replay(world)
      const answer = await setting.call(operation, input, world.account, world.region)
      expect(answer.status).toBe(status)
      const now =
        status === 200 ? answer.body : {Error: {Message: answer.body['message'], Code: answer.body['__type']}}
      const {message: _message, ...before} = data
      const differences = compare('$', before, now)
      expect(differences.filter(difference => !isExplained(difference))).toEqual([])
    },
  )

  test('differ from these in nothing that is explained here and not so any more', () => {
    expect(explained.filter(one => !used.has(one))).toEqual([])
  })
})

interface Difference {
  readonly path: string
  readonly what: 'added' | 'lacking' | 'changed'
  readonly recorded?: unknown
  readonly now?: unknown
}

function isExplained({path, what}: Difference): boolean {
  const known = explained.find(one => one.where.test(path) && one.what === what)
  if (known !== undefined) used.add(known)
  return known !== undefined
}

// Digests are of other bytes, and times of another day.
const ids = /\.(imageDigest|createdAt|imagePushedAt|lastEvaluatedAt)$/

function compare(path: string, recorded: unknown, now: unknown): readonly Difference[] {
  if (Array.isArray(recorded) && Array.isArray(now)) {
    if (recorded.length !== now.length) return [{path, what: 'changed', recorded, now}]
    // ECR documents no order of repositories, and none of an image's tags.
    const [one, other] = [recorded, now].map(list => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
    return (one ?? []).flatMap((item, index) => compare(`${path}[${index}]`, item, other?.[index]))
  }
  if (isObject(recorded) && isObject(now)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(now)])
    return [...names].flatMap(name => {
      const at = `${path}.${name}`
      if (!(name in recorded)) return [{path: at, what: 'added' as const, now: now[name]}]
      if (!(name in now)) return [{path: at, what: 'lacking' as const, recorded: recorded[name]}]
      return ids.test(at) ? [] : compare(at, recorded[name], now[name])
    })
  }
  return recorded === now ? [] : [{path, what: 'changed', recorded, now}]
}

function keyOf(value: unknown): string {
  return isObject(value) ? String(value['repositoryName'] ?? value['Key']) : String(value)
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The world as it must have been when AWS gave an answer, as far as the answer tells. */
class Then {
  readonly setting: Setting
  readonly data: Fields
  readonly account: string
  readonly region: string

  constructor(setting: Setting, data: Fields) {
    this.setting = setting
    this.data = data
    const [, region = 'us-east-1', owner = account] =
      /arn:aws:ecr:([a-z0-9-]+):(\d{12}):/.exec(JSON.stringify(data)) ?? []
    this.region = region
    this.account = owner
  }

  get name(): string {
    const said = /with name '([^']+)'/.exec(JSON.stringify(this.data))?.[1]
    return said ?? (this.data['repositoryName'] as string | undefined) ?? 'app'
  }

  does(operation: string, input: Fields): Promise<Fields> {
    return this.setting.does(operation, input, this.account, this.region)
  }

  async repository(described: Fields = {repositoryName: this.name}): Promise<{repositoryName: string}> {
    const {repositoryName, imageTagMutability, imageScanningConfiguration, encryptionConfiguration} =
      described
    await this.does('CreateRepository', {
      repositoryName,
      imageTagMutability,
      imageScanningConfiguration,
      encryptionConfiguration,
    })
    return {repositoryName: repositoryName as string}
  }

  /** An image of the recorded size and types. */
  async image(detail: Fields): Promise<void> {
    const {repositoryName, imageTags, imageSizeInBytes, imageManifestMediaType, artifactMediaType} = detail
    const name = repositoryName as string
    const config = '{"architecture":"amd64","os":"linux"}'
    for (const blob of ['layer', config]) {
      const {uploadId} = await this.does('InitiateLayerUpload', {repositoryName})
      const bytes = Buffer.from(blob)
      const at = {repositoryName: name, uploadId}
      const layerPartBlob = bytes.toString('base64')
      await this.does('UploadLayerPart', {
        ...at,
        partFirstByte: 0,
        partLastByte: bytes.length - 1,
        layerPartBlob,
      })
      await this.does('CompleteLayerUpload', {...at, layerDigests: [sha256(blob)]})
    }
    const size = (imageSizeInBytes as number) - config.length
    const mediaType = artifactMediaType ?? 'application/vnd.docker.container.image.v1+json'
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifestMediaType,
      config: {mediaType, digest: sha256(config), size: config.length},
      layers: [
        {
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          digest: sha256('layer'),
          size,
        },
      ],
    })
    for (const imageTag of imageTags as readonly string[]) {
      await this.does('PutImage', {repositoryName: name, imageManifest, imageTag})
    }
  }
}

/** How the request of each operation was, by what AWS answered: it prepares the sandbox, and answers the input. */
const replays: Readonly<Record<string, (then: Then) => Promise<Fields>>> = {
  CreateRepository: ({data}) =>
    Promise.resolve({repositoryName: (data['repository'] as Fields)['repositoryName']}),
  DeleteRepository: then => then.repository(then.data['repository'] as Fields),
  DescribeRepositories: async then => {
    for (const described of then.data['repositories'] as readonly Fields[]) await then.repository(described)
    return {}
  },
  DescribeImages: async then => {
    const [detail] = then.data['imageDetails'] as readonly Fields[]
    if (detail === undefined) return then.repository()
    const repository = await then.repository(detail)
    await then.image(detail)
    return repository
  },
  PutImageTagMutability: async then => {
    const {registryId: _, ...changed} = then.data
    await then.repository({repositoryName: changed['repositoryName']})
    return changed
  },
  PutImageScanningConfiguration: async then => {
    const {registryId: _, ...changed} = then.data
    await then.repository({repositoryName: changed['repositoryName']})
    return changed
  },
  SetRepositoryPolicy: async then => ({...(await then.repository()), policyText: compact(then)}),
  GetRepositoryPolicy: withPolicy,
  DeleteRepositoryPolicy: withPolicy,
  PutLifecyclePolicy: async then => ({
    ...(await then.repository()),
    lifecyclePolicyText: spaced(then),
  }),
  GetLifecyclePolicy: withLifecyclePolicy,
  DeleteLifecyclePolicy: withLifecyclePolicy,
  ListTagsForResource: async then => {
    const {repositoryName} = await then.repository()
    const resourceArn = arnOf(then, repositoryName)
    const tags = then.data['tags'] as readonly Fields[]
    if (tags.length > 0) await then.does('TagResource', {resourceArn, tags})
    return {resourceArn}
  },
  TagResource: async then => ({
    resourceArn: arnOf(then, (await then.repository()).repositoryName),
    tags: [{Key: 'Env', Value: 'Dev'}],
  }),
  UntagResource: async then => ({
    resourceArn: arnOf(then, (await then.repository()).repositoryName),
    tagKeys: ['Env'],
  }),
}

async function withPolicy(then: Then): Promise<Fields> {
  if (JSON.stringify(then.data).includes('must satisfy regular expression'))
    return {repositoryName: 'Not a name'}
  const repository = await then.repository()
  if (then.data['policyText'] !== undefined) {
    await then.does('SetRepositoryPolicy', {...repository, policyText: compact(then)})
  }
  return repository
}

async function withLifecyclePolicy(then: Then): Promise<Fields> {
  const repository = await then.repository()
  if (then.data['lifecyclePolicyText'] !== undefined) {
    await then.does('PutLifecyclePolicy', {...repository, lifecyclePolicyText: spaced(then)})
  }
  return repository
}

/** The policy as a program would send it; ECR prints it in its own way. */
function compact({data}: Then): string {
  return JSON.stringify(JSON.parse(data['policyText'] as string))
}

function spaced({data}: Then): string {
  return JSON.stringify(JSON.parse(data['lifecyclePolicyText'] as string), undefined, 1)
}

function arnOf({account: owner, region}: Then, repositoryName: string): string {
  return `arn:aws:ecr:${region}:${owner}:repository/${repositoryName}`
}
