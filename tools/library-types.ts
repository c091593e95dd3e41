/**
 * The types of the sandbox as a library: one file of declarations, with all that its users can reach and nothing else.
 * The compiler gives one file for each module; of those, the declarations that `index.ts` leads to are taken together.
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {execa} from 'execa'

interface Declaration {
  readonly kind: string
  readonly name: string
  /** With its comment, and without `export`. */
  readonly text: string
  /** Names that it mentions. */
  readonly mentions: readonly string[]
}

interface Module {
  readonly declarations: ReadonlyMap<string, Declaration>
  /** Names of other modules, imported or passed on, and where they are. */
  readonly foreign: ReadonlyMap<string, string>
  /** Modules all of whose types are passed on. */
  readonly all: readonly string[]
  /** Names that are passed on. */
  readonly passed: readonly string[]
}

/** `Symbol.asyncDispose` is not yet in the library of every target. */
const header = '/// <reference lib="esnext.disposable" />\n'

/** @throws {Error} when two things that users can reach have one name. */
export async function libraryTypes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-types-'))
  try {
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc')
    await execa(process.execPath, [compiler, '--project', 'tools/library.tsconfig.json', '--outDir', folder])
    return await together(join(folder, 'lib', 'sandbox', 'index.d.ts'))
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

async function together(entry: string): Promise<string> {
  const modules = new Map<string, Promise<Module>>()
  const load = (file: string) => {
    const known = modules.get(file) ?? readModule(file)
    modules.set(file, known)
    return known
  }
  const reached = new Map<string, Declaration>()
  const reach = async (file: string, name: string): Promise<void> => {
    const {declarations, foreign} = await load(file)
    const elsewhere = foreign.get(name)
    if (elsewhere !== undefined) return reach(elsewhere, name)
    const declaration = declarations.get(name)
    if (declaration === undefined || reached.get(name) === declaration) return
    if (reached.has(name)) throw new Error(`the library has two things of the name ${name}`)
    reached.set(name, declaration)
    for (const mentioned of declaration.mentions) await reach(file, mentioned)
  }
  const {all, passed, foreign} = await load(entry)
  const starred = await Promise.all(
    all.map(async file => Array.from((await load(file)).declarations.values(), ({name}) => ({file, name}))),
  )
  const named = passed.map(name => ({file: foreign.get(name) ?? entry, name}))
  for (const {file, name} of [...named, ...starred.flat()]) await reach(file, name)
  const exported = [...named, ...starred.flat()]
    .filter(({name}) => reached.get(name)?.kind !== 'const')
    .map(({name}) => (reached.get(name)?.kind === 'function' ? name : `type ${name}`))
  const texts = Array.from(reached.values(), ({text}) => text)
  return `${header}${texts.join('')}export { ${exported.toSorted().join(', ')} };\n`
}

// What the compiler writes begins in the first column with a comment or a word, and nowhere else.
const statementStart = /^(?=\/\*\*|export |import |declare |interface |type |const )/m
const declared = /^(?:export )?(?:declare )?(interface|type|const|function) (\w+)/m
const passedOn = /^(?:import|export) (?:type )?(?:\{([^}]*)\}|\*) from '([^']+)'/m

async function readModule(file: string): Promise<Module> {
  const declarations = new Map<string, Declaration>()
  const foreign = new Map<string, string>()
  const all: string[] = []
  const passed: string[] = []
  let comment = ''
  for (const statement of (await readFile(file, 'utf8')).split(statementStart)) {
    if (statement.startsWith('/**')) {
      comment = statement
      continue
    }
    const [, names, from] = passedOn.exec(statement) ?? []
    const [, kind, name] = declared.exec(statement) ?? []
    if (from !== undefined) {
      const other = join(dirname(file), from.replace(/\.ts$/, '.d.ts'))
      if (names === undefined) all.push(other)
      for (const one of namesIn(names ?? '')) {
        foreign.set(one, other)
        if (statement.startsWith('export')) passed.push(one)
      }
    } else if (kind !== undefined && name !== undefined) {
      const bare = statement.replace(/^export (?:declare )?|^declare /, '')
      const text = comment + (kind === 'const' || kind === 'function' ? `declare ${bare}` : bare)
      const code = statement.replaceAll(/\/\*[\s\S]*?\*\//g, '')
      declarations.set(name, {kind, name, text, mentions: code.match(/\b[A-Za-z_]\w*\b/g) ?? []})
    }
    comment = ''
  }
  return {declarations, foreign, all, passed}
}

function namesIn(list: string): readonly string[] {
  const names = list.split(',').map(name => name.trim().replace(/^type /, ''))
  return names.filter(name => name !== '')
}
