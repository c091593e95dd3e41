import type {Access} from '../access/access.ts'
import type {Services} from '../services.ts'
import type {RepositoryId} from '../state/repository.ts'
import {createFor} from '../templates/create.ts'
import {templateFor} from '../templates/template.ts'

/**
 * Asked for a repository that is not there, by the first request of a push: makes it if a creation template of the
 * registry says so, and otherwise leaves it to be refused. Which permission it takes is unconfirmed.
 *
 * @param action what the pusher is about to do with it.
 * @throws {EcrError} AccessDeniedException, LimitExceededException.
 */
export function createOnPush(services: Services, access: Access, id: RepositoryId, action: string): void {
  const registry = services.world.registry(id.account, id.region)
  if (templateFor(registry, id.name, 'CREATE_ON_PUSH') === undefined) return
  access.require(action, id)
  access.require('CreateRepository', id)
  createFor(services, id, 'CREATE_ON_PUSH')
}
