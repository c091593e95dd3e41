import {CreateRepositoryCommand} from '@aws-sdk/client-ecr'
import {expect} from 'vitest'
import type {SandboxOptions} from '../../../src/lib/sandbox/index.ts'
import {
  type Answer,
  ecrClient,
  manifestType,
  openSandbox,
  type RegistryClient,
  registryClient,
  sha256,
  smallImage,
} from './support.ts'

export const name = 'team/app'

/** A sandbox with one repository, and who speaks to it by the API and by the registry protocol. */
export async function repository(options: SandboxOptions = {}) {
  const sandbox = await openSandbox(options)
  const client = ecrClient(sandbox)
  await client.send(new CreateRepositoryCommand({repositoryName: name}))
  return {sandbox, client, send: await registryClient(sandbox)}
}

export async function startUpload(send: RegistryClient, to = name): Promise<string> {
  const {headers} = await send('POST', `/v2/${to}/blobs/uploads/`)
  return headers.location ?? ''
}

export async function pushBlob(send: RegistryClient, content: string, to = name): Promise<void> {
  const location = await startUpload(send, to)
  await send('PATCH', location, {body: content})
  expect((await send('PUT', `${location}?digest=${sha256(content)}`)).status).toBe(201)
}

export async function pushImage(send: RegistryClient, reference: string, to = name) {
  const image = smallImage()
  for (const blob of [image.layer, image.config]) await pushBlob(send, blob, to)
  const put = await putManifest(send, reference, image.manifest, manifestType, to)
  expect(put.status).toBe(201)
  return {...image, put}
}

export function putManifest(
  send: RegistryClient,
  reference: string,
  body: string,
  type = manifestType,
  to = name,
): Promise<Answer> {
  return send('PUT', `/v2/${to}/manifests/${reference}`, {body, headers: {'content-type': type}})
}

/** The errors of an answer that refuses. */
export function errorsOf(text: string): unknown {
  return (JSON.parse(text) as {errors: unknown}).errors
}
