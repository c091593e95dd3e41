import {AssumeRoleCommand, type AssumeRoleCommandInput, STSClient} from '@aws-sdk/client-sts'
import {onTestFinished} from 'vitest'
import type {Sandbox} from '../../../src/lib/sandbox/index.ts'
import {clientOptions, dev} from './support.ts'

export function stsClient(sandbox: Sandbox, identity?: Parameters<typeof clientOptions>[1]): STSClient {
  const client = new STSClient(clientOptions(sandbox, identity))
  onTestFinished(() => client.destroy())
  return client
}

interface Minted {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}

/** Credentials that STS made, as clients take them. */
export function usable({AccessKeyId = '', SecretAccessKey = '', SessionToken = ''}: Minted = {}) {
  return {accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken}
}

/** Credentials of a session of the account's own role `release`, or of another. */
export async function roleSession(sandbox: Sandbox, input: Partial<AssumeRoleCommandInput> = {}, as = dev) {
  const {Credentials} = await stsClient(sandbox, as).send(
    new AssumeRoleCommand({RoleArn: `arn:aws:iam::${as}:role/release`, RoleSessionName: 'ci', ...input}),
  )
  return usable(Credentials)
}
