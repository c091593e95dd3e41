/** What a command that serves needs beyond its server. */
import {rename, rm, writeFile} from 'node:fs/promises'
import {UsageError} from '../errors.ts'

/** Resolves when the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve => {
    signal.addEventListener('abort', () => resolve(), {once: true})
  })
}

/**
 * Writes the addresses of what is served as JSON so that whoever waits for the file never reads half of it.
 * @throws {UsageError} when it cannot be written there.
 */
export async function writeReadyFile(file: string, addresses: object): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writeFile(partial, `${JSON.stringify(addresses)}\n`, {flag: 'wx'})
    await rename(partial, file)
  } catch (error) {
    await rm(partial, {force: true})
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new UsageError('UNWRITABLE_FILE', `${file} cannot be written (${code}).`, {cause: error})
  }
}
