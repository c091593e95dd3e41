import {oneLine} from '../../oci/one-line.ts'
import {type Check, ok, orUndefined, skipped, warning} from '../check.ts'
import type {Machine} from '../world.ts'
import {needsNetwork} from './network.ts'

const overrides = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ECR', 'AWS_ENDPOINT_URL_STS'] as const

/** What leads requests elsewhere than one thinks. */
export const awsSettings: Check<Pick<Machine, 'aws' | 'env'>> = {
  id: 'aws-settings',
  title: 'AWS settings',

  async run({aws, env}) {
    const found = await orUndefined(aws())
    if (found === undefined) return skipped(needsNetwork)
    const {sandboxUrl, useFips, useDualstack} = found
    if (sandboxUrl !== undefined) {
      return warning(
        `GANTRY_SANDBOX is set: everything goes to ${sandboxUrl}, nothing to AWS`,
        'To ask AWS: unset GANTRY_SANDBOX',
      )
    }
    const isIgnored = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true'
    const [set] = isIgnored ? [] : overrides.flatMap(name => (env[name] ? [[name, env[name]] as const] : []))
    if (set !== undefined) {
      const [name, value] = set
      const host = URL.parse(value)?.host ?? 'what is no URL'
      return warning(
        `${name} sends requests to ${oneLine(host)}`,
        `To ask AWS's own endpoints: unset ${name}`,
      )
    }
    const forms = [useFips && 'FIPS', useDualstack && 'dual-stack'].filter(Boolean)
    return ok(forms.length === 0 ? 'usual endpoints' : `${forms.join(' and ')} endpoints`)
  },
}
