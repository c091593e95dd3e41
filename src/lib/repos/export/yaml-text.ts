/** Plain values as YAML that every version of YAML reads as the same values, and in which nothing moves a cursor. */
import type {Node, Scalar, YAMLMap} from 'yaml'
import type {Json} from '../../plan/canonical.ts'

/** A mapping is a Map where its keys are in the order in which they are written, and may be any text. */
export type Content = Json | ReadonlyMap<string, Content> | readonly Content[]

type Yaml = typeof import('yaml')

/** Lists of this many characters stand in one line. */
const lineWidth = 100

/**
 * Block style, short lists in a line; a blank line before each key of the first level.
 *
 * @param header lines of a comment on top.
 */
export async function toYamlText(
  content: ReadonlyMap<string, Content>,
  header: readonly string[],
): Promise<string> {
  const yaml = await import('yaml')
  const document = new yaml.Document(undefined, {version: '1.2', compat: 'yaml-1.1'})
  const root = nodeOf(content, yaml)
  if (yaml.isMap<Node, Node>(root)) {
    for (const {key} of root.items.slice(1)) key.spaceBefore = true
  }
  document.contents = root as typeof document.contents
  document.commentBefore = header.map(line => ` ${line}`).join('\n')
  const text = document.toString({lineWidth: 0, flowCollectionPadding: false, nullStr: 'null'})
  return escapeUnsafe(text)
}

function nodeOf(content: Content, yaml: Yaml): Node {
  if (content instanceof Map) return mapOf([...content], yaml)
  if (Array.isArray(content)) return listOf(content, yaml)
  if (typeof content === 'string') return textOf(content, yaml)
  if (typeof content !== 'object' || content === null) return new yaml.Scalar(content)
  const members = Object.entries(content).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return mapOf(
    members.toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1)),
    yaml,
  )
}

function mapOf(entries: readonly (readonly [string, Content])[], yaml: Yaml): YAMLMap {
  const map = new yaml.YAMLMap()
  for (const [key, value] of entries) map.items.push(new yaml.Pair(textOf(key, yaml), nodeOf(value, yaml)))
  map.flow = entries.length === 0
  return map
}

function listOf(items: readonly Content[], yaml: Yaml): Node {
  const list = new yaml.YAMLSeq()
  list.items = items.map(item => nodeOf(item, yaml))
  const isShort = JSON.stringify(items).length <= lineWidth
  list.flow = items.length === 0 || (isShort && items.every(item => typeof item !== 'object'))
  return list
}

function textOf(text: string, yaml: Yaml): Scalar {
  const scalar = new yaml.Scalar(text)
  if (isUnsafe(text)) scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

/** C0, DEL, C1, bidirectional controls, separators of lines, and byte order marks; and what begins a command of a GitHub Actions log. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufeff]|##\[|^::/u

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

/** Members of policies, rules and settings as people write them; all others follow. */
const readingOrder = `
  use version id statements
  Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition
  rules rulePriority description selection action
  tagStatus tagPatternList tagPrefixList storageClass countType countUnit countNumber
  mode except type key upstream kind prefixes to profile repositories
`.split(/\s+/)

function rankOf(key: string): number {
  const rank = readingOrder.indexOf(key)
  return rank === -1 ? readingOrder.length : rank
}
