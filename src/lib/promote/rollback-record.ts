import {UsageError} from '../errors.ts'
import {type Digest, isDigest} from '../oci/digest.ts'
import {isLayout} from '../oci/layout/names.ts'
import {parseReference, type Reference} from '../oci/reference.ts'
import {recordVersion} from '../plan/run-record.ts'
import type {Side} from './model.ts'

/** A tag that a recorded run moved, or may have moved. */
export interface RecordedMove {
  readonly host: string
  readonly repository: string
  readonly tag: string
  /** What the tag held before the run; null when it did not exist. */
  readonly before: Digest | null
  /** What the run left it at. */
  readonly after: Digest
  /** `unknown`: the run was killed before it wrote what came of it. */
  readonly outcome: 'done' | 'failed' | 'unknown'
}

/** What a rollback needs of a record. */
export interface RecordedRun {
  /** The registries that were written to, as the run named them. */
  readonly sides: readonly Side[]
  /** Each tag once, in the order in which they were moved. */
  readonly moves: readonly RecordedMove[]
}

type Line = Readonly<Record<string, unknown>>

/**
 * Reads the tag moves of a record; of several records one after the other, what they come to together. The last line
 * counts only when it is whole: nothing was sent for an intent that was not on the disk.
 *
 * @throws {UsageError} NOT_A_RECORD naming the line that is none.
 */
export function readRecord(text: string, file: string): RecordedRun {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(line, index, file))
  const sides = new Map<string, Side>()
  const moves = new Map<string, RecordedMove>()
  let open = new Map<unknown, RecordedMove>()

  /** A later move goes on from an earlier one; one that the registry refused has changed nothing of it. */
  const add = (move: RecordedMove) => {
    const key = keyOf(move)
    const earlier = moves.get(key)
    if (earlier === undefined) moves.set(key, move)
    else if (move.outcome !== 'failed') moves.set(key, {...move, before: earlier.before})
  }
  const settleOpen = () => {
    for (const move of open.values()) add(move)
    open = new Map()
  }

  assertRecord(lines[0], file)
  for (const [index, line] of lines.entries()) {
    if (line['schemaVersion'] !== undefined) {
      assertRecord(line, file)
      settleOpen()
      for (const side of sidesOf(line)) sides.set(side.host, side)
    } else if (line['type'] === 'intent' && line['verb'] === 'tag') {
      open.set(line['id'], toMove(line, [...sides.values()], `line ${index + 1}`, file))
    } else if (line['type'] === 'outcome') {
      const move = open.get(line['id'])
      open.delete(line['id'])
      if (move !== undefined) add({...move, outcome: line['result'] === 'done' ? 'done' : 'failed'})
    }
  }
  settleOpen()
  return {sides: [...sides.values()], moves: [...moves.values()]}
}

function keyOf({host, repository, tag}: RecordedMove): string {
  return `${host}/${repository}:${tag}`
}

function parseLine(text: string, index: number, file: string): Line {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Told below.
  }
  if (typeof value !== 'object' || value === null)
    throw notARecord(file, `line ${index + 1} is no JSON object`)
  return value as Line
}

function assertRecord(head: Line | undefined, file: string): void {
  if (head === undefined) throw notARecord(file, 'it has no whole line')
  if (head['type'] !== 'promotion' && head['type'] !== 'rollback') {
    throw notARecord(file, 'its first line is not that of a promotion or a rollback')
  }
  if (head['schemaVersion'] !== recordVersion) throw notARecord(file, 'it is of another version of gantry')
}

function sidesOf({destinations}: Line): Side[] {
  if (!Array.isArray(destinations)) return []
  return (destinations as Partial<Side>[]).flatMap(({label, host, alias, region}) =>
    typeof label === 'string' && typeof host === 'string'
      ? [{label, host, ...(alias === undefined ? {} : {alias}), ...(region === undefined ? {} : {region})}]
      : [],
  )
}

function toMove(
  {subject, before, after}: Line,
  sides: readonly Side[],
  where: string,
  file: string,
): RecordedMove {
  const {host, repository, tag} = readSubject(String(subject), sides)
  const known =
    host !== undefined &&
    tag !== undefined &&
    (before === null || (typeof before === 'string' && isDigest(before))) &&
    typeof after === 'string' &&
    isDigest(after)
  if (!known) throw notARecord(file, `${where} names no tag with what it held and holds`)
  return {host, repository, tag, before, after, outcome: 'unknown'}
}

/** What stands for a layout's host is only known from where the record names it. */
function readSubject(subject: string, sides: readonly Side[]): Reference {
  const layout = sides.find(({host}) => isLayout(host) && subject.startsWith(`${host}/`))
  if (layout === undefined) return parseReference(subject)
  return {...parseReference(subject.slice(layout.host.length + 1)), host: layout.host}
}

function notARecord(file: string, why: string): UsageError {
  return new UsageError('NOT_A_RECORD', `${file} is not a record of a run: ${why}. Nothing was done.`)
}
