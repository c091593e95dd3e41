import {describe, expect, test} from 'vitest'
import {parseEstate} from '../../../../src/lib/config/parse.ts'
import type {ReposFinding} from '../../../../src/lib/repos/lint/finding.ts'
import {lintRepos} from '../../../../src/lib/repos/lint/lint.ts'

/** How a file of these tests begins: `dev@eu-west-1`, `prod@eu-west-1` and `prod@us-east-1`. */
export const accounts = `version: 1
accounts:
  dev: {id: "111111111111", region: eu-west-1}
  prod: {id: "222222222222", regions: [eu-west-1, us-east-1]}
`

/** What is found in a file that begins with {@link accounts}. */
export function lint(text: string): readonly ReposFinding[] {
  return lintRepos(parseEstate(`${accounts}${text}`, 'repos.yaml'), 'error').findings
}

/** What is found of one code, each in a line: where, at which registries, and what is wrong. */
export function found(text: string, code: string): readonly string[] {
  return lint(text)
    .filter(finding => finding.code === code)
    .map(({where: {line, column}, key, registries, repositories, message}) =>
      [
        `${line}:${column}`,
        key,
        ...(registries.length === 0 ? [] : [`(${registries.join(', ')})`]),
        ...(repositories.length === 0 ? [] : [`(${repositories.join(', ')})`]),
        message,
      ].join(' '),
    )
}

/** A file that has it, what is said of it, and a file without it. */
export type Case = readonly [code: string, bad: string, said: readonly string[], good: string]

export function describeCodes(what: string, cases: readonly Case[]): void {
  describe(`what is doubtful about ${what}`, () => {
    test.each(cases)('%s is found where it is', (code, bad, said) => {
      expect(found(bad, code)).toEqual(said)
    })

    test.each(cases)('%s is not found where it is not', (code, _bad, _said, good) => {
      expect(found(good, code)).toEqual([])
    })
  })
}
