import {plainStyle, type Style} from './style.ts'
import {displayWidth, pad, truncateMiddle} from './text.ts'

export interface Column<Row> {
  readonly header: string
  readonly value: (row: Row) => string
  readonly align?: 'left' | 'right'
  /** Colours a value, after it was cut to its width. */
  readonly paint?: (text: string, row: Row) => string
}

const gap = '  '
const narrowest = 8

/** A table that fits the terminal: the widest columns give way first, cut in the middle. No cutting off a terminal. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], style: Style): string {
  const cells = rows.map(row => columns.map(column => column.value(row)))
  const widths = fitWidths(
    columns.map((column, i) =>
      Math.max(...[column.header, ...cells.map(line => line[i] ?? '')].map(displayWidth)),
    ),
    style.columns - gap.length * (columns.length - 1),
  )
  const line = (texts: readonly string[], paint: (column: Column<Row>, text: string) => string) =>
    columns
      .map((column, i) => {
        const width = widths[i] ?? 0
        const text = truncateMiddle(texts[i] ?? '', width)
        const isLast = i === columns.length - 1 && column.align !== 'right'
        const painted = paint(column, text)
        return isLast ? painted : pad(painted, width, column.align)
      })
      .join(gap)
      .trimEnd()
  const header = line(
    columns.map(column => column.header),
    (_column, text) => style.strong(text),
  )
  const body = rows.map((row, i) => line(cells[i] ?? [], (column, text) => column.paint?.(text, row) ?? text))
  return [header, ...body].join('\n')
}

/**
 * The columns that a table keeps where the terminal has no room for all: of the dispensable ones, by header and in their
 * order, as many go as must.
 */
export function withoutDispensable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  dispensable: readonly string[],
  style: Style,
): readonly Column<Row>[] {
  const widthOf = (shown: readonly Column<Row>[]) =>
    Math.max(...table(rows, shown, plainStyle).split('\n').map(displayWidth))
  let shown = columns
  for (const header of dispensable) {
    if (widthOf(shown) > style.columns) shown = shown.filter(column => column.header !== header)
  }
  return shown
}

/** Takes from the widest, column by column, until all fit or none can give any more. */
function fitWidths(natural: readonly number[], room: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = widest - 1
    excess -= 1
  }
  return widths
}
