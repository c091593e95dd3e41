import {EcrError} from '../ecr-error.ts'
import {repositoryArn} from '../identity/partition.ts'
import type {Services} from '../services.ts'
import type {ImageId} from '../state/image-ids.ts'
import type {RepositoryId} from '../state/repository.ts'
import type {Rule} from './rules.ts'
import type {UpstreamError} from './upstream.ts'

/** Tells an attempt to bring an image in from upstream, and how it failed if it did. */
export function tellPull(
  {events}: Services,
  {ecrRepositoryPrefix, upstreamRegistryUrl}: Rule,
  {account, region, name}: RepositoryId,
  {imageTag, imageDigest}: ImageId,
  failure?: UpstreamError | EcrError,
): void {
  events.emit({
    type: 'ECR Pull Through Cache Action',
    account,
    region,
    resources: [repositoryArn(account, region, name)],
    detail: {
      'rule-version': '1',
      'sync-status': failure === undefined ? 'SUCCESS' : 'FAILED',
      'ecr-repository-prefix': ecrRepositoryPrefix,
      'repository-name': name,
      'upstream-registry-url': upstreamRegistryUrl,
      ...(imageTag === undefined ? {} : {'image-tag': imageTag}),
      ...(imageDigest === undefined ? {} : {'image-digest': imageDigest}),
      ...(failure && {'failure-code': codeOf(failure), 'failure-reason': failure.message}),
    },
  })
}

function codeOf(failure: UpstreamError | EcrError): string {
  return failure instanceof EcrError ? failure.exception.replace(/Exception$/, '') : failure.code
}
