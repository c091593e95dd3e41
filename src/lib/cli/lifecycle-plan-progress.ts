import type {Context} from './context.ts'
import type {Progress} from './progress/progress.ts'

/** Shows repositories, or places of that noun, as they are done; the display starts with the first. */
export function lifecycleProgress(
  {progress}: Context,
  title: string,
  noun = 'repository',
): (place: string, error: {readonly message: string} | null) => void {
  let display: Progress | undefined
  return (place, error) => {
    display ??= progress.start(title, {noun, isBrief: true})
    display.task(place, place)
    display.done(place, error === null ? 'done' : 'failed', error?.message)
  }
}
