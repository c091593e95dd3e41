/** Variables in a file as it was read: which there are, and the file with those of `vars` in place. */
import {type Mapping, mappingOf} from './check-parts.ts'
import {type Document, dangerousKeys, type Entry} from './document.ts'
import {nearestOr} from './nearest.ts'
import {type Path, type Problem, show} from './problems.ts'
import {builtIns, fillText, referencesIn, type Variables, variableSections} from './variables.ts'

/** Whose keys are names that everything else goes by, so that they are the same at every registry. */
const namedSections: ReadonlySet<string | number> = new Set(['repositories', 'registries', 'overlays'])

/** What stands for the variables of a registry when values are checked. */
const samples: Variables = new Map([
  ['account', '111111111111'],
  ['region', 'eu-west-1'],
  ['alias', 'alias'],
])

export interface FilledDocument extends Document {
  /** Those of `vars` that something refers to. */
  readonly usedVars: ReadonlySet<string>
}

/** The file with the variables of `vars` in place, and what is wrong with variables. */
export function fillDocument(document: Document): FilledDocument {
  const vars = mappingOf(mappingOf(document.data)['vars'])
  const known = new Map(
    Object.entries(vars).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  )
  const names = new Set([...Object.keys(vars), ...builtIns])
  const problems: Problem[] = []
  const used = new Set<string>()
  const fillIn: Fill = (text, path, {value, key}, isKey) => {
    for (const name of referencesIn(text)) {
      used.add(name)
      const position = isKey ? key : value
      if (!names.has(name)) problems.push({position, path, text: unknownVariable(name, names)})
      else if (isKey && !known.has(name) && isName(path)) {
        problems.push({
          position,
          path,
          text: `\${${name}} is another at each registry, and this is a name in the file. Write it out.`,
        })
      }
    }
    return fillText(text, known)
  }
  for (const [name, text] of known) {
    const entry = document.root.children.get('vars')?.children.get(name)
    for (const used of referencesIn(text)) {
      if (builtIns.some(builtIn => builtIn === used) || entry === undefined) continue
      const said = `\${${used}} stands in a variable, where only ${builtIns.map(one => `\${${one}}`).join(', ')} may. Write its text out.`
      problems.push({position: entry.value, path: ['vars', name], text: said})
    }
  }
  const filled = fillSections(document, {fillIn, problems})
  const usedVars = new Set([...known.keys()].filter(name => used.has(name)))
  return {...filled, usedVars, problems: [...document.problems, ...problems]}
}

/** The file as it is checked: with something that looks as the variables of registries do in their place. */
export function sampleDocument(document: Document): Document {
  const problems: Problem[] = []
  const filled = fillSections(document, {fillIn: text => fillText(text, samples), problems})
  return {...filled, problems: [...document.problems, ...problems]}
}

/** What was checked with samples in it, with the texts of the file in their place again. */
export function asWritten<Checked>(checked: Checked, written: unknown): Checked {
  return restored(checked, written) as Checked
}

type Fill = (text: string, path: Path, entry: Entry, isKey: boolean) => string

interface Filling {
  readonly fillIn: Fill
  /** Where keys that become one are told: neither may win in silence. */
  readonly problems: Problem[]
}

function fillSections(document: Document, filling: Filling): Document {
  let {data, root} = document
  for (const section of variableSections)
    ({data, entry: root} = fillAt({data, entry: root}, section, [], filling))
  return {...document, data, root}
}

interface Node {
  readonly data: unknown
  readonly entry: Entry
}

function fillAt(node: Node, [step, ...rest]: Path, path: Path, filling: Filling): Node {
  if (step === undefined) return fillNode(node, path, filling)
  const entry = node.entry.children.get(step)
  if (entry === undefined || mappingOf(node.data) !== node.data) return node
  const child = {data: (node.data as Mapping)[step], entry}
  const made = fillAt(child, rest, [...path, step], filling)
  if (made.data === child.data) return node
  const data = Object.assign(Object.create(null) as object, node.data, {[step]: made.data})
  return {data, entry: {...node.entry, children: new Map([...node.entry.children, [step, made.entry]])}}
}

function fillNode(node: Node, path: Path, filling: Filling): Node {
  const {data, entry} = node
  const {fillIn, problems} = filling
  if (typeof data === 'string') return {data: fillIn(data, path, entry, false), entry}
  if (typeof data !== 'object' || data === null) return node
  const children = new Map<string | number, Entry>()
  const values = Object.entries(data).map(([key, value]) => {
    const step = Array.isArray(data) ? Number(key) : key
    const child = {data: value as unknown, entry: entry.children.get(step) ?? entry}
    const name = typeof step === 'number' ? step : fillIn(step, [...path, step], child.entry, true)
    const made = fillNode(child, [...path, step], filling)
    const twin = children.get(name)
    if (twin !== undefined)
      problems.push({
        position: child.entry.key,
        path: [...path, step],
        text: `means ${show(String(name))}, as in line ${twin.key.line}. Keep one.`,
      })
    else if (name !== step && dangerousKeys.has(String(name)))
      problems.push({
        position: child.entry.key,
        path: [...path, step],
        text: `means ${show(String(name))}, which cannot be a key. Choose another name.`,
      })
    children.set(name, made.entry)
    return {name, data: made.data, isSame: made.data === value && name === step}
  })
  if (values.every(({isSame}) => isSame)) return node
  const made = Array.isArray(data)
    ? values.map(value => value.data)
    : Object.assign(
        Object.create(null) as object,
        Object.fromEntries(values.map(value => [value.name, value.data])),
      )
  return {data: made, entry: {...entry, children}}
}

function restored(checked: unknown, written: unknown): unknown {
  if (typeof written === 'string') return typeof checked === 'string' ? written : checked
  if (Array.isArray(written) && Array.isArray(checked)) {
    return checked.map((item, index) => restored(item, written[index]))
  }
  if (typeof checked !== 'object' || checked === null || mappingOf(written) !== written) return checked
  const names = new Map(Object.keys(written).map(key => [fillText(key, samples), key]))
  return Object.fromEntries(
    Object.entries(checked).map(([key, value]) => {
      const name = names.get(key)
      return name === undefined ? [key, value] : [name, restored(value, (written as Mapping)[name])]
    }),
  )
}

function isName(path: Path): boolean {
  const section =
    path.length === 4 && path[0] === 'overlays' ? path[2] : path.length === 2 ? path[0] : undefined
  return section !== undefined && namedSections.has(section)
}

function unknownVariable(name: string, names: Iterable<string>): string {
  return `\${${name}} is not a variable of this file. ${nearestOr(name, names, 'Add it under vars.')}`
}
