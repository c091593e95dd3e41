import {
  BatchGetImageCommand,
  CreatePullThroughCacheRuleCommand,
  type CreatePullThroughCacheRuleCommandInput,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  ECRClient,
  PutRegistryPolicyCommand,
  paginateDescribePullThroughCacheRules,
  SetRepositoryPolicyCommand,
  UpdatePullThroughCacheRuleCommand,
  ValidatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr'
import {expect, onTestFinished, test} from 'vitest'
import {replies} from '../../support/hostile-registry.ts'
import {addImage, cacheQuay, day, openCached, secretArn, start} from './pull-through-support.ts'
import {clientOptions, dev, ecrClient, openSandbox, prod, putSmallImage, region, sha256} from './support.ts'

const hub = 'registry-1.docker.io'
const credentialArn = secretArn('hub')
const username = 'someone'
const accessToken = 'a-token'
const authorization = `Basic ${Buffer.from(`${username}:${accessToken}`).toString('base64')}`
const secrets = [
  {arn: credentialArn, username, accessToken},
  {arn: secretArn('denied'), username, accessToken, unreadable: 'denied'},
  {arn: secretArn('encrypted'), username, accessToken, unreadable: 'encrypted'},
] as const

/** The same, with the secrets of the account. */
async function open() {
  const opened = await openCached(['quay.io', hub])
  await opened.sandbox.seed({accounts: [{id: dev, secrets}]})
  return opened
}

function create(ecr: ECRClient, rule: Partial<CreatePullThroughCacheRuleCommandInput>) {
  return ecr.send(
    new CreatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub', upstreamRegistryUrl: hub, ...rule}),
  )
}

function refusal(name: string, message = '') {
  return expect.objectContaining({name, message: expect.stringContaining(message)})
}

test('a rule is given back as it was made, and updated', async () => {
  const {sandbox, ecr} = await open()
  const rule = {
    ecrRepositoryPrefix: 'hub',
    registryId: dev,
    upstreamRegistryUrl: hub,
    upstreamRegistry: 'docker-hub',
    upstreamRepositoryPrefix: 'ROOT',
    credentialArn,
  }
  expect(await create(ecr, {credentialArn})).toMatchObject({...rule, createdAt: new Date(start)})
  await sandbox.setClock(start + day)
  const customRoleArn = `arn:aws:iam::${dev}:role/cache`
  const update = {ecrRepositoryPrefix: 'hub/', customRoleArn}
  const {upstreamRegistryUrl, upstreamRegistry, ...inShort} = rule
  expect(await ecr.send(new UpdatePullThroughCacheRuleCommand(update))).toMatchObject({
    ...inShort,
    customRoleArn,
    updatedAt: new Date(start + day),
  })
  const {pullThroughCacheRules} = await ecr.send(new DescribePullThroughCacheRulesCommand({}))
  expect(pullThroughCacheRules).toEqual([
    {...rule, customRoleArn, createdAt: new Date(start), updatedAt: new Date(start + day)},
  ])
  expect(await ecr.send(new DeletePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub'}))).toMatchObject({
    ...inShort,
    upstreamRegistryUrl,
    createdAt: new Date(start),
  })
  expect(upstreamRegistry).toBe('docker-hub')
  for (const gone of [
    ecr.send(new DeletePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub'})),
    ecr.send(new UpdatePullThroughCacheRuleCommand(update)),
    ecr.send(new ValidatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub'})),
    ecr.send(new DescribePullThroughCacheRulesCommand({ecrRepositoryPrefixes: ['hub']})),
  ]) {
    await expect(gone).rejects.toEqual(refusal('PullThroughCacheRuleNotFoundException'))
  }
})

test('a registry that needs credentials takes a secret that ECR can read', async () => {
  const {ecr} = await open()
  // aws-controllers-k8s/community#2589
  const needed =
    'The specified upstream registry requires authentication. Specify a valid Secrets Manager ARN'
  await expect(create(ecr, {})).rejects.toEqual(refusal('UnsupportedUpstreamRegistryException', needed))
  const wrong: readonly (readonly [string, string])[] = [
    ['missing', 'SecretNotFoundException'],
    ['denied', 'UnableToAccessSecretException'],
    ['encrypted', 'UnableToDecryptSecretValueException'],
  ]
  for (const [name, error] of wrong) {
    await expect(create(ecr, {credentialArn: secretArn(name)})).rejects.toEqual(refusal(error))
  }
  await create(ecr, {credentialArn})
  for (const [name, error] of wrong) {
    const update = {ecrRepositoryPrefix: 'hub', credentialArn: secretArn(name)}
    await expect(ecr.send(new UpdatePullThroughCacheRuleCommand(update))).rejects.toEqual(refusal(error))
  }
})

test.each([
  [
    'a host that ECR does not cache',
    {upstreamRegistryUrl: 'registry.example.com'},
    'UnsupportedUpstreamRegistryException',
  ],
  ['another kind than its host', {upstreamRegistry: 'quay' as const}, 'UnsupportedUpstreamRegistryException'],
  ['itself', {upstreamRegistryUrl: `${dev}.dkr.ecr.${region}.amazonaws.com`}, 'InvalidParameterException'],
  [
    'another account without a role',
    {upstreamRegistryUrl: `${prod}.dkr.ecr.${region}.amazonaws.com`},
    'InvalidParameterException',
  ],
  [
    'a role of another account',
    {credentialArn, customRoleArn: `arn:aws:iam::${prod}:role/cache`},
    'InvalidParameterException',
  ],
])('a rule for %s is refused', async (_, rule, error) => {
  const {ecr} = await open()
  await expect(create(ecr, rule)).rejects.toEqual(refusal(error))
})

test('prefixes are taken once, 50 of them, and come in pages', async () => {
  const {sandbox, ecr} = await open()
  await cacheQuay(ecr, 'p0')
  await expect(cacheQuay(ecr, 'p0/')).rejects.toEqual(refusal('PullThroughCacheRuleAlreadyExistsException'))
  for (let n = 1; n < 50; n++) await cacheQuay(ecr, `p${n}`)
  await expect(cacheQuay(ecr, 'p50')).rejects.toEqual(refusal('LimitExceededException'))
  sandbox.setQuotas({pullThroughCacheRules: 51})
  await cacheQuay(ecr, 'p50')
  const sizes = []
  for await (const {pullThroughCacheRules = []} of paginateDescribePullThroughCacheRules(
    {client: ecr, pageSize: 20},
    {},
  )) {
    sizes.push(pullThroughCacheRules.length)
  }
  expect(sizes).toEqual([20, 20, 11])
})

test('there is no pull-through cache in China', async () => {
  const {sandbox} = await open()
  const china = new ECRClient({...clientOptions(sandbox), region: 'cn-north-1'})
  onTestFinished(() => china.destroy())
  await expect(cacheQuay(china)).rejects.toEqual(refusal('ValidationException'))
})

test('a rule is valid when its upstream lets the credentials in', async () => {
  const {upstream, ecr} = await open()
  await create(ecr, {credentialArn})
  const validate = () => ecr.send(new ValidatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub'}))
  upstream.script('GET', '/v2/', replies.status(200), replies.status(401), replies.reset())
  const rule = {ecrRepositoryPrefix: 'hub', registryId: dev, upstreamRegistryUrl: hub, credentialArn}
  expect(await validate()).toMatchObject({...rule, isValid: true})
  expect(upstream.requests[0]?.headers.authorization).toBe(authorization)
  expect(await validate()).toMatchObject({
    ...rule,
    isValid: false,
    failure: expect.stringContaining('denied'),
  })
  expect(await validate()).toMatchObject({isValid: false, failure: expect.stringContaining('unavailable')})
  expect(await validate()).toMatchObject({isValid: false})
})

test('credentials go to the upstream registry, and not where it redirects to', async () => {
  const {upstream, ecr} = await open()
  const {upstream: elsewhere} = await openCached()
  await create(ecr, {credentialArn})
  const {layer, digest} = addImage(upstream, 'v1')
  elsewhere.addBlob(layer)
  const blob = `/v2/library/app/blobs/${sha256(layer)}`
  upstream.always('GET', blob, replies.redirect(`${elsewhere.origin}${blob}`))
  const pulled = new BatchGetImageCommand({repositoryName: 'hub/library/app', imageIds: [{imageTag: 'v1'}]})
  expect((await ecr.send(pulled)).images).toMatchObject([{imageId: {imageDigest: digest}}])
  expect(new Set(upstream.requests.map(({headers}) => headers.authorization))).toEqual(
    new Set([authorization]),
  )
  expect(elsewhere.requests.map(({headers}) => headers.authorization)).toEqual([undefined])
})

test('a secret that is gone since makes pulls fail', async () => {
  const {sandbox, upstream, ecr} = await open()
  await create(ecr, {credentialArn})
  addImage(upstream, 'v1')
  await sandbox.seed({accounts: [{id: dev}]})
  const pulled = new BatchGetImageCommand({repositoryName: 'hub/library/app', imageIds: [{imageTag: 'v1'}]})
  await expect(ecr.send(pulled)).rejects.toEqual(refusal('UnableToGetUpstreamImageException'))
  const validated = await ecr.send(new ValidatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'hub'}))
  expect(validated).toMatchObject({isValid: false, failure: expect.stringContaining('not found')})
})

test("Docker Hub's own images are found in library/ alone", async () => {
  const {upstream, ecr} = await open()
  await create(ecr, {credentialArn})
  const {digest} = addImage(upstream, 'v1')
  const pull = (repositoryName: string) =>
    ecr.send(new BatchGetImageCommand({repositoryName, imageIds: [{imageTag: 'v1'}]}))
  expect((await pull('hub/alpine')).failures).toMatchObject([{failureCode: 'UpstreamAccessDenied'}])
  expect((await pull('hub/library/alpine')).images).toMatchObject([{imageId: {imageDigest: digest}}])
})

test('who may not import gets what is cached already, and no more', async () => {
  const {sandbox, upstream, ecr} = await open()
  await cacheQuay(ecr)
  const {digest} = addImage(upstream, 'v1')
  const theirs = ecrClient(sandbox, prod)
  const allow = (...Action: string[]) => {
    const Principal = {AWS: `arn:aws:iam::${prod}:root`}
    const Statement = [{Sid: 'pull', Effect: 'Allow', Principal, Action, Resource: '*'}]
    return ecr.send(
      new PutRegistryPolicyCommand({policyText: JSON.stringify({Version: '2012-10-17', Statement})}),
    )
  }
  const pull = async () => {
    const imageIds = [{imageTag: 'v1'}]
    const input = {registryId: dev, repositoryName: 'quay/app', imageIds}
    const {images = []} = await theirs.send(new BatchGetImageCommand(input))
    return images.map(({imageId}) => imageId?.imageDigest)
  }
  const denied = (action: string) => refusal('AccessDeniedException', `ecr:${action}`)
  await allow('ecr:BatchGetImage')
  await expect(pull()).rejects.toEqual(denied('BatchImportUpstreamImage'))
  await allow('ecr:BatchGetImage', 'ecr:BatchImportUpstreamImage')
  await expect(pull()).rejects.toEqual(denied('CreateRepository'))
  await allow('ecr:BatchGetImage', 'ecr:BatchImportUpstreamImage', 'ecr:CreateRepository')
  expect(await pull()).toEqual([digest])
  await allow('ecr:BatchGetImage')
  addImage(upstream, 'v1', 'newer')
  await sandbox.setClock(start + 2 * day)
  expect(await pull()).toEqual([digest])
})

test('another private registry is an upstream, read with the role of the rule as far as its policies let that', async () => {
  const {sandbox, ecr} = await open()
  const theirs = ecrClient(sandbox, prod)
  const {digest} = await putSmallImage(theirs, 'team/app', 'v1')
  const role = `arn:aws:iam::${dev}:role/path/cache`
  const upstreamRegistryUrl = `${prod}.dkr.ecr.${region}.amazonaws.com`
  const rule = {ecrRepositoryPrefix: 'theirs', upstreamRegistryUrl, customRoleArn: role}
  expect(await create(ecr, rule)).toMatchObject({upstreamRegistry: 'ecr', customRoleArn: role})
  const pull = () =>
    ecr.send(new BatchGetImageCommand({repositoryName: 'theirs/team/app', imageIds: [{imageTag: 'v1'}]}))
  expect((await pull()).failures).toMatchObject([{failureCode: 'UpstreamAccessDenied'}])
  const statement = {
    Sid: 'cache',
    Effect: 'Allow',
    Principal: {AWS: role},
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  }
  const policyText = JSON.stringify({Version: '2012-10-17', Statement: [statement]})
  await theirs.send(new SetRepositoryPolicyCommand({repositoryName: 'team/app', policyText}))
  expect((await pull()).images).toMatchObject([{imageId: {imageDigest: digest}}])
  const validate = () => ecr.send(new ValidatePullThroughCacheRuleCommand({ecrRepositoryPrefix: 'theirs'}))
  expect(await validate()).toMatchObject({isValid: true})
  await sandbox.seed({accounts: [{id: dev, roles: [{name: 'other'}]}]})
  expect(await validate()).toMatchObject({isValid: false})
})

test('an upstream can be on this machine only', async () => {
  for (const url of ['http://192.0.2.1:5000', 'ftp://127.0.0.1', 'http://127.0.0.1:5000/path', 'nowhere']) {
    await expect(openSandbox({upstreams: {'quay.io': url}})).rejects.toMatchObject({
      code: 'INVALID_UPSTREAMS',
    })
  }
})
