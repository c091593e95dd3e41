import type {GantryError} from '../errors.ts'
import type {Context} from './context.ts'
import type {Progress} from './progress/progress.ts'

/** Shows the repositories as they are done; the display starts with the first. */
export function lifecycleProgress(
  {progress}: Context,
  title: string,
): (place: string, error: GantryError | null) => void {
  let display: Progress | undefined
  return (place, error) => {
    display ??= progress.start(title, {noun: 'repository'})
    display.task(place, place)
    display.done(place, error === null ? 'done' : 'failed', error?.message)
  }
}
