import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {ApiModel} from '../../../src/lib/sandbox/api/api-model.ts'
import ecrModel from '../../../src/lib/sandbox/api/model/ecr.json' with {type: 'json'}
import ecrPublicModel from '../../../src/lib/sandbox/api/model/ecr-public.json' with {type: 'json'}
import {name, pushImage, repository} from './registry-support.ts'
import {dev, http, indexType, manifestType, region, sha256, smallImage} from './support.ts'

// Whatever is sent, the sandbox answers it, soon, and never as if it were a bug of its own.
const runs = Number(process.env['FUZZ_RUNS'] ?? 300)
const deadlineMs = 2000

/** Texts that have broken programs, and those that mean something here. */
const odd = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  'a\u0001b\u0002c',
  '\ud800',
  'x\udc00y',
  '\u202e',
  'a\r\nb: c',
  'ä中🦀',
  '../../../etc/passwd',
  '..%2f..%2f',
  '%zz',
  '__proto__',
  'constructor',
  '${aws:username}',
  '*'.repeat(300),
  'a'.repeat(5000),
  '9'.repeat(400),
  'sha256:',
  `sha256:${'A'.repeat(64)}`,
  `md5:${'0'.repeat(32)}`,
)
const known = fc.constantFrom(
  'team/app',
  'team/other',
  'v1',
  dev,
  region,
  sha256('nothing'),
  smallImage().digest,
  sha256(smallImage().layer),
  manifestType,
  indexType,
  `arn:aws:ecr:${region}:${dev}:repository/team/app`,
  `arn:aws:iam::${dev}:role/some`,
)
const text = fc.oneof(known, odd, fc.string({unit: 'binary', maxLength: 40}))
const {json} = fc.letrec<{json: unknown}>(tie => ({
  json: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    text,
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, 2 ** 53, [], {}),
    fc.array(tie('json'), {maxLength: 3}),
    fc.dictionary(text, tie('json'), {maxKeys: 3}),
  ),
}))

/** JSON with members that mean something to those who read it. */
function documents(...members: readonly string[]): fc.Arbitrary<string> {
  const record = fc.dictionary(fc.constantFrom(...members), json, {maxKeys: 6})
  return fc.oneof(record, json).map(value => JSON.stringify(value))
}

/** Manifests whose blobs are there, with little in them that is odd: many are taken. */
const {mediaType: _, ...pushable} = JSON.parse(smallImage().manifest) as Record<string, unknown>
const manifest = fc
  .oneof(
    fc.record({mediaType: text}),
    fc.record({subject: fc.record({digest: text})}),
    fc.record({subject: fc.record({digest: known}), annotations: json}),
    fc.record({subject: json, artifactType: json}),
    fc.record({config: fc.oneof(fc.record({mediaType: text, digest: text, size: json}), json)}),
    fc.record({layers: fc.oneof(fc.array(fc.record({mediaType: text, digest: text})), json)}),
    fc.record({manifests: fc.oneof(fc.array(fc.record({digest: text})), json), blobs: json}),
    fc.constant({}),
  )
  .map(parts => JSON.stringify({...pushable, ...parts}))

const statement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.oneof(fc.constant('*'), fc.record({AWS: fc.oneof(text, fc.array(text))}), json),
    Action: fc.oneof(fc.constant('ecr:*'), text),
    Resource: fc.oneof(fc.constant('*'), text),
    Condition: fc.dictionary(
      fc.constantFrom('StringLike', 'IpAddress', 'NumericLessThan', 'DateEquals', 'ArnLike', 'Null', 'Bool'),
      fc.dictionary(
        fc.constantFrom('aws:SourceIp', 'aws:CurrentTime', 'aws:PrincipalArn', 'aws:ResourceTag/__proto__'),
        fc.oneof(fc.constantFrom('fe80::1%eth0/64', '::1/129', '10.0.0.0/-1', '127.0.0.1/0'), text),
        {maxKeys: 2},
      ),
      {maxKeys: 2},
    ),
  },
  {requiredKeys: ['Effect']},
)
const policy = fc
  .record({
    Version: fc.constantFrom('2012-10-17', '2008-10-17'),
    Statement: fc.oneof(fc.array(statement), statement),
  })
  .map(value => JSON.stringify(value))

const lifecyclePolicy = fc.oneof(
  documents('rules'),
  fc
    .record({
      rulePriority: fc.oneof(fc.constant(1), json),
      selection: fc.dictionary(
        fc.constantFrom(
          'tagStatus',
          'countType',
          'countNumber',
          'countUnit',
          'tagPatternList',
          'storageClass',
        ),
        fc.oneof(
          fc.constantFrom<unknown>('any', 'tagged', 'imageCountMoreThan', 'days', 'sinceImagePushed', 1, [
            '*',
          ]),
          json,
        ),
      ),
      action: fc.oneof(fc.constant({type: 'expire'}), json),
    })
    .map(rule => JSON.stringify({rules: [rule]})),
)

