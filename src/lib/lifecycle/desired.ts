import type {Estate} from '../config/estate.ts'
import type {DesiredPolicy} from './plan-model.ts'

/**
 * What repos.yaml says that the lifecycle policy of a repository should be.
 *
 * @throws {ConfigError} INVALID_CONFIG when what is written cannot be said in ECR's rules.
 */
export function desiredPolicy(_estate: Estate, _repository: string): DesiredPolicy {
  return {kind: 'unmanaged'}
}
