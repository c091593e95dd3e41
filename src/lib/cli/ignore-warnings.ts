import type {IgnoreRule} from '../config/ignores/model.ts'
import type {IgnoreNotes} from '../scan/ignore-rules.ts'

/** A line for each ignore rule of which there is something to say. */
export function ignoreWarnings({expired, expiring, unused}: IgnoreNotes): string[] {
  const about = ({id, origin}: IgnoreRule) => `${origin.file}:${origin.line} (${id})`
  return [
    ...expired.map(rule => `${about(rule)} ended on ${rule.until} and ignores nothing any more. Remove it.`),
    ...expiring.map(rule => `${about(rule)} ends on ${rule.until}.`),
    ...unused.map(rule => `${about(rule)} ignores nothing in the images that it means. Remove it.`),
  ]
}
