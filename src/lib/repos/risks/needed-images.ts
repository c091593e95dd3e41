import {readImages} from '../../ecr/inventory/read-images.ts'
import type {OpenRegistry} from '../../ecr/inventory/registries.ts'
import type {Protection} from '../../lifecycle/plan-model.ts'
import {images} from './words.ts'

/**
 * Why a repository cannot go with its images: what to do about those that something needs; undefined when nothing does.
 *
 * @throws {GantryError} when its images cannot be read.
 */
export async function neededImages(
  at: OpenRegistry,
  repository: string,
  protection: Protection,
): Promise<string | undefined> {
  const needed = (await readImages(at, repository)).flatMap(({digest, tags}) => {
    const [evidence] = protection.evidenceOf({registry: at.registry, repository, digest, tags})
    return evidence === undefined ? [] : [`${digest} (${evidence})`]
  })
  const [first] = needed
  if (first === undefined) return undefined
  return `Something needs ${images(needed.length)} of it, such as ${first}: see to it that nothing does, or take state: absent out.`
}
