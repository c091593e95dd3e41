import {type ChildProcess, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {type IncomingHttpHeaders, request} from 'node:http'
import {buffer} from 'node:stream/consumers'
import {
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import {onTestFinished} from 'vitest'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../../src/lib/sandbox/index.ts'

export const dev = '111111111111'
export const prod = '222222222222'
export const region = 'eu-west-1'
export const devHost = `${dev}.dkr.ecr.${region}.amazonaws.com`
export const manifestType = 'application/vnd.oci.image.manifest.v1+json'
export const indexType = 'application/vnd.oci.image.index.v1+json'

/** A sandbox that ends with the test. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** How SDK clients are made to speak to the sandbox, as an account or with temporary credentials. */
export function clientOptions(sandbox: {readonly url: string}, identity: string | Credentials = dev) {
  const credentials =
    typeof identity === 'string' ? {accessKeyId: identity, secretAccessKey: 'any'} : identity
  return {endpoint: sandbox.url, region, credentials, maxAttempts: 1}
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export function ecrClient(sandbox: {readonly url: string}, identity: string | Credentials = dev): ECRClient {
  const client = new ECRClient(clientOptions(sandbox, identity))
  onTestFinished(() => client.destroy())
  return client
}

export async function basicAuth(client: ECRClient): Promise<string> {
  const {authorizationData} = await client.send(new GetAuthorizationTokenCommand({}))
  return `Basic ${authorizationData?.[0]?.authorizationToken}`
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly text: string
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** One request, redirects not followed; a `host` header takes the place of the URL's. */
export function http(url: string, {method = 'GET', headers = {}, body}: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {method, headers, agent: false}, response => {
      buffer(response).then(
        bytes =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: bytes,
            text: bytes.toString(),
          }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Speaks the registry protocol to one registry of the sandbox. */
export type RegistryClient = (method: string, path: string, sent?: Omit<Sent, 'method'>) => Promise<Answer>

export async function registryClient(
  sandbox: Sandbox,
  identity: string | Credentials = dev,
  host = devHost,
): Promise<RegistryClient> {
  const authorization = await basicAuth(ecrClient(sandbox, identity))
  return (method, path, {headers = {}, body} = {}) =>
    http(new URL(path, sandbox.url).href, {
      method,
      headers: {host, authorization, ...headers},
      ...(body === undefined ? {} : {body}),
    })
}

export function sha256(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A small image: one layer and one config. */
export function smallImage(content = 'layer'): {
  readonly layer: string
  readonly config: string
  readonly manifest: string
  readonly digest: string
} {
  const layer = `bytes of ${content}`
  const config = JSON.stringify({architecture: 'amd64', os: 'linux', config: {}, made: content})
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('application/vnd.oci.image.config.v1+json', config),
    layers: [describe('application/vnd.oci.image.layer.v1.tar', layer)],
  })
  return {layer, config, manifest, digest: sha256(manifest)}
}

export function describe(mediaType: string, content: string) {
  return {mediaType, digest: sha256(content), size: Buffer.byteLength(content)}
}

/** Uploads a layer through the API. */
export async function uploadLayer(client: ECRClient, repositoryName: string, content: string): Promise<void> {
  const layerPartBlob = Buffer.from(content)
  const {uploadId} = await client.send(new InitiateLayerUploadCommand({repositoryName}))
  await client.send(
    new UploadLayerPartCommand({
      repositoryName,
      uploadId,
      partFirstByte: 0,
      partLastByte: layerPartBlob.length - 1,
      layerPartBlob,
    }),
  )
  await client.send(
    new CompleteLayerUploadCommand({repositoryName, uploadId, layerDigests: [sha256(content)]}),
  )
}

/** Puts a small image through the API, into a repository that is made for it. */
export async function putSmallImage(
  client: ECRClient,
  repositoryName: string,
  imageTag?: string,
  content?: string,
) {
  const image = smallImage(content)
  await client
    .send(new CreateRepositoryCommand({repositoryName}))
    .catch(ignore('RepositoryAlreadyExistsException'))
  for (const blob of [image.layer, image.config]) {
    await uploadLayer(client, repositoryName, blob).catch(ignore('LayerAlreadyExistsException'))
  }
  await client.send(new PutImageCommand({repositoryName, imageManifest: image.manifest, imageTag}))
  return image
}

function ignore(name: string): (error: unknown) => void {
  return error => {
    if (!(error instanceof Error) || error.name !== name) throw error
  }
}

const start = new URL('../../../src/lib/sandbox/start.ts', import.meta.url).href
const program = `
  const {startSandbox} = await import(${JSON.stringify(start)})
  const {url} = await startSandbox({data: process.argv[1]})
  process.stdout.write(url + '\\n')
`

/** A sandbox in a process of its own, which can be killed. */
export async function sandboxProcess(
  data: string,
): Promise<{readonly url: string; readonly process: ChildProcess}> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.endsWith('\n')) break
  }
  if (!text.startsWith('http:')) throw new Error(`no sandbox: ${text}`)
  return {url: text.trim(), process: child}
}
