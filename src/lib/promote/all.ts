/** Waits for all, and only then fails with the first error: nothing goes on behind the back of whoever called. */
export async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work)
  const failed = results.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason as Error
}
