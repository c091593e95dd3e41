import type {PromotionItem} from '../promote/model.ts'

/** What is no failure of an image and must be heard all the same. */
export function warningsOf(item: PromotionItem): readonly string[] {
  return [...narrowed(item), ...leftBehind(item)]
}

/** An image of which only some platforms went on is another image: whoever knows the digest must hear of it. */
function narrowed({source, target, sourceDigest, digest}: PromotionItem): string[] {
  if (sourceDigest === null || digest === null || sourceDigest === digest) return []
  return [
    `The digest changes by --platform: ${source} is ${sourceDigest}, and ${digest} at ${target}. What refers to the former, such as its signatures, is not taken along.`,
  ]
}

/** What was refused and is no failure (`--ignore-refused-referrers`). */
function leftBehind({error, target, artifacts}: PromotionItem): string[] {
  if (error !== null) return []
  return artifacts
    .filter(({outcome}) => outcome === 'refused')
    .map(({tag, digest, reason}) => `${target}: ${tag ?? digest} is left behind: ${reason ?? 'refused'}`)
}
