import {invalidParameter} from '../ecr-error.ts'
import type {Registry} from '../state/world.ts'
import {type EcrHandlers, registryOf} from './operation.ts'

// Values of each account setting, the default first. That blob mounting is off by default is unconfirmed.
const accountSettings = new Map<string, readonly [string, ...string[]]>([
  ['BASIC_SCAN_TYPE_VERSION', ['AWS_NATIVE']],
  ['REGISTRY_POLICY_SCOPE', ['V2']],
  ['BLOB_MOUNTING', ['DISABLED', 'ENABLED']],
])

export const registrySettingOperations = {
  GetAccountSetting: (call, {name}) => {
    valuesOf(name)
    return {name, value: accountSetting(registryOf(call), name)}
  },

  PutAccountSetting: (call, input) => {
    const values = valuesOf(input.name)
    if (!values.includes(input.value)) {
      throw invalidParameter('value', `Member must satisfy enum value set: [${values.join(', ')}]`)
    }
    registryOf(call).table<string>('account-setting').set(input.name, input.value)
    return {name: input.name, value: input.value}
  },
} satisfies Partial<EcrHandlers>

/** The value of an account setting, which may never have been set. */
export function accountSetting(registry: Registry, name: string): string {
  return registry.table<string>('account-setting').get(name) ?? accountSettings.get(name)?.[0] ?? ''
}

function valuesOf(setting: string): readonly [string, ...string[]] {
  const values = accountSettings.get(setting)
  if (values !== undefined) return values
  throw invalidParameter(
    'name',
    `Member must satisfy enum value set: [${[...accountSettings.keys()].join(', ')}]`,
  )
}