/** Input of the shape, mostly: now and then something else stands where the model has a value. */
function input(model: ApiModel, shapeName: string, depth = 0): fc.Arbitrary<unknown> {
  const shape = model.shapes[shapeName]
  if (shape === undefined || depth > 5) return json
  const mostly = (arbitrary: fc.Arbitrary<unknown>) =>
    fc.oneof({arbitrary, weight: 12}, {arbitrary: json, weight: 1})
  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(shape.members ?? {}).map(
        ([name, of]) => [name, special[name] ?? input(model, of, depth + 1)] as const,
      )
      return mostly(fc.record(Object.fromEntries(members), {requiredKeys: [...(shape.required ?? [])]}))
    }
    case 'list':
      return mostly(fc.array(input(model, shape.member ?? '', depth + 1), {minLength: 1, maxLength: 2}))
    case 'map':
      return mostly(fc.dictionary(text, input(model, shape.value ?? '', depth + 1), {maxKeys: 2}))
    case 'string':
      return mostly(shape.enum === undefined ? text : fc.constantFrom(...shape.enum))
    case 'blob':
      return mostly(fc.uint8Array({maxLength: 20}).map(bytes => Buffer.from(bytes).toString('base64')))
    case 'boolean':
      return mostly(fc.boolean())
    case 'integer':
    case 'long':
    case 'double':
    case 'timestamp':
      return mostly(fc.integer({min: -1, max: 1001}))
  }
}

const repositoryName = fc.oneof({arbitrary: fc.constant('team/app'), weight: 8}, {arbitrary: text, weight: 1})

/** Members for which the model knows too little to reach deep. */
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  registryId: fc.constantFrom(dev, undefined),
  repositoryName,
  imageTag: fc.oneof(fc.constant('v1'), text),
  imageDigest: fc.oneof(fc.constant(smallImage().digest), text),
  imageManifest: fc.oneof(fc.constant(smallImage().manifest), manifest),
  imageManifestMediaType: fc.oneof(fc.constantFrom(manifestType, undefined), text),
  policyText: policy,
  repositoryPolicy: policy,
  lifecyclePolicyText: lifecyclePolicy,
  lifecyclePolicy,
  resourceArn: fc.oneof(fc.constant(`arn:aws:ecr:${region}:${dev}:repository/team/app`), text),
}

interface Send {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** The status of the answer. @throws when there is none in time. */
async function ask(url: string, sent: Send): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), deadlineMs)
  })
  try {
    const {status} = await Promise.race([http(url, sent), late])
    return status
  } finally {
    clearTimeout(timer)
  }
}

function signed(service: string, scope = region): Readonly<Record<string, string>> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=${dev}/20260101/${scope}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  }
}

/** A sandbox with an image in it, which `restock` puts there anew every now and then: what is sent may take it away. */
async function stocked() {
  const {sandbox, client, send} = await repository()
  await pushImage(send, 'v1')
  let asked = 0
  const restock = async () => {
    asked += 1
    if (asked % 25 !== 0) return
    await sandbox.reset()
    await client.send(new CreateRepositoryCommand({repositoryName: name}))
    await pushImage(send, 'v1')
  }
  return {sandbox, send, restock}
}

test.each([
  {prefix: 'AmazonEC2ContainerRegistry_V20150921', service: 'ecr', model: ecrModel as ApiModel},
  {prefix: 'SpencerFrontendService', service: 'ecr-public', model: ecrPublicModel as ApiModel},
])('every operation of $service answers any input', async ({prefix, service, model}) => {
  const {sandbox, restock} = await stocked()
  const scope = service === 'ecr' ? region : 'us-east-1'
  const bodies = Object.entries(model.operations).map(([operation, {input: shape}]) =>
    fc
      .oneof(
        {arbitrary: input(model, shape).map(value => JSON.stringify(value)), weight: 9},
        {arbitrary: json.map(value => JSON.stringify(value)), weight: 1},
        {arbitrary: fc.oneof(odd, fc.constantFrom('{', '[1,', 'nul', '\ufeff{}')), weight: 1},
      )
      .map(body => ({operation, body})),
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(...bodies), async ({operation, body}) => {
      await restock()
      const headers = {
        ...signed(service, scope),
        'x-amz-target': `${prefix}.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
      }
      expect(await ask(sandbox.url, {method: 'POST', headers, body})).not.toBe(500)
    }),
    {numRuns: runs},
  )
  // What was put in must not break what happens later either.
  await sandbox.advanceClock(3 * 24 * 60 * 60 * 1000)
})

test('an image whose manifest is odd is refused, or can be pulled, listed and described', async () => {
  const {sandbox, send, restock} = await stocked()
  const call = (operation: string, asked: object) =>
    ask(sandbox.url, {
      method: 'POST',
      headers: {...signed('ecr'), 'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}`},
      body: JSON.stringify({repositoryName: name, ...asked}),
    })
  const types = fc.oneof(fc.constantFrom(manifestType, undefined), text)
  await fc.assert(
    fc.asyncProperty(manifest, types, text, async (imageManifest, imageManifestMediaType, imageTag) => {
      await restock()
      await call('PutImage', {imageManifest, imageManifestMediaType, imageTag})
      await call('BatchGetImage', {imageIds: [{imageTag}]})
      await call('DescribeImages', {})
      await call('ListImages', {maxResults: 1})
      await call('ListImageReferrers', {subjectId: {imageDigest: smallImage().digest}})
      for (const path of [
        'tags/list',
        `manifests/${encode(imageTag)}`,
        `manifests/${sha256(imageManifest)}`,
      ]) {
        expect((await send('GET', `/v2/${name}/${path}`)).status).not.toBe(500)
      }
    }),
    {numRuns: runs / 10},
  )
})

