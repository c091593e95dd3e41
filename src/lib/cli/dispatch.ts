/** Finds what a command line asks for among the commands there are. */
import {nearest} from '../config/nearest.ts'
import {UsageError} from '../errors.ts'

/** The part of oclif's configuration that this needs. Ids have colons where people write spaces. */
export interface Commands {
  readonly commandIDs: readonly string[]
  readonly topics: readonly {readonly name: string}[]
}

export type Request =
  | {readonly kind: 'version'}
  | {readonly kind: 'help'; readonly words: readonly string[]}
  | {readonly kind: 'command'; readonly id: string; readonly argv: readonly string[]}

const helpFlags: ReadonlySet<string> = new Set(['--help', '-h'])

/**
 * Reads the words before the first flag as a command or a topic.
 * @throws {UsageError} when they name none.
 */
export function resolveRequest(argv: readonly string[], commands: Commands): Request {
  const end = argv.indexOf('--')
  const asksHelp = argv.slice(0, end === -1 ? undefined : end).some(arg => helpFlags.has(arg))
  const [first] = argv
  if (first === '--version' || first === '-v') return {kind: 'version'}
  if (first === undefined || helpFlags.has(first)) return {kind: 'help', words: []}
  if (first === 'help') return resolveRequest([...argv.slice(1), '--help'], commands)
  if (first.startsWith('-')) {
    throw new UsageError(
      'NO_COMMAND',
      `Flags come after the command: gantry COMMAND ${first}. See gantry --help.`,
    )
  }
  const words = wordsOf(argv)
  const id = commandIdOf(argv, commands)
  if (id !== undefined) {
    const length = id.split(':').length
    return asksHelp
      ? {kind: 'help', words: words.slice(0, length)}
      : {kind: 'command', id, argv: argv.slice(length)}
  }
  const topic = topicOf(words, commands)
  const rest = words.slice(topic.length)
  if (topic.length > 0 && rest.length === 0) {
    if (asksHelp || argv.length === topic.length) return {kind: 'help', words: topic}
    throw new UsageError(
      'NO_COMMAND',
      `"${topic.join(' ')}" needs a command after it. See gantry ${topic.join(' ')} --help.`,
    )
  }
  throw unknownCommand(topic, rest[0] ?? '', commands)
}

/** The longest command at the start of a command line; undefined when there is none. */
export function commandIdOf(argv: readonly string[], {commandIDs}: Commands): string | undefined {
  const words = wordsOf(argv)
  return words.map((_, i) => words.slice(0, words.length - i).join(':')).find(id => commandIDs.includes(id))
}

function wordsOf(argv: readonly string[]): string[] {
  const flag = argv.findIndex(arg => arg.startsWith('-'))
  return argv.slice(0, flag === -1 ? undefined : flag)
}

function topicOf(words: readonly string[], {topics}: Commands): string[] {
  const names = new Set(topics.map(topic => topic.name))
  const length = words.findLastIndex((_, i) => names.has(words.slice(0, i + 1).join(':'))) + 1
  return words.slice(0, length)
}

function unknownCommand(topic: readonly string[], word: string, {commandIDs}: Commands): UsageError {
  const prefix = topic.length > 0 ? `${topic.join(':')}:` : ''
  const candidates = commandIDs
    .filter(id => id.startsWith(prefix))
    .map(id => id.slice(prefix.length).split(':')[0] ?? '')
  const near = nearest(word, new Set(candidates))
  const where = topic.length > 0 ? ` of gantry ${topic.join(' ')}` : ' of gantry'
  const help = ['gantry', ...topic, '--help'].join(' ')
  return new UsageError(
    'UNKNOWN_COMMAND',
    `"${word}" is not a command${where}. ${near === undefined ? `See ${help}.` : `Did you mean "${near}"?`}`,
  )
}
