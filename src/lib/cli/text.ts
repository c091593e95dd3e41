/** Text measured in columns of a terminal, and quantities as people read them. */
import {stripVTControlCharacters} from 'node:util'

export {formatBytes} from '../oci/format-bytes.ts'

const segments = new Intl.Segmenter(undefined, {granularity: 'grapheme'})
const ascii = /^[\u0020-\u007e]*$/
const zeroWidth = /^[\p{Mark}\u200b-\u200d\ufeff]+$/u
/** Simple on purpose: the scripts and signs that terminals draw two columns wide. */
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u

/** The columns that a text takes; colour codes take none. */
export function displayWidth(text: string): number {
  const visible = stripVTControlCharacters(text)
  return ascii.test(visible) ? visible.length : graphemes(visible).reduce((sum, {width}) => sum + width, 0)
}

/** The text in at most `columns` columns, with an ellipsis for its middle: both ends of a reference tell which it is. */
export function truncateMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  if (columns < 2) return '…'.slice(0, Math.max(0, columns))
  const atEnd = Math.floor((columns - 1) / 2)
  const atStart = columns - 1 - atEnd
  if (ascii.test(text)) return `${text.slice(0, atStart)}…${text.slice(text.length - atEnd)}`
  const parts = graphemes(text)
  const tail = takeWidth(parts.toReversed(), atEnd).toReversed()
  const head = takeWidth(parts, atStart)
  return `${head.join('')}…${tail.join('')}`
}

/** Fills up with spaces to `columns`. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - displayWidth(text)))
  return align === 'left' ? text + space : space + text
}

/** `1 image`, `3 images`, `3 repositories`. */
export function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : pluralOf(noun)}`
}

function pluralOf(noun: string): string {
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
}

/** A sentence in lines of at most `columns` columns, broken between words; a word that is wider has its own. */
export function wrapWords(text: string, columns: number): string[] {
  if (displayWidth(text) <= columns) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = [...lines.slice(-1), word].join(' ')
    if (displayWidth(line) <= columns) lines.splice(-1, 1, line)
    else lines.push(word)
  }
  return lines
}

/** A sentence below a heading: each line of it behind `indent`, and those after the first two columns further in. */
export function hangWords(text: string, columns: number, indent: string): string[] {
  const [first = '', ...others] = wrapWords(text, columns - indent.length - 2)
  return [`${indent}${first}`, ...others.map(line => `${indent}  ${line}`)]
}

/** Figures in one line, or in as many as the terminal's width asks for. */
export function joinFitting(figures: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const figure of figures) {
    const line = [...lines.slice(-1), figure].join(' · ')
    if (displayWidth(line) <= columns) lines.splice(-1, 1, line)
    else lines.push(figure)
  }
  return lines
}

interface Grapheme {
  readonly text: string
  readonly width: number
}

function graphemes(text: string): Grapheme[] {
  return Array.from(segments.segment(text), ({segment}) => ({
    text: segment,
    width: zeroWidth.test(segment) ? 0 : wide.test(segment) ? 2 : 1,
  }))
}

function takeWidth(parts: readonly Grapheme[], columns: number): string[] {
  const taken: string[] = []
  let left = columns
  for (const {text, width} of parts) {
    if (width > left) break
    left -= width
    taken.push(text)
  }
  return taken
}
