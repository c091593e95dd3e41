import {invalidParameter} from '../ecr-error.ts'
import type {EcrHandlers} from './operation.ts'

// Values of each account setting, the default first. That blob mounting is off by default is unconfirmed.
const accountSettings = new Map<string, readonly [string, ...string[]]>([
  ['BASIC_SCAN_TYPE_VERSION', ['AWS_NATIVE']],
  ['REGISTRY_POLICY_SCOPE', ['V2']],
  ['BLOB_MOUNTING', ['DISABLED', 'ENABLED']],
])

export const registrySettingOperations = {
  GetAccountSetting: (call, input) => {
    const [initial] = valuesOf(input.name)
    return {
      name: input.name,
      value: call.world.setting(call.caller.account, call.region, input.name) ?? initial,
    }
  },

  PutAccountSetting: (call, input) => {
    const values = valuesOf(input.name)
    if (!values.includes(input.value)) {
      throw invalidParameter('value', `Member must satisfy enum value set: [${values.join(', ')}]`)
    }
    call.world.putSetting(call.caller.account, call.region, input.name, input.value)
    return {name: input.name, value: input.value}
  },

  DescribeRegistry: call => ({registryId: call.caller.account, replicationConfiguration: {rules: []}}),
} satisfies Partial<EcrHandlers>

function valuesOf(setting: string): readonly [string, ...string[]] {
  const values = accountSettings.get(setting)
  if (values !== undefined) return values
  throw invalidParameter(
    'name',
    `Member must satisfy enum value set: [${[...accountSettings.keys()].join(', ')}]`,
  )
}
