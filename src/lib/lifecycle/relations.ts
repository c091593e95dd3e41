const none: readonly never[] = []

/** How images of a repository name each other. */
export interface RelatedImage {
  readonly digest: string
  /** Digest of the image that it refers to (OCI 1.1). */
  readonly subject?: string
  /** Digests that it lists, when it is an index. */
  readonly children?: readonly string[]
}

/** The images that others refer to, by digest. */
export function subjectsAmong<I extends RelatedImage>(images: readonly I[]): ReadonlyMap<string, I> {
  const named = new Set<string>()
  for (const {subject} of images) if (subject !== undefined) named.add(subject)
  const found = new Map<string, I>()
  if (named.size > 0) for (const image of images) if (named.has(image.digest)) found.set(image.digest, image)
  return found
}

/** The indexes among the images, by the digests that they list. */
export function indexesAmong<I extends RelatedImage>(
  images: readonly I[],
): ReadonlyMap<string, readonly I[]> {
  return grouped(images, ({children = none}) => children)
}

/** The images that refer to others, by the digests of those. */
export function referrersAmong<I extends RelatedImage>(
  images: readonly I[],
): ReadonlyMap<string, readonly I[]> {
  return grouped(images, ({subject}) => (subject === undefined ? none : [subject]))
}

function grouped<I extends RelatedImage>(
  images: readonly I[],
  keysOf: (image: I) => readonly string[],
): ReadonlyMap<string, readonly I[]> {
  const groups = new Map<string, I[]>()
  for (const image of images)
    for (const key of keysOf(image)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [image])
      // An index may list something twice.
      else if (group.at(-1) !== image) group.push(image)
    }
  return groups
}
