import {join} from 'node:path'
import {expect} from 'vitest'
import {describe as describeError, errorLines} from '../../src/lib/cli/errors.ts'
import {shellWords} from './manifests.ts'
import {blocksOf, read, root} from './pages.ts'

/** The first block of a page in a language. */
export function shownIn(page: string, wanted: string): string {
  return blocksOf(page).find(({language}) => language === wanted)?.text ?? ''
}

/**
 * Holds a page to what its command lines print now: each of its console blocks is one command line and its output, an error
 * as the program would say it. Another output than the page's is written into it by `vitest -u`.
 *
 * @param outputs how many such blocks the page has.
 * @param outputOf what the words of a command line print, those after `gantry`.
 */
export async function expectShownOutputs(
  page: string,
  outputs: number,
  outputOf: (words: readonly string[]) => Promise<string>,
): Promise<void> {
  let text = read(page)
  const blocks = blocksOf(page).filter(({language}) => language === 'console')
  expect(blocks).toHaveLength(outputs)
  for (const block of blocks) {
    const [, line = ''] = /^\$ (.+)\n/.exec(block.text) ?? []
    const [program, ...words] = shellWords(line)
    expect(program).toBe('gantry')
    const output = await outputOf(words).catch((error: unknown) =>
      errorLines(describeError(error)).join('\n'),
    )
    const lines = output.split('\n').map(shown => shown.trimEnd())
    text = text.replace(block.text, () => `$ ${line}\n${lines.join('\n')}\n`)
  }
  await expect(text).toMatchFileSnapshot(join(root, page))
}
