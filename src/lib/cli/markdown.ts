/** GitHub's Markdown, of text that anybody may have written: what goes in here is escaped here. */
import {escapeMarkdown, escapeText} from './escape.ts'

/** What a comment on GitHub holds. */
const commentBytes = 64 * 1024

/** The lines of a table. Its cells are text, not Markdown. */
export function markdownTable(headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  return [line(headers), `|${headers.map(() => '---').join('|')}|`, ...rows.map(line)]
}

/** Something to open, under a line of text. @param body lines of Markdown. */
export function markdownDetails(summary: string, body: readonly string[]): string {
  return ['<details>', `<summary>${escapeMarkdown(summary)}</summary>`, '', ...body, '', '</details>'].join(
    '\n',
  )
}

/** Lines of a difference, each with its sign: GitHub colours them. None of them can end the block, for each has a sign. */
export function markdownDiff(lines: readonly {readonly sign: string; readonly text: string}[]): string[] {
  return ['```diff', ...lines.map(({sign, text}) => `${sign} ${escapeText(text)}`), '```']
}

/** The first of a list's lines, and one that says how many more there are. */
export function markdownList(items: readonly string[], most: number): string[] {
  const left = items.length - most
  return [
    ...items.slice(0, most).map(item => `- ${escapeMarkdown(item)}`),
    ...(left > 0 ? [`- and ${left.toLocaleString('en-US')} more`] : []),
  ]
}

/**
 * Blocks in as many bytes as a comment on GitHub holds; those that find no room are left out whole, and `rest` says so
 * at the end.
 *
 * @param rest the last paragraph, by how many blocks were left out.
 */
export function fitComment(blocks: readonly string[], rest: (leftOut: number) => string): string {
  const joint = '\n\n'
  const sizeOf = (text: string) => Buffer.byteLength(text) + joint.length
  let room = commentBytes - sizeOf(rest(blocks.length))
  const fitting = blocks.filter(block => {
    const fits = sizeOf(block) <= room
    if (fits) room -= sizeOf(block)
    return fits
  })
  const leftOut = blocks.length - fitting.length
  return [...fitting, ...(leftOut > 0 ? [rest(leftOut)] : [])].join(joint)
}
