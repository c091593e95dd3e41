import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../src/lib/config/parse.ts'
import {ConfigError} from '../../../src/lib/config/problems.ts'

/** A document that is wrong, and the lines that say so, each without the name of the file. */
export type Case = readonly [what: string, text: string, ...lines: string[]]

export const v1 = 'version: 1\n'

export const account = (fields: string) => `${v1}accounts:\n  dev: {id: "111111111111", ${fields}}\n`

export const twoAccounts = `${v1}accounts:
  dev:  {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", region: eu-west-1}
promotions:
`

/** The message and the hints of the error that the text meets; none when it is accepted. */
export function linesOf(text: string): readonly string[] {
  try {
    parseEstate(text, 'repos.yaml')
  } catch (error) {
    if (!(error instanceof ConfigError) || error.exitCode !== 2 || error.code !== 'INVALID_CONFIG')
      throw error
    return [error.message, ...error.hints]
  }
  return []
}

export function describeMalformed(what: string, cases: readonly Case[]): void {
  describe(`${what} is refused by one line that says where and what to do`, () => {
    test.each(cases)('%s', (_, text, ...lines) => {
      expect(linesOf(text)).toEqual(lines.map(line => `repos.yaml:${line}`))
    })
  })
}
