import {FailureError} from '../errors.ts'
import {pages, parseNames} from './listings.ts'
import {isValidRepository} from './reference.ts'
import type {Session} from './session.ts'

const pageSize = 1000

/**
 * Every repository that the registry tells us of, in its order: distribution's `_catalog`, which the OCI specification
 * does not have.
 *
 * @throws {FailureError} NO_CATALOG.
 */
export async function* listRepositories(session: Session): AsyncGenerator<string> {
  const url = new URL(`/v2/_catalog?n=${pageSize}`, session.policy.registry)
  const names = {
    member: 'repositories',
    what: 'the catalog',
    isName: isValidRepository,
    kind: 'repository',
  } as const
  for await (const answer of pages(session, '*', url, 'application/json', [200, 404, 405])) {
    if (answer.status !== 200) {
      throw new FailureError(
        'NO_CATALOG',
        `${session.host} does not list its repositories. Name each of them, without * before the tag.`,
      )
    }
    yield* parseNames(answer, session.host, names)
  }
}
