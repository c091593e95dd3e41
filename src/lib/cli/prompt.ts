import {createInterface} from 'node:readline/promises'
import type {Readable, Writable} from 'node:stream'
import {UsageError} from '../errors.ts'
import {escapeText} from './escape.ts'

export interface PromptOptions {
  /** `--yes` was given. */
  readonly yes: boolean
  /** Somebody can read the question and answer it. */
  readonly interactive: boolean
  readonly input: Readable
  readonly output: Writable
  readonly signal: AbortSignal
}

/**
 * Asks for consent, once, on the terminal. Anything but `y` or `yes` is no, and so is the end of the input.
 * @throws {UsageError} where nobody can answer and `--yes` was not given.
 */
export async function confirm(question: string, options: PromptOptions): Promise<boolean> {
  if (options.yes) return true
  return /^y(es)?$/i.test(await answerTo(question, '[y/N] ', options))
}

/**
 * Asks, once, on the terminal, for a word that only who has read the question types. Anything else is no.
 * @throws {UsageError} where nobody can answer and `--yes` was not given.
 */
export async function confirmTyped(question: string, word: string, options: PromptOptions): Promise<boolean> {
  if (options.yes) return true
  return (await answerTo(question, `Type ${escapeText(word)} to go on: `, options)) === word
}

async function answerTo(question: string, prompt: string, options: PromptOptions): Promise<string> {
  const text = escapeText(question)
  if (!options.interactive) {
    throw new UsageError('CONFIRMATION_NEEDED', `${text} Nobody can be asked here: give --yes to go on.`)
  }
  const lines = createInterface({input: options.input, output: options.output})
  const ended = new Promise<string>(resolve => {
    lines.once('close', () => resolve(''))
  })
  try {
    const answer = await Promise.race([lines.question(`${text} ${prompt}`, {signal: options.signal}), ended])
    return answer.trim()
  } finally {
    lines.close()
  }
}
