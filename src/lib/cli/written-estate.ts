import type {Estate} from '../config/estate.ts'
import {UsageError} from '../errors.ts'
import type {Context} from './context.ts'

/**
 * `repos.yaml`, for what compares with it: without one nothing would differ, and a check in the wrong folder would pass.
 *
 * @throws {UsageError} NO_REPOS_YAML; what reading it throws.
 */
export async function writtenEstate({estate}: Pick<Context, 'estate'>): Promise<Estate> {
  const written = await estate()
  if (written.file !== undefined) return written
  throw new UsageError('NO_REPOS_YAML', 'There is no repos.yaml here or above. Name one with --config.')
}
