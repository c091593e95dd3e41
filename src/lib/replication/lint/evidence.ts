import type {RouteEvidence} from './finding.ts'
import type {SizedImage} from './route.ts'

/** What is told of images as proof. */
export function evidenceOf(images: readonly SizedImage[]): RouteEvidence {
  return {
    images: images.length,
    bytes: images.reduce((sum, {size}) => sum + size, 0),
    examples: images.slice(0, 3).map(({digest, tags: [tag]}) => tag ?? digest),
  }
}
