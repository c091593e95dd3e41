import {
  CreateRepositoryCommand,
  DescribeRegistriesCommand,
  ECRPUBLICClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr-public'
import {expect, onTestFinished, test} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {
  basicAuth,
  clientOptions,
  dev,
  ecrClient,
  http,
  manifestType,
  openSandbox,
  prod,
  type Sent,
  sha256,
  smallImage,
} from './support.ts'

const host = 'public.ecr.aws'
const image = smallImage()

function publicClient(sandbox: Sandbox, account = dev): ECRPUBLICClient {
  const client = new ECRPUBLICClient({...clientOptions(sandbox, account), region: 'us-east-1'})
  onTestFinished(() => client.destroy())
  return client
}

/** A public repository `app`, and how requests to its registry are made. */
async function withApp() {
  const sandbox = await openSandbox()
  await sandbox.setClock(1_700_000_000_000)
  const client = publicClient(sandbox)
  await client.send(new CreateRepositoryCommand({repositoryName: 'app'}))
  const {registries} = await client.send(new DescribeRegistriesCommand({}))
  const alias = registries?.[0]?.aliases?.[0]?.name ?? ''
  const ask = (method: string, path: string, authorization?: string, sent: Sent = {}) =>
    http(new URL(path, sandbox.url).href, {
      method,
      ...sent,
      headers: {host, ...(authorization === undefined ? {} : {authorization}), ...sent.headers},
    })
  return {sandbox, client, app: `/v2/${alias}/app`, alias, ask}
}

type App = Awaited<ReturnType<typeof withApp>>

/** As what aws-cli passes to docker login. */
async function password(client: ECRPUBLICClient): Promise<string> {
  const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
  return authorizationData?.authorizationToken ?? ''
}

async function bearer({ask}: App, authorization?: string): Promise<string> {
  const {status, text} = await ask('GET', '/token/?service=public.ecr.aws&scope=aws', authorization)
  expect(status).toBe(200)
  return `Bearer ${(JSON.parse(text) as {token: string}).token}`
}

async function push({ask, app}: App, authorization: string) {
  for (const blob of [image.layer, image.config]) {
    const begun = await ask('POST', `${app}/blobs/uploads/`, authorization)
    expect(begun.status).toBe(202)
    const location = begun.headers.location ?? ''
    expect(location).toContain(`${app}/blobs/uploads/`)
    const ended = await ask('PUT', `${location}?digest=${sha256(blob)}`, authorization, {body: blob})
    expect(ended.status).toBe(201)
  }
  const headers = {'content-type': manifestType}
  return ask('PUT', `${app}/manifests/v1`, authorization, {headers, body: image.manifest})
}

test('whoever has no token is told where anybody gets one', async () => {
  const {ask, app} = await withApp()
  for (const path of ['/v2/', `${app}/manifests/v1`]) {
    const {status, headers} = await ask('GET', path)
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"',
    )
  }
})

test('an image is pushed with a login, and pulled by anybody', async () => {
  const world = await withApp()
  const {client, ask, app} = world
  const login = `Basic ${await password(client)}`
  expect((await push(world, await bearer(world, login))).status).toBe(201)
  const anonymous = await bearer(world)
  expect((await ask('GET', '/v2/', anonymous)).status).toBe(200)
  const manifest = await ask('GET', `${app}/manifests/v1`, anonymous)
  expect(manifest.text).toBe(image.manifest)
  const blob = await ask('GET', `${app}/blobs/${sha256(image.layer)}`, anonymous)
  expect(blob.status).toBe(307)
  expect((await http(blob.headers.location ?? '')).text).toBe(image.layer)
  const tags = await ask('GET', `${app}/tags/list`, anonymous)
  expect(JSON.parse(tags.text)).toMatchObject({tags: ['v1']})
})

test('the token of GetAuthorizationToken is a bearer token as it is', async () => {
  const {client, ask} = await withApp()
  expect((await ask('GET', '/v2/', `Bearer ${await password(client)}`)).status).toBe(200)
})

test('no token is good for HEAD of a blob', async () => {
  const world = await withApp()
  await push(world, `Bearer ${await password(world.client)}`)
  const answer = await world.ask('HEAD', `${world.app}/blobs/${sha256(image.layer)}`, await bearer(world))
  expect(answer.status).toBe(401)
})

test('nobody pushes without a login, nor to the registry of another account', async () => {
  const world = await withApp()
  const {sandbox, ask, app} = world
  const upload = (authorization: string) => ask('POST', `${app}/blobs/uploads/`, authorization)
  expect((await upload(await bearer(world))).status).toBe(401)
  const other = await upload(`Bearer ${await password(publicClient(sandbox, prod))}`)
  expect(other.status).toBe(403)
  expect(other.text).toContain(`ecr-public:InitiateLayerUpload on resource: arn:aws:ecr-public::${dev}:`)
})

test('passwords of another region, wrong ones and old tokens are refused', async () => {
  const world = await withApp()
  const {sandbox, ask} = world
  const elsewhere = await ask('GET', '/v2/', await basicAuth(ecrClient(sandbox)))
  expect(elsewhere.status).toBe(400)
  expect(elsewhere.text).toContain('Your Authorization Token is invalid.')
  expect((await ask('GET', '/token/', 'Basic QVdTOng=')).status).toBe(401)
  expect((await ask('GET', '/v2/', 'Bearer x')).status).toBe(401)
  const anonymous = await bearer(world)
  await sandbox.advanceClock(12 * 60 * 60 * 1000)
  expect((await ask('GET', '/v2/', anonymous)).status).toBe(403)
})

test('an alias or repository that is not there is unknown, and a private one of the same name is not public', async () => {
  const world = await withApp()
  const {ask, alias} = world
  const anonymous = await bearer(world)
  for (const name of ['nobody/app', `${alias}/other`]) {
    const {status, text} = await ask('GET', `/v2/${name}/manifests/v1`, anonymous)
    expect(status).toBe(404)
    expect(text).toContain('NAME_UNKNOWN')
  }
  expect((await ask('GET', '/elsewhere', anonymous)).status).toBe(404)
})
