import {getAuthorizationToken} from '../../ecr/tokens.ts'
import {askHost} from '../ask.ts'
import {type Check, ok, problem} from '../check.ts'
import type {RegistryWorld} from '../world.ts'

/** Whether the registry takes a token: GET /v2/ (OCI distribution-spec, "Determining support"). */
export const registry: Check<RegistryWorld> = {
  id: 'registry',
  title: 'registry',

  async run({session, host, aws}) {
    const {authorization} = await getAuthorizationToken(session, host, aws)
    const {status, said} = await askHost(new URL(`https://${host}/v2/`), aws, {Authorization: authorization})
    const answered = `${host} answered ${status}${said === '' ? '' : `: ${said}`}`
    if (status === 200) return ok(`${host} takes the token`)
    if (status === 401) {
      return problem(
        'access',
        `${answered}, with a new token`,
        'Check that no proxy takes the Authorization header away.',
      )
    }
    if (status === 403) {
      return problem(
        'access',
        answered,
        'If a VPC endpoint (ecr.dkr) leads there, its policy must allow this identity and registry.',
      )
    }
    return problem(
      status >= 500 ? 'network' : 'other',
      answered,
      'Run again; if it stays so, ask who runs what stands before it.',
    )
  },
}
