import type {Evidence} from './finding.ts'
import type {TagEntry} from './selections.ts'
import type {HeldImage} from './subject.ts'

/** `1 image`, `3 images`. */
export function amount(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Texts of a policy in quotes, the first few of them. */
export function quoted(texts: readonly string[], most = 6): string {
  const shown = texts.slice(0, most).map(text => JSON.stringify(text))
  const more = texts.length - most
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/** `tagPatternList ["v"]`, as the policy has it. */
export function shownEntry({text, isPrefix}: TagEntry): string {
  return `${isPrefix ? 'tagPrefixList' : 'tagPatternList'} [${JSON.stringify(text)}]`
}

/** What is told of images as proof. */
export function evidenceOf(images: readonly HeldImage[], {withBytes = false} = {}): Evidence {
  return {
    images: images.length,
    bytes: withBytes ? images.reduce((sum, {size}) => sum + size, 0) : null,
    examples: images.slice(0, 3).map(({digest, tags: [tag]}) => tag ?? digest),
  }
}

const dayMs = 24 * 60 * 60 * 1000

/** Whole days from one time to a later one. */
export function daysBetween(from: number, to: number): number {
  return Math.floor((to - from) / dayMs)
}
