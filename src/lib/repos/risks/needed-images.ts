import {readImages} from '../../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import type {Protection} from '../../lifecycle/plan-model.ts'
import {images} from './words.ts'

/**
 * What is needed of a repository that goes with its images: a sentence, or none.
 *
 * @throws {GantryError} when its images cannot be read.
 */
export async function neededImageRisks(
  at: OpenRegistry,
  repository: string,
  protection: Protection,
): Promise<readonly string[]> {
  const needed = (await readImages(at, repository)).flatMap(({digest, tags}) => {
    const [evidence] = protection.evidenceOf({registry: at.registry, repository, digest, tags})
    return evidence === undefined ? [] : [`${digest} (${evidence})`]
  })
  const [first] = needed
  if (first === undefined) return []
  return [
    `${images(needed.length)} that something needs would go, such as ${first}: gantry repos apply refuses that.`,
  ]
}
