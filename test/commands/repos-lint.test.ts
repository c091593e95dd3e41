import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runProgram} from '../support/program.ts'
import {expectValidSarif} from '../support/sarif.ts'
import {temporaryFolder} from '../support/temporary-folder.ts'

const text = `version: 1
accounts: {dev: {id: "111111111111", region: eu-west-1}}
registries:
  dev:
    scanning: {type: ENHANCED, continuous: [prod, "\\e[2J"], onPush: ["*"]}
`

async function lint(content: string, ...args: readonly string[]) {
  const file = join(await temporaryFolder(), 'repos.yaml')
  await writeFile(file, content)
  // An address at which nobody answers: nothing is asked.
  const run = await runProgram(['repos', 'lint', '--config', file, ...args], {
    GANTRY_SANDBOX: 'http://127.0.0.1:1',
  })
  return {...run, file}
}

const doubtful = text.replace(', "\\e[2J"', '')

test('people are shown each finding at its place, with what to do', async () => {
  const {status, stdout, stderr, file} = await lint(doubtful)
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
  expect(stdout).toBe(`${file}:5:44 registries.dev.scanning.continuous (dev@eu-west-1)
  warning  The filter "prod" fits every name that contains it, such as "other-prod-x". [scan-filter-contains]
           Write "prod*" for what begins with it.

0 errors, 1 warning, 0 notes in ${file}
`)
})

test('the exit code is 3 from the severity on that is asked for', async () => {
  expect((await lint(doubtful, '--fail-on', 'warning')).status).toBe(3)
  expect((await lint(doubtful, '--fail-on', 'error')).status).toBe(0)
  expect((await lint(doubtful, '--json', '--format', 'sarif')).status).toBe(2)
})

test('a file that cannot be used is no finding: one line, whatever is asked for', async () => {
  const {status, stdout, stderr, file} = await lint(text)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(
    `Error: ${file}:5:51 registries.dev.scanning.continuous[1]: "\\u001b[2J" is not a scan filter.`,
  )
})

test('without a repos.yaml there is nothing to look at', async () => {
  const folder = await temporaryFolder()
  const {status, stderr} = await runProgram(['repos', 'lint', '--config', join(folder, 'repos.yaml')])
  expect(status).toBe(2)
  expect(stderr).toMatch(/^Error: .*there is no such file/)
})

test('--json prints one document with a finding in each item', async () => {
  const {stdout, file} = await lint(doubtful, '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    command: 'repos lint',
    exitCode: 0,
    summary: {file, errors: 0, warnings: 1, notes: 0},
    items: [
      {
        code: 'scan-filter-contains',
        severity: 'warning',
        where: {file, line: 5, column: 44},
        key: 'registries.dev.scanning.continuous',
        registries: ['dev@eu-west-1'],
      },
    ],
  })
})

test('--format sarif prints a log with the places in the file', async () => {
  const {stdout} = await lint(doubtful.replace('[prod]', '[prod, test]'), '--format', 'sarif')
  expectValidSarif(stdout)
  const {runs} = JSON.parse(stdout) as {
    runs: {results: {ruleId: string; partialFingerprints: Record<string, string>; locations: unknown[]}[]}[]
  }
  const results = runs[0]?.results ?? []
  expect(results.map(({ruleId}) => ruleId)).toEqual(['scan-filter-contains', 'scan-filter-contains'])
  expect(new Set(results.map(result => result.partialFingerprints['primaryLocationLineHash'])).size).toBe(2)
  expect(results[0]?.locations).toMatchObject([{physicalLocation: {region: {startLine: 5, startColumn: 44}}}])
})
