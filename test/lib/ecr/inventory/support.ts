import {onTestFinished} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import {
  type OpenRegistries,
  openRegistries,
  type RegistriesOptions,
} from '../../../../src/lib/ecr/inventory/registries.ts'
import type {RegistryContext} from '../../../../src/lib/oci/registry.ts'
import type {LifecycleWorld} from '../../../support/lifecycle-world.ts'

const [dev, prod] = ['111111111111', '222222222222']
export const devWest = {account: dev, region: 'eu-west-1'}
export const prodWest = {account: prod, region: 'eu-west-1'}
export const prodEast = {account: prod, region: 'us-east-1'}

const estate = parseEstate(
  `version: 1
accounts:
  dev: {id: "${dev}", region: eu-west-1}
  prod: {id: "${prod}", regions: [eu-west-1, us-east-1]}
`,
  'repos.yaml',
)

export function contextOf({aws}: LifecycleWorld): RegistryContext {
  const {signal, now, wait} = aws
  return {signal, now, wait, concurrency: 4, retryForMs: 5000, onEvent() {}}
}

/** Opens what the words mean, of two accounts and three registries. */
export async function openWords(
  world: LifecycleWorld,
  words: readonly string[],
  options: Partial<RegistriesOptions> = {},
): Promise<OpenRegistries> {
  const open = await openRegistries(words, estate, {
    environment: world.aws,
    context: contextOf(world),
    access: 'look',
    ...options,
  })
  onTestFinished(() => open.close())
  return open
}

/** `LABEL/NAME` of the repositories that the words mean. */
export async function meant(
  world: LifecycleWorld,
  words: readonly string[],
  options?: Partial<RegistriesOptions>,
): Promise<string[]> {
  const {repositories} = await openWords(world, words, options)
  return repositories.map(({at, name}) => `${at.registry.label}/${name}`)
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
