import {show} from '../../config/problems.ts'

/** Texts of the file in quotes, the first few of them. */
export function quoted(texts: readonly string[], most = 3): string {
  const shown = texts.slice(0, most).map(show).join(', ')
  const more = texts.length - most
  return more > 0 ? `${shown} and ${more} more` : shown
}
