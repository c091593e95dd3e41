import type {RepositoryInventory} from '../ecr/inventory/model.ts'
import type {Protection} from './plan-model.ts'
import type {RepositoryImage} from './verdict.ts'

/**
 * What says of each image that it is needed: for itself, or because of another. A needed index needs what it lists, and
 * a needed image its referrers, such as signatures; an index is needed when something that it lists is.
 *
 * @param images those of the inventory, with what indexes list.
 * @returns by digest; images that nothing needs are absent.
 */
export function evidenceByImage(
  {registry, name, images: records}: RepositoryInventory,
  images: readonly RepositoryImage[],
  protection: Protection,
): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const {digest, tags} of records) {
    const evidence = protection.evidenceOf({registry, repository: name, digest, tags})
    if (evidence.length > 0) found.set(digest, [...evidence])
  }
  if (found.size === 0) return found
  const relatives = relativesOf(images)
  // A set takes what is added while it is walked through: what is needed because of others is walked through too.
  const needed = new Set(found.keys())
  for (const digest of needed) {
    const [because = ''] = found.get(digest) ?? []
    for (const {relative, relation} of relatives.get(digest) ?? []) {
      if (needed.has(relative)) continue
      needed.add(relative)
      found.set(relative, [`${relation} ${digest}: ${because}`])
    }
  }
  return found
}

interface Relative {
  readonly relative: string
  /** What the relative is to the image. */
  readonly relation: string
}

function relativesOf(images: readonly RepositoryImage[]): ReadonlyMap<string, readonly Relative[]> {
  const present = new Set(images.map(({digest}) => digest))
  const relatives = new Map<string, Relative[]>()
  const add = (digest: string, relative: string, relation: string) => {
    if (!present.has(digest) || !present.has(relative)) return
    const known = relatives.get(digest)
    if (known === undefined) relatives.set(digest, [{relative, relation}])
    else known.push({relative, relation})
  }
  for (const {digest, children = [], subject} of images) {
    for (const child of children) {
      add(digest, child, 'listed by')
      add(child, digest, 'lists')
    }
    if (subject !== undefined) add(subject, digest, 'refers to')
  }
  return relatives
}
