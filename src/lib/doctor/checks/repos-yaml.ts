import type {Estate} from '../../config/estate.ts'
import {type Check, ok, problem} from '../check.ts'
import {defaultRegion} from '../places.ts'
import {problemOf} from '../trouble.ts'
import type {Machine} from '../world.ts'

export const reposYaml: Check<Pick<Machine, 'estate' | 'env' | 'region'>> = {
  id: 'repos-yaml',
  title: 'repos.yaml',

  async run(machine) {
    let estate: Estate
    try {
      estate = await machine.estate()
    } catch (error) {
      const found = problemOf(error)
      return {...found, fixes: [...found.fixes, 'Then run this again: no account is checked before.']}
    }
    const {file, accounts} = estate
    const registries = [...accounts.values()].reduce((sum, {regions}) => sum + regions.length, 0)
    if (registries > 0) {
      const of = accounts.size === 1 ? '1 account' : `${accounts.size} accounts`
      return ok(`${file}: ${of}, ${registries === 1 ? '1 registry' : `${registries} registries`}`)
    }
    const none = file === undefined ? 'there is none' : `${file} names no account`
    const region = defaultRegion(machine)
    if (region !== undefined) return ok(`${none}: the default identity is meant, in ${region}`)
    return problem(
      'configuration',
      `${none}, and no region is named`,
      'Name one: --region eu-west-1 or AWS_REGION=eu-west-1; or write accounts into repos.yaml.',
    )
  },
}
