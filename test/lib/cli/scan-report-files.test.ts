import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {
  prepareReports,
  type ReportFile,
  reportFiles,
  writeReports,
} from '../../../src/lib/cli/scan-report-files.ts'
import {temporaryFolder} from '../../support/temporary-folder.ts'
import {mixed, reportOf} from './scan-gate-support.ts'

const kinds = ['json', 'markdown', 'sarif', 'junit', 'code-quality'] as const

async function parse(text: string): Promise<unknown> {
  const {parse: parseFlag} = reportFiles()
  return parseFlag(text, {} as never, {} as never)
}

test('a kind and a file are read; the file may hold any sign', async () => {
  expect(await parse('sarif=out/a=b.sarif')).toEqual({kind: 'sarif', file: 'out/a=b.sarif'})
  expect(await parse('markdown=-')).toEqual({kind: 'markdown', file: '-'})
})

test.each(['sarif', 'sarif=', '=x', 'xml=x', 'out.sarif'])('%s is no report', async text => {
  await expect(parse(text)).rejects.toThrow(`"${text}" is no report. Write a kind and a file`)
})

test('several are written whole, in the folder that names are taken from; - is returned', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'out'))
  const files = kinds.map((kind): ReportFile => ({kind, file: kind === 'junit' ? '-' : `out/${kind}`}))
  await prepareReports(files, {json: false, cwd: root})
  const printed = await writeReports(files, mixed, {version: '1.2.3', root})
  expect(printed).toBe(reportOf('junit', mixed))
  for (const kind of ['json', 'markdown', 'code-quality'] as const)
    expect(await readFile(join(root, 'out', kind), 'utf8')).toBe(`${reportOf(kind, mixed)}\n`)
  expect(JSON.parse(await readFile(join(root, 'out', 'sarif'), 'utf8'))).toMatchObject({version: '2.1.0'})
  expect(await writeReports([], mixed, {version: '1.2.3', root})).toBeUndefined()
})

test('a report of an earlier run is gone before anything is asked', async () => {
  const root = await temporaryFolder()
  const file = join(root, 'scan.xml')
  await writeFile(file, 'passed')
  await prepareReports([{kind: 'junit', file}], {json: true, cwd: '/'})
  expect(await readFile(file, 'utf8')).toBe('')
})

test('a file that cannot be written is known before anything is asked', async () => {
  const root = await temporaryFolder()
  await expect(
    prepareReports([{kind: 'sarif', file: 'none/scan.sarif'}], {json: false, cwd: root}),
  ).rejects.toMatchObject({
    code: 'UNWRITABLE_FILE',
    exitCode: 2,
    message: 'none/scan.sarif cannot be written: ENOENT.',
  })
})

test('two reports never share a file, nor one stdout with another document', async () => {
  const cwd = await temporaryFolder()
  const both = (a: string, b: string) =>
    prepareReports(
      [
        {kind: 'sarif', file: a},
        {kind: 'junit', file: b},
      ],
      {json: false, cwd},
    )
  await expect(both('a', './a')).rejects.toMatchObject({code: 'ONE_FILE_TWICE', exitCode: 2})
  await expect(both('-', '-')).rejects.toMatchObject({code: 'ONE_FILE_TWICE'})
  await expect(both('-', 'b')).resolves.toBeUndefined()
  await expect(prepareReports([{kind: 'sarif', file: '-'}], {json: true, cwd})).rejects.toMatchObject({
    code: 'TWO_FORMATS',
    exitCode: 2,
  })
})
