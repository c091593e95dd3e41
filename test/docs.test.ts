import {existsSync, globSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {exitCodeMeanings} from '../src/lib/cli/exit-codes.ts'
import {parseIgnores} from '../src/lib/config/ignores/read.ts'
import {parseEstate} from '../src/lib/config/parse.ts'
import {blocksOf, commands, flagsIn, read, root, withoutBlocks} from './support/pages.ts'

const guides = [
  'README.md',
  'docs/promote.md',
  'docs/lifecycle.md',
  'docs/lifecycle-lint.md',
  'docs/scan-gate.md',
  'docs/replication.md',
  'docs/replication-lint.md',
  'docs/backfill.md',
  'docs/repos-yaml.md',
  'docs/repos-lint.md',
  'docs/inventory.md',
  'docs/replication.md',
  'docs/login.md',
  'docs/doctor.md',
  'docs/cli.md',
  'docs/sandbox.md',
  'docs/sandbox-reference.md',
]
const pages = globSync(['*.md', 'docs/**/*.md'], {cwd: root}).map(page => page.replaceAll('\\', '/'))

/** Flags of other programs that the guides show beside ours. */
const foreignFlags = new Set([
  '--password-stdin',
  '--username',
  '--global',
  '--dest-tls-verify',
  '--endpoint-url',
  '--use-system-ca',
])

/** What GitHub makes of a heading when a link leads to it. */
function anchorsOf(page: string): string[] {
  return Array.from(withoutBlocks(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Lines of shell and spans of code that begin with `gantry`, up to where another program begins. */
function commandLinesOf(page: string): string[] {
  const spans = Array.from(withoutBlocks(page).matchAll(/`([^`]+)`/g), ([, span = '']) => span)
  const lines = blocksOf(page).flatMap(({text}) => text.replaceAll('\\\n', ' ').split('\n'))
  return [...spans, ...lines].flatMap(
    line => /^(?:\$ +)?gantry (.+?)(?: +[|#<>&;].*)?$/.exec(line)?.[1] ?? [],
  )
}

function commandOf(line: string): string | undefined {
  const words = line.split(' ')
  return [words.slice(0, 2).join(':'), words[0] ?? ''].find(id => id in commands)
}

function hasFlag(id: string, flag: string): boolean {
  const {flags} = commands[id] ?? {flags: {}}
  return flag in flags || flags[flag.replace(/^no-/, '')]?.allowNo === true
}

test.each(pages)('every link of %s leads to a file of this repository, and to a heading of it', page => {
  const links = Array.from(
    withoutBlocks(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g),
    ([, link = '']) => link,
  )
  const broken = links.filter(link => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchorsOf(target).includes(anchor)
  })
  expect(broken).toEqual([])
})

test('every captured screen is linked to', () => {
  const texts = pages.map(read).join('\n')
  const screens = globSync('*', {cwd: join(root, 'docs', 'screens')})
  expect(screens.filter(screen => !texts.includes(`(screens/${screen})`))).toEqual([])
  expect(screens).not.toEqual([])
})

describe.each(guides)('%s', page => {
  test('names commands and flags that there are', () => {
    const lines = commandLinesOf(page).filter(line => !/^(COMMAND|help|--help|--version)/.test(line))
    expect(lines).not.toEqual([])
    const wrong = lines.filter(line => {
      const id = commandOf(line)
      return id === undefined || flagsIn(line).some(flag => flag !== 'help' && !hasFlag(id, flag))
    })
    expect(wrong).toEqual([])
  })

  test('names no flag that no command has', () => {
    const ids = Object.keys(commands)
    const spans = Array.from(withoutBlocks(page).matchAll(/`([^`]+)`/g), ([, span = '']) => span)
    const unknown = spans
      .flatMap(flagsIn)
      .filter(flag => !foreignFlags.has(`--${flag}`) && !ids.some(id => hasFlag(id, flag)))
    expect(unknown).toEqual([])
  })
})

const files = pages.flatMap(page =>
  blocksOf(page)
    .filter(({language, text}) => language === 'yaml' && /^version: 1$/m.test(text))
    .map(({text}, i) => ({name: `${page}, the ${i + 1}. of them`, text, hasRules: /^ignores:/m.test(text)})),
)

test.each(files.filter(({hasRules}) => hasRules))('the ignore rules shown are read: $name', ({text}) => {
  expect(parseIgnores(text, '.gantry-ignores.yaml').length).toBeGreaterThan(0)
})

test.each(files.filter(({hasRules}) => !hasRules))(
  'the repos.yaml shown is one that is read: $name',
  ({text}) => {
    expect(parseEstate(text, 'repos.yaml').accounts.size).toBeGreaterThan(0)
  },
)

test('docs/cli.md lists the exit codes that there are, in the same words', () => {
  const [, section = ''] = read('docs/cli.md').split('\n## Exit codes\n')
  const [table = ''] = section.split('\n## ')
  const rows = Array.from(table.matchAll(/^\| (\d+) \| (.+) \|$/gm), ([, code, meaning]) => [
    Number(code),
    meaning,
  ])
  expect(rows).toEqual([...exitCodeMeanings])
})
