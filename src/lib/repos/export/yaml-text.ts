/** Plain values as YAML that every version of YAML reads as the same values, and in which nothing moves a cursor. */
import {Document, isMap, type Node, Pair, Scalar, YAMLMap, YAMLSeq} from 'yaml'
import type {Json} from '../../plan/canonical.ts'
import {inReadingOrder} from '../reading-order.ts'

/** A mapping is a Map where its keys are in the order in which they are written, and may be any text. */
export type Content = Json | ReadonlyMap<string, Content> | readonly Content[]

/** Lists of this many characters stand in one line. */
const lineWidth = 100

/**
 * Block style, short lists in a line; a blank line before each key of the first level.
 *
 * @param header lines of a comment on top.
 */
export function toYamlText(content: ReadonlyMap<string, Content>, header: readonly string[]): string {
  const document = new Document(undefined, {version: '1.2', compat: 'yaml-1.1'})
  const root = nodeOf(content)
  if (isMap<Node, Node>(root)) {
    for (const {key} of root.items.slice(1)) key.spaceBefore = true
  }
  document.contents = root as typeof document.contents
  document.commentBefore = header.map(line => ` ${line}`).join('\n')
  const text = document.toString({
    lineWidth: 0,
    // A text with line ends stays in one line, where nothing of it begins one.
    doubleQuotedMinMultiLineLength: Infinity,
    flowCollectionPadding: false,
    nullStr: 'null',
  })
  return escapeUnsafe(text)
}

function nodeOf(content: Content): Node {
  if (content instanceof Map) return mapOf([...content])
  if (Array.isArray(content)) return listOf(content)
  if (typeof content === 'string') return textOf(content)
  if (typeof content !== 'object' || content === null) return new Scalar(content)
  const members = Object.entries(content).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return mapOf(inReadingOrder(members))
}

function mapOf(entries: readonly (readonly [string, Content])[]): YAMLMap {
  const map = new YAMLMap()
  for (const [key, value] of entries) map.items.push(new Pair(textOf(key), nodeOf(value)))
  map.flow = entries.length === 0
  return map
}

function listOf(items: readonly Content[]): Node {
  const list = new YAMLSeq()
  list.items = items.map(item => nodeOf(item))
  const isShort = JSON.stringify(items).length <= lineWidth
  list.flow = items.length === 0 || (isShort && items.every(item => typeof item !== 'object'))
  return list
}

function textOf(text: string): Scalar {
  const scalar = new Scalar(text)
  if (isUnsafe(text)) scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

/**
 * C0, DEL, C1, bidirectional controls, separators of lines, and byte order marks; what begins a command of a GitHub Actions
 * log; and the value that YAML 1.1 calls the default.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufeff]|##\[|^::|^=$/u

function isUnsafe(text: string): boolean {
  return unsafe.test(text)
}

/** Only within double quotes, where all of them stand. */
function escapeUnsafe(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufeff]/gu, character =>
      character === '\n' ? character : escapeOf(character),
    )
    .replaceAll('##[', String.raw`#\u0023[`)
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