test('every route of the registry protocol answers any path, header and body', async () => {
  const {sandbox, send, restock} = await stocked()
  const segment = fc.oneof(
    known,
    odd,
    fc.constantFrom('manifests', 'blobs', 'uploads', 'tags', 'list', 'referrers', '_catalog'),
  )
  const path = fc.oneof(
    fc.tuple(repositoryName, fc.constantFrom('manifests', 'blobs', 'blobs/uploads', 'referrers'), text),
    fc.tuple(repositoryName, fc.constantFrom('tags/list', 'blobs/uploads/')),
    fc.array(segment, {maxLength: 5}),
  )
  const query = fc.dictionary(
    fc.constantFrom('n', 'last', 'digest', 'mount', 'from', 'artifactType', 'tag'),
    text,
    {maxKeys: 2},
  )
  const headers = fc.dictionary(
    fc.constantFrom('content-type', 'range', 'content-range', 'accept', 'x-forwarded-for'),
    fc.constantFrom('', manifestType, 'bytes=0-', 'bytes=5-1', '0-99', '9'.repeat(40), 'ÿ', 'fe80::1%eth0'),
    {maxKeys: 2},
  )
  const methods = fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS')
  const body = fc.oneof(manifest, fc.string({maxLength: 30}))
  await fc.assert(
    fc.asyncProperty(methods, path, query, headers, body, async (method, parts, asked, more, content) => {
      await restock()
      const where = parts.map(part => encode(part)).join('/')
      const search = new URLSearchParams(asked).toString()
      const sent = {headers: more, ...(['GET', 'HEAD'].includes(method) ? {} : {body: content})}
      expect((await send(method, `/v2/${where}?${search}`, sent)).status).not.toBe(500)
    }),
    {numRuns: runs},
  )
  await sandbox.advanceClock(3 * 24 * 60 * 60 * 1000)
})

/** As a path can be sent; what cannot be encoded goes as it is, where it can go. */
function encode(part: string): string {
  return part.startsWith('%') ? part : encodeURIComponent(part.toWellFormed()).replaceAll('%2F', '/')
}

test('every action of STS answers any parameters', async () => {
  const {sandbox} = await stocked()
  const parameters = fc.dictionary(
    fc.constantFrom(
      'RoleArn',
      'RoleSessionName',
      'ExternalId',
      'Policy',
      'WebIdentityToken',
      'DurationSeconds',
      'Tags.member.1.Key',
      'TokenCode',
    ),
    fc.oneof(text, policy, fc.constantFrom(`arn:aws:iam::${dev}:role/some`, 'a.bnVsbA.c', 'a.W10.c', '1e3')),
  )
  const actions = fc.constantFrom(
    'AssumeRole',
    'AssumeRoleWithWebIdentity',
    'GetSessionToken',
    'GetCallerIdentity',
    'constructor',
  )
  await fc.assert(
    fc.asyncProperty(actions, parameters, async (Action, given) => {
      const body = new URLSearchParams({Version: '2011-06-15', ...given, Action}).toString()
      expect(await ask(sandbox.url, {method: 'POST', headers: signed('sts'), body})).not.toBe(500)
    }),
    {numRuns: runs},
  )
})

test('every control of the sandbox answers any document', async () => {
  const {sandbox} = await stocked()
  const controls = fc.constantFrom(
    'faults',
    'rates',
    'quotas',
    'clock',
    'findings',
    'seed',
    'requests',
    '__proto__',
  )
  const document = documents(
    'epochMs',
    'advanceMs',
    'accounts',
    'repositories',
    'kind',
    'PutImage',
    'repository',
    'findings',
  )
  await fc.assert(
    fc.asyncProperty(
      controls,
      fc.constantFrom('PUT', 'POST', 'DELETE'),
      document,
      async (control, method, body) => {
        expect(await ask(`${sandbox.url}/_sandbox/${control}`, {method, body})).not.toBe(500)
      },
    ),
    {numRuns: runs},
  )
})
