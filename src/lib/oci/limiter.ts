/** Hands out at most `size` slots at a time, in the order they were asked for. */
export interface Limiter {
  /** Waits for a slot; the answer gives it back, and does nothing the second time. */
  acquire(): Promise<() => void>
  /** Runs the task in a slot. */
  run<T>(task: () => Promise<T>): Promise<T>
}

export function createLimiter(size: number): Limiter {
  let free = size
  const waiting: (() => void)[] = []

  function slot(): () => void {
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }

  async function acquire(): Promise<() => void> {
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    return slot()
  }

  return {
    acquire,
    async run(task) {
      const release = await acquire()
      try {
        return await task()
      } finally {
        release()
      }
    },
  }
}

/**
 * `task` of each item, at most `limit` at a time, answers in the order of the items. After the first failure no item is
 * begun; those under way are waited for, then the first failure is thrown.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = []
  const failures: unknown[] = []
  const queue = items.entries()
  async function worker(): Promise<void> {
    for (const [index, item] of queue) {
      if (failures.length > 0) return
      try {
        answers[index] = await task(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({length: Math.min(limit, items.length)}, worker))
  if (failures.length > 0) throw failures[0]
  return answers
}
