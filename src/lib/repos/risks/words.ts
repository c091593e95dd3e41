/** `a`, `a and b`, `a, b and 3 more`: the first ones of a list. */
export function listed(words: readonly string[], most = 5): string {
  const rest = words.length - most
  const parts = rest > 0 ? [...words.slice(0, most), `${rest} more`] : words
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** `1 image`, `3 images`. */
export function images(number: number): string {
  return number === 1 ? '1 image' : `${number} images`
}
