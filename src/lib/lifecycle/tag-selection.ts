import type {Selection} from './policy.ts'

type TagTest = (tag: string) => boolean

/**
 * The tagging requirements of a rule, as a test of the tags of one image. Lists are AND: every entry must match at
 * least one of the tags (ECR user guide, LifecyclePolicies).
 */
export function tagSelector(selection: Selection): (tags: readonly string[]) => boolean {
  const {tagStatus, tagPatternList = [], tagPrefixList = []} = selection
  if (tagStatus === 'any') return () => true
  if (tagStatus === 'untagged') return tags => tags.length === 0
  const wanted = [...tagPatternList.map(patternTest), ...tagPrefixList.map(prefixTest)]
  return tags => tags.length > 0 && wanted.every(test => tags.some(test))
}

function prefixTest(prefix: string): TagTest {
  return tag => tag.startsWith(prefix)
}

/** `*` stands for any characters, none included; all else for itself. Linear in the tag: nothing is tried twice. */
function patternTest(pattern: string): TagTest {
  const [head = '', ...middle] = pattern.split('*')
  const tail = middle.pop()
  if (tail === undefined) return tag => tag === pattern
  return tag => {
    if (!tag.startsWith(head) || !tag.endsWith(tail)) return false
    let position = head.length
    for (const part of middle) {
      const found = tag.indexOf(part, position)
      if (found < 0) return false
      position = found + part.length
    }
    return position <= tag.length - tail.length
  }
}
