const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
}

/** `15m`, `36h`, `14d`: a whole number without zeros before it, and a unit from seconds to weeks. */
export const durationPattern = /^(0|[1-9]\d{0,5})([smhdw])$/

/** `2m` is 120000; undefined for what is no duration. */
export function millisecondsOf(text: unknown): number | undefined {
  const [, count, unit = ''] = (typeof text === 'string' && durationPattern.exec(text)) || []
  return count === undefined ? undefined : Number(count) * (unitMs[unit] ?? Number.NaN)
}
