/**
 * What strangers wrote (tags, labels, finding texts, error bodies) is made harmless here before anything shows it: one
 * rule for terminals, and one for each place that reads more into text than its letters.
 */

/**
 * C0 (line ends and tabs included), DEL, C1; bidirectional controls; line and paragraph separators; halves of a
 * surrogate pair.
 */
const unsafe = /[\p{Cc}\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}]/gu

/** One line of text in which nothing moves a cursor, ends a line or turns the reading direction: those show as `\u{..}`. */
export function escapeText(text: string): string {
  return text.replace(unsafe, character => `\\u{${codePoint(character)}}`)
}

/** The same value with every string in it escaped by {@link escapeText}, keys too. For plain data. */
export function escapeDeep<T>(value: T): T {
  return changeTexts(value, escapeText)
}

/** The same value with every string in it changed, keys too. For plain data. */
export function changeTexts<T>(value: T, change: (text: string) => string): T
export function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map(item => changeTexts<unknown>(item, change))
  if (value === null || typeof value !== 'object') return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), changeTexts<unknown>(item, change)]),
  )
}

/** JSON on which a terminal shows nothing but letters; also inert as a line of a GitHub Actions log. */
export function toSafeJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .replace(/[\p{Cc}\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, character =>
      character === '\n' ? character : `\\u${codePoint(character).padStart(4, '0')}`,
    )
    .replaceAll('##[', String.raw`#\u0023[`)
}

/** Text for a Markdown table or paragraph: no markup, no HTML, no links, no mentions. */
export function escapeMarkdown(text: string): string {
  return escapeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$:@-]/g, character => `&#${character.charCodeAt(0)};`)
    .replace(/(?<=www)\./gi, '&#46;')
}

/**
 * Text for an element or an attribute of XML 1.0, which has no room for some characters even as references; also inert in
 * a GitHub Actions log.
 */
export function escapeXml(text: string): string {
  return escapeText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('::', '&#58;:')
    .replaceAll('##[', '#&#35;[')
    .replace(/[\ufffe\uffff]/g, character => `\\u{${codePoint(character)}}`)
}

/** The message of a GitHub Actions workflow command. */
export function escapeWorkflowData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A property of a GitHub Actions workflow command. */
export function escapeWorkflowProperty(text: string): string {
  return escapeWorkflowData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/**
 * Lines that GitHub Actions doesn't take for commands. The runner looks for `::` after leading white space and for
 * `##[` anywhere in a line (actions/runner, ActionCommand).
 */
export function escapeWorkflowLog(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, String.raw`$1\u{3a}`).replaceAll('##[', String.raw`#\u{23}[`)
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16)
}
