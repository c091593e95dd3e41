import type {LifecycleRule, Selection} from './policy.ts'

/**
 * What a rule does, in words: `expire all but the newest 5 images with a tag prod*`, `archive images that nobody pulled
 * for more than 90 days`. Without its priority and description. Of a rule that ECR would not take it is what the members
 * say that there are.
 */
export function ruleInWords({selection, action}: LifecycleRule): string {
  const verb = action.type === 'expire' ? 'expire' : 'archive'
  const {countType, countNumber: number} = selection
  const days = number === 1 ? '1 day' : `${number} days`
  switch (countType) {
    case 'imageCountMoreThan':
      return number === 1
        ? `${verb} all but the newest ${subject(selection, 'image')}`
        : `${verb} all but the newest ${number} ${subject(selection)}`
    case 'sinceImagePushed':
      return `${verb} ${subject(selection)} pushed more than ${days} ago`
    case 'sinceImagePulled':
      return `${verb} ${subject(selection)} that nobody pulled for more than ${days}`
    case 'sinceImageTransitioned':
      return `${verb} ${subject(selection)} archived more than ${days} ago`
  }
}

function subject(selection: Selection, noun = 'images'): string {
  const {tagStatus, storageClass, countType} = selection
  const isArchived = storageClass === 'archive' && countType !== 'sinceImageTransitioned'
  return [
    ...(isArchived ? ['archived'] : []),
    ...(tagStatus === 'untagged' ? ['untagged'] : []),
    noun,
    ...(tagStatus === 'tagged' ? [tagsInWords(selection)] : []),
  ].join(' ')
}

/** Each entry of a list must match some tag of the image, the same one or another (ECR user guide, LifecyclePolicies). */
function tagsInWords({tagPatternList, tagPrefixList = []}: Selection): string {
  const wanted = tagPatternList ?? tagPrefixList.map(prefix => `beginning with ${prefix}`)
  const [first, ...others] = wanted
  if (first === undefined) return 'with any tag'
  const last = others.at(-1)
  const middle = others.slice(0, -1).map(pattern => `, one ${pattern}`)
  return `with a tag ${first}${middle.join('')}${last === undefined ? '' : ` and one ${last}`}`
}
