/** Control and format characters (bidi among them), line and paragraph separators, halves of a surrogate pair. */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Text of a stranger, fit for an error message: characters that could end the line or turn it around are shown as
 * `\u{...}`, and at most `limit` UTF-16 units of the text are.
 */
export function oneLine(text: string, limit = 200): string {
  const start = text.slice(0, limit)
  const shown = start.replace(unfit, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
  return text.length > limit ? `${shown}…` : shown
}
