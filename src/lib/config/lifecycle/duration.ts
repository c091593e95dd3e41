/** Days, or weeks; ECR knows no other unit. */
export const durationPattern = /^[1-9]\d{0,3}[dw]$/

/** `14d` is 14, `2w` too; undefined for what is no duration. */
export function daysOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || !durationPattern.test(text)) return undefined
  return Number(text.slice(0, -1)) * (text.endsWith('w') ? 7 : 1)
}
