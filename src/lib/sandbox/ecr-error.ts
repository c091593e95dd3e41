/**
 * What ECR answers when it refuses: an exception of its API. The data plane translates it into a code of the registry
 * protocol, as ECR's own does.
 */
export class EcrError extends Error {
  readonly exception: string
  readonly status: number
  /** Further members of the answer, for example `lastValidByteReceived`. */
  readonly members: Readonly<Record<string, unknown>>
  /** The argument that ECR does not like, of InvalidParameterException. */
  readonly parameter: string | undefined

  constructor(
    exception: string,
    message: string,
    options: {
      status?: number
      members?: Readonly<Record<string, unknown>>
      parameter?: string
    } = {},
  ) {
    super(message)
    this.exception = exception
    this.status = options.status ?? 400
    this.members = options.members ?? {}
    this.parameter = options.parameter
  }
}

/** The one wording ECR has for every argument that it does not like. */
export function invalidParameter(member: string, constraint: string): EcrError {
  return new EcrError(
    'InvalidParameterException',
    `Invalid parameter at '${member}' failed to satisfy constraint: '${constraint}'`,
    {parameter: member},
  )
}

export function repositoryNotFound(name: string, account: string): EcrError {
  return new EcrError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${account}'`,
  )
}

export function accessDenied(principal: string, action: string, resource: string, because: string): EcrError {
  // HTTP 400: what JSON services send; the common errors page of the API reference says 403 (unconfirmed).
  return new EcrError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
  )
}
