const dayMs = 86_400_000

/**
 * The moment at which a rule ends, in milliseconds since the epoch: the end of that day (`2026-12-31`) in UTC, which is
 * the same everywhere; null for `never`; undefined for what is neither.
 */
export function endOf(until: string): number | null | undefined {
  if (until === 'never') return null
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until)) return undefined
  const start = Date.parse(`${until}T00:00:00Z`)
  // Some days that no month has are taken for one of the next.
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(until)
  return isDay ? start + dayMs : undefined
}
