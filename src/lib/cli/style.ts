import type {Environment} from './github.ts'

type Paint = (text: string) => string

/** How a view writes for the stream it goes to: colour by meaning, and the room that a line has. */
export interface Style {
  readonly good: Paint
  readonly bad: Paint
  readonly warn: Paint
  readonly strong: Paint
  readonly dim: Paint
  /** Columns of the terminal; infinite where there is none. */
  readonly columns: number
}

export interface StyledStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

const plain: Paint = text => text
export const plainStyle: Style = {
  good: plain,
  bad: plain,
  warn: plain,
  strong: plain,
  dim: plain,
  columns: Number.POSITIVE_INFINITY,
}

/** Whether a stream gets colours: `FORCE_COLOR` decides, then `NO_COLOR`, then whether it is a terminal that has any. */
export function hasColor(stream: StyledStream, env: Environment): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env['NO_COLOR']) return false
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** The style for one stream; loads chalk only where there are colours. */
export async function styleFor(stream: StyledStream, env: Environment): Promise<Style> {
  const columns = stream.isTTY ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY
  if (!hasColor(stream, env)) return {...plainStyle, columns}
  const {Chalk} = await import('chalk')
  const chalk = new Chalk({level: 1})
  return {
    good: text => chalk.green(text),
    bad: text => chalk.red(text),
    warn: text => chalk.yellow(text),
    strong: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    columns,
  }
}
