import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import {
  annotation,
  inGitHubActions,
  outputLines,
  summaryMarkdown,
  writeStepReport,
} from '../../../src/lib/cli/github.ts'

test('only the exact value that GitHub sets counts', () => {
  expect(inGitHubActions({GITHUB_ACTIONS: 'true'})).toBe(true)
  expect(inGitHubActions({GITHUB_ACTIONS: '1'})).toBe(false)
  expect(inGitHubActions({})).toBe(false)
})

test('an annotation is one line whatever its message holds', () => {
  expect(annotation('error', 'gantry promote', 'a\n::add-mask::b 5%')).toBe(
    String.raw`::error title=gantry promote::a\u{a}::add-mask::b 5%25`,
  )
  expect(annotation('warning', 'a::b,c', 'm')).toBe('::warning title=a%3A%3Ab%2Cc::m')
})

test('an output may have several lines', () => {
  expect(outputLines('digest', 'a\nb', 'EOF')).toBe('digest<<EOF\na\nb\nEOF\n')
})

test('an output that holds its delimiter, or a name that is none, is refused', () => {
  expect(() => outputLines('digest', 'x\nEOF\nowned=1', 'EOF')).toThrow('delimiter')
  expect(() => outputLines('a\nb', 'x')).toThrow('no name of a step output')
})

test('the delimiter is another one each time', () => {
  expect(outputLines('digest', 'a')).not.toBe(outputLines('digest', 'a'))
})

test('a summary is a table of the plain values, without markup in them', () => {
  const markdown = summaryMarkdown('gantry promote', {images: 3, 'b|c': '<b>', list: [1]})
  expect(markdown).toContain('| images | 3 |')
  expect(markdown).toContain('| b&#124;c | &lt;b&gt; |')
  expect(markdown).not.toContain('list')
})

test('report and outputs are appended to the files of the step', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'gantry-'))
  onTestFinished(() => rm(directory, {recursive: true}))
  const env = {GITHUB_STEP_SUMMARY: join(directory, 'summary'), GITHUB_OUTPUT: join(directory, 'output')}
  await writeStepReport({markdown: 'one\n', outputs: {a: '1'}}, env)
  await writeStepReport({markdown: 'two\n', outputs: {b: '2'}}, env)
  expect(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8')).toBe('one\ntwo\n')
  expect(await readFile(env.GITHUB_OUTPUT, 'utf8')).toMatch(/^a<<(.+)\n1\n\1\nb<<(.+)\n2\n\2\n$/)
})
