import {invalidParameter} from '../ecr-error.ts'
import {operation} from './operation.ts'
import {required, structure, text} from './shapes.ts'

// Values of each account setting, the default first. That blob mounting is off by default is unconfirmed.
const accountSettings = new Map<string, readonly string[]>([
  ['BASIC_SCAN_TYPE_VERSION', ['AWS_NATIVE']],
  ['REGISTRY_POLICY_SCOPE', ['V2']],
  ['BLOB_MOUNTING', ['DISABLED', 'ENABLED']],
])

const name = text({min: 1, max: 64})

export const registrySettingOperations = {
  GetAccountSetting: operation({
    mutating: false,
    input: structure({name: required(name)}),
    run: (call, input) => {
      const [initial] = valuesOf(input.name)
      const value = call.world.setting(call.caller.account, call.region, input.name) ?? initial
      return {name: input.name, value}
    },
  }),

  PutAccountSetting: operation({
    mutating: true,
    input: structure({name: required(name), value: required(text())}),
    run: (call, input) => {
      const values = valuesOf(input.name)
      if (!values.includes(input.value)) {
        throw invalidParameter('value', `Member must satisfy enum value set: [${values.join(', ')}]`)
      }
      call.world.putSetting(call.caller.account, call.region, input.name, input.value)
      return {name: input.name, value: input.value}
    },
  }),

  DescribeRegistry: operation({
    mutating: false,
    input: structure({}),
    run: call => ({registryId: call.caller.account, replicationConfiguration: {rules: []}}),
  }),
}

function valuesOf(setting: string): readonly string[] {
  const values = accountSettings.get(setting)
  if (values !== undefined) return values
  throw invalidParameter(
    'name',
    `Member must satisfy enum value set: [${[...accountSettings.keys()].join(', ')}]`,
  )
}
