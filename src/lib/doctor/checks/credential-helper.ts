import {ecrHost} from '../../ecr/hosts.ts'
import {dockerConfigPath, helperWarning, planRegistration} from '../../login/register-helper.ts'
import {oneLine} from '../../oci/one-line.ts'
import {type Check, ok, orUndefined, problem, skipped, warning} from '../check.ts'
import type {Machine} from '../world.ts'
import {needsNetwork} from './network.ts'

const register = 'gantry login --helper'

/** Whether docker and podman get their passwords from gantry. Nobody has to have it so; what is half done is told. */
export const credentialHelper: Check<Pick<Machine, 'env' | 'home' | 'estate' | 'aws'>> = {
  id: 'credential-helper',
  title: 'credential helper',

  async run({env, home, estate, aws}) {
    const [settings, known] = await Promise.all([orUndefined(aws()), orUndefined(estate())])
    if (settings === undefined) return skipped(needsNetwork)
    if (known === undefined) return skipped('not checked: repos.yaml has to be right first')
    const {useFips: fips = false, useDualstack: dualStack = false} = settings
    const accounts = [...known.accounts.values()]
    const hosts = new Set(
      accounts.flatMap(({id: account, regions}) =>
        regions.map(region => ecrHost({account, region, fips, dualStack})),
      ),
    )
    if (hosts.size === 0) return ok('repos.yaml names no registry to register it for')

    const path = dockerConfigPath(env, home)
    const {changes} = await planRegistration(path, [...hosts])
    const others = changes.filter(({before}) => before !== undefined)
    const missing = changes.filter(({before}) => before === undefined)
    const registered = hosts.size - changes.length
    if (registered === 0) {
      const said = others.length === 0 ? 'not set up' : `${others.length} registries have another one`
      return ok(`${said}; ${register} sets it up for docker and podman`)
    }
    const absent = await helperWarning(env)
    if (absent !== undefined) {
      return problem(
        'other',
        `${oneLine(path)} names gantry, and docker-credential-gantry is not on PATH: pulls fail`,
        'Install it where it is found: npm install --global ecr-gantry',
      )
    }
    const [first] = missing
    if (first === undefined)
      return ok(`${oneLine(path)} names it for ${registered} of ${hosts.size} registries`)
    return warning(`${oneLine(path)} does not name it for ${first.registry}${more(missing.length)}`, register)
  },
}

function more(count: number): string {
  return count === 1 ? '' : ` and ${count - 1} more`
}
