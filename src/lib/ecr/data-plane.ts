import {DeniedError, FailureError} from '../errors.ts'
import {RegistryError} from '../oci/registry-error.ts'
import {type Access, deniedError} from './denied.ts'

/** The repository that a request of the distribution protocol was for. */
export interface DataPlane {
  readonly registryHost: string
  readonly account: string
  readonly region: string
  readonly repository: string
  readonly principal: string
  readonly purpose: Access
}

/**
 * Runs a request of the distribution protocol; ECR's refusals become the errors that its API's refusals become, so that
 * a caller meets one kind.
 */
export async function onDataPlane<T>(where: DataPlane, request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    throw translated(error, where)
  }
}

function translated(error: unknown, where: DataPlane): unknown {
  if (!(error instanceof FailureError) || !(error.cause instanceof RegistryError)) return error
  const {code, message} = error.cause
  if (error instanceof DeniedError && code === 'DENIED') {
    return deniedError({...where, message})
  }
  if (code === 'NAME_UNKNOWN') return missingRepository(where.repository, where)
  return error
}

/** The error for a repository that is not there. */
export function missingRepository(
  repository: string,
  {account, region}: {readonly account: string; readonly region: string},
): FailureError {
  return new FailureError('REPOSITORY_NOT_FOUND', `${repository} does not exist in ${account}/${region}.`)
}
