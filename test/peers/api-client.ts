import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {EcrOperations} from '../../src/lib/sandbox/api/model/ecr.ts'
import {region, type ToolHome} from './tool-home.ts'

export type Operation = keyof EcrOperations

/** A client of ECR's API that others wrote, as the account dev. */
export interface ApiClient {
  readonly home: ToolHome
  call<Name extends Operation>(
    operation: Name,
    input: EcrOperations[Name]['input'],
    inRegion?: string,
  ): Promise<EcrOperations[Name]['output']>
  /** What it says when the operation is refused, as it must be. */
  refusal<Name extends Operation>(operation: Name, input: EcrOperations[Name]['input']): Promise<string>
  /** Waits as the client's own waiter of this name does. */
  wait(waiter: 'ImageScanComplete' | 'LifecyclePolicyPreviewComplete', input: object): Promise<unknown>
}

/** The AWS CLI, in any version, as the command that starts it. */
export function awsCliClient(home: ToolHome, aws: readonly [string, ...string[]]): ApiClient {
  const command = async (operation: string, input: object, inRegion: string) => {
    const {layerPartBlob, ...rest} = input as {layerPartBlob?: Uint8Array}
    const blob = layerPartBlob === undefined ? [] : ['--layer-part-blob', 'fileb://part']
    if (layerPartBlob !== undefined) await writeFile(join(home.folder, 'part'), layerPartBlob)
    const endpoint = ['--endpoint-url', home.sandbox.url, '--region', inRegion, '--output', 'json']
    const words = [...operation.split(' ').map(kebabCase), '--cli-input-json', JSON.stringify(rest)]
    return [...aws, 'ecr', ...words, ...blob, ...endpoint] as const
  }
  return {
    home,
    call: async (operation, input, inRegion = region) =>
      JSON.parse((await home.run(...(await command(operation, input, inRegion)))) || '{}') as never,
    refusal: async (operation, input) =>
      withoutRetries(await home.refusal(...(await command(operation, input, region)))),
    wait: async (waiter, input) => home.run(...(await command(`wait ${waiter}`, input, region))),
  }
}

/** The message of an error without what botocore says in it of its retries, which tests switch off. */
export function withoutRetries(message: string): string {
  return message.replace(/ \(reached max retries: \d\)/, '')
}

function kebabCase(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase()
}
