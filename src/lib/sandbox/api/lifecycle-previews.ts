import {previewOf, previewResults, previewStatus, startPreview} from '../lifecycle/preview.ts'
import {policyOf} from '../lifecycle/stored-policy.ts'
import type {Repository} from '../state/repository.ts'
import type {
  GetLifecyclePolicyPreviewRequest,
  ImageIdentifier,
  LifecyclePolicyPreviewResult,
} from './model/ecr.ts'
import {type EcrHandlers, repositoryOf, where} from './operation.ts'
import {page, refusePaging} from './pages.ts'

export const lifecyclePreviewOperations = {
  StartLifecyclePolicyPreview: (call, input) => {
    const repository = repositoryOf(call, input)
    const preview = startPreview(call, repository, input.lifecyclePolicyText ?? policyOf(repository).text)
    return {
      ...where(repository),
      lifecyclePolicyText: preview.text,
      status: previewStatus(preview, call.now()),
    }
  },

  GetLifecyclePolicyPreview: (call, input) => {
    const repository = repositoryOf(call, input)
    if (input.imageIds !== undefined) refusePaging(input, 'imageIds')
    const preview = previewOf(repository)
    const status = previewStatus(preview, call.now())
    const answer = {...where(repository), lifecyclePolicyText: preview.text, status}
    if (status !== 'COMPLETE') return answer
    // A page is as long as one may be when images are named: there are no more of these.
    const {items, ...next} = page(call, repository.arn, input, from => matching(repository, input, from))
    return {...answer, ...next, previewResults: items, summary: preview.summary}
  },
} satisfies Partial<EcrHandlers>

function* matching(
  repository: Repository,
  {imageIds, filter}: GetLifecyclePolicyPreviewRequest,
  from: string,
): Generator<readonly [digest: string, result: LifecyclePolicyPreviewResult]> {
  const tagStatus = filter?.tagStatus ?? 'ANY'
  for (const [digest, result] of previewResults(repository).from(from)) {
    const byTag = tagStatus === 'ANY' || (result.imageTags !== undefined) === (tagStatus === 'TAGGED')
    const named = imageIds === undefined || imageIds.some(imageId => names(imageId, result))
    if (byTag && named) yield [digest, result]
  }
}

function names({imageDigest, imageTag}: ImageIdentifier, result: LifecyclePolicyPreviewResult): boolean {
  const byDigest = imageDigest === undefined || imageDigest === result.imageDigest
  return byDigest && (imageTag === undefined || result.imageTags?.includes(imageTag) === true)
}
