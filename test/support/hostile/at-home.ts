import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect} from 'vitest'
import type {HostileRegistry} from '../hostile-registry.ts'
import {planted} from './planted.ts'
import type {Scene} from './scene.ts'
import {type Listener, leaks, type Secret, strays} from './secrets.ts'

/**
 * No secret was sent to anybody to whom it does not belong, nor shown, and nobody spoke to the stranger.
 *
 * @param texts what the program showed or wrote.
 */
export function expectAtHome(
  {registry, storage, tokens, stranger, bystander, aws, login}: Scene,
  texts: string[],
): void {
  const listener = (name: string, {requests}: HostileRegistry): Listener => ({name, requests})
  const at = {
    registry: listener('the registry', registry),
    storage: listener('the storage', storage),
    tokens: listener('the token service', tokens),
    bystander: listener('the bystander', bystander),
    aws: listener('AWS', aws),
  }
  const secrets: Secret[] = [
    {what: 'the password', value: login.password, homes: [at.registry, at.tokens]},
    {what: 'the login', value: `${login.username}:${login.password}`, homes: [at.registry, at.tokens]},
    {what: 'the token', value: planted.token, homes: [at.registry]},
    {what: 'the signature of a link', value: planted.signature, homes: [at.storage]},
    {what: 'the state of an upload', value: planted.state, homes: [at.registry]},
    ...sentTo(aws).map(value => ({what: 'a credential of AWS', value, homes: [at.aws]})),
  ]
  expect(stranger.requests.map(({method, url}) => `${method} ${url}`)).toEqual([])
  expect(strays(secrets, Object.values(at))).toEqual([])
  for (const server of [storage, bystander]) expect(server.requests.flatMap(credentialHeaders)).toEqual([])
  expect(texts.flatMap(text => leaks(secrets, text))).toEqual([])
}

/** ECR's token, and what signs requests to AWS. */
function sentTo(aws: HostileRegistry): string[] {
  const values = aws.requests.flatMap(({headers}) =>
    [headers.authorization, headers['x-amz-security-token']].flat(),
  )
  const credentials = values.map(value => value?.replace(/^(?:Basic |AWS4-HMAC-SHA256 .*Signature=)/, ''))
  return [...new Set(credentials.filter(value => value !== undefined))]
}

function credentialHeaders({headers}: {readonly headers: NodeJS.Dict<string | string[]>}): string[] {
  return Object.keys(headers).filter(name =>
    /^(?:authorization|proxy-authorization|cookie|x-amz-.*)$/.test(name),
  )
}

export function textOf(output: unknown): string {
  if (typeof output === 'string') return output
  const own = output instanceof Error ? [output.message, output.stack, textOf(output.cause ?? '')] : []
  return [...own, JSON.stringify(output)].join('\n')
}

export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile())
  return Promise.all(files.map(({parentPath, name}) => readFile(join(parentPath, name), 'utf8')))
}
